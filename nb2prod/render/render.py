"""The plan as the files of a project."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from nb2prod import __version__
from nb2prod.model import Evidence, Function, Package, Plan
from nb2prod.plan.dependencies import target_python
from nb2prod.plan.metrics import metrics
from nb2prod.plan.pins import observed, pins, requires_python, verified_python
from nb2prod.render import data, data_page
from nb2prod.render.blacken import Formatter, in_this_process
from nb2prod.render.code import BESIDE, ModuleWriter, loads_tables
from nb2prod.render.evidence import EVIDENCE, evidence_files, stored
from nb2prod.render.format import broken_rules, polish
from nb2prod.render.inventory import data_sources
from nb2prod.render.large import with_lfs
from nb2prod.render.pipeline import pipeline
from nb2prod.render.templates import render_tree
from nb2prod.render.tests import mentioned_paths, test_modules, without_unparsable

_WITH_DATA = frozenset({"config.py", "conftest.py"})


def render(
    plan: Plan,
    *,
    templates: Path | None = None,
    ci: str = "github",
    saved: Mapping[PurePosixPath, bytes] | None = None,
    evidence: Evidence | None = None,
    black: Formatter = in_this_process,
) -> Package:
    """Return the generated project; `saved` are files of the notebook's outputs to carry along.

    `evidence` of a verified run adds the tests that are made of it, and the package then asks for
    the versions that verified it, else for those that the notebook suggests. `templates` overrides
    the skeleton file by file; `ci` is "github" or "none"; `black` formats.
    Raises InternalError when what was generated is not valid Python.
    """
    frame_context = _context(plan, _environment(plan, evidence))
    record = data.recorded(plan, evidence)
    frame_context |= data_page.page(plan, record["sources"])
    frame_context["has_data"] = bool(record["sources"])
    frame_context["verified"] = evidence is not None
    frame_context["unrecorded"] = evidence.unrecorded if evidence else {}
    root = PurePosixPath("src", plan.package)
    writer = ModuleWriter(plan)
    code = {root / _module_path(name): text for name, text in writer.modules().items()}
    code[root / "pipeline.py"] = pipeline(plan)
    if any(function.module.startswith("cleaning.") for function in plan.functions):
        code[root / "cleaning" / "__init__.py"] = '"""One module per data set."""\n'
    if plan.siblings:
        code[root / BESIDE / "__init__.py"] = '"""Modules that lay beside the notebook."""\n'
    code |= {root / BESIDE / path: writer.sibling(text) for path, text in plan.siblings.items()}
    mentioned = frozenset().union(*(u.mentions for u in plan.analysis.names), frozenset())
    polishing = [polish(code, plan.package, mentioned=mentioned, black=black)]
    recorded = evidence_files(plan, evidence) if evidence else {}
    recorded |= data.data_files(plan, record)
    skip = _skipped(plan, recorded, ci)
    frame = render_tree(frame_context, overrides=templates, skip=skip)
    modules = {path: data.decode() for path, data in frame.items() if path.suffix == ".py"}
    tests, golden = test_modules(plan, verified=evidence is not None)
    valid_tests, problems = without_unparsable(tests)
    plan = replace(plan, diagnostics=(*plan.diagnostics, *problems))
    # those that hold data of the notebook are not all in black's own form
    formatted = () if templates else [p for p in modules if p.name not in _WITH_DATA]
    frame_code = {**modules, **valid_tests}
    polishing.append(polish(frame_code, plan.package, formatted=formatted, black=black))
    polished = {path: text for pending in polishing for path, text in pending().items()}
    broken = broken_rules(polished, plan.package)
    if broken:
        others = [str(path) for path in frame if path != PurePosixPath("pyproject.toml")]
        frame_context["per_file_ignores"] = dict(broken)
        frame |= render_tree(frame_context, overrides=templates, skip=(*skip, *others))
    files = dict(frame)
    files |= golden | recorded
    files |= {path: text.encode() for path, text in polished.items()}
    files[PurePosixPath("notebooks", notebook_file(plan))] = plan.analysis.program.source
    files[PurePosixPath("data_sources.yml")] = data_sources(plan, notebook_file(plan))
    files |= saved or {}
    if evidence:
        files[EVIDENCE] = stored(evidence)
    files[PurePosixPath(".nb2prod/manifest.json")] = _manifest(plan)
    return Package(plan.package, dict(sorted(with_lfs(files).items())), plan)


def _skipped(plan: Plan, recorded: Collection[PurePosixPath], ci: str) -> tuple[str, ...]:
    """Return the templates that this project has no use for."""
    source = PurePosixPath("src", plan.package)
    golden = PurePosixPath("tests/golden")
    calls = any(path.is_relative_to(golden / "calls") for path in recorded)
    results = golden / "results.json" in recorded
    tables = any(loads_tables(plan, function) for function in plan.functions)
    needed = {
        ".github": ci != "none",
        str(source / "data"): source / "data_record.json" in recorded,
        str(source / "contract.py"): tables,
        **{str(source / "data" / f"{name}.py"): tables for name in ("drift", "profile", "tables")},
        str(source / "metrics.py"): bool(metrics(plan.analysis, plan.results)),
        "tests/recording": calls or results,
        "tests/test_golden_calls.py": calls,
        "tests/test_results.py": results,
        "tests/test_data_contract.py": source / "data_contract.json" in recorded,
        "tests/test_metrics.py": source / "metrics.json" in recorded,
    }
    return tuple(path for path, wanted in needed.items() if not wanted)


def notebook_file(plan: Plan) -> str:
    """Return the notebook's file name in the project: nothing in it can leave the folder."""
    return re.sub(r"[^\w .()-]", "_", plan.analysis.program.name).lstrip(". ")[:100] + ".ipynb"


def _module_path(name: str) -> PurePosixPath:
    return PurePosixPath(*name.split(".")).with_suffix(".py")


def _environment(plan: Plan, evidence: Evidence | None) -> dict[str, object]:
    """Return the keys of the context that say where the package runs."""
    if evidence:
        requires, minor = verified_python(evidence.python)
        required = observed(plan.requirements, evidence.distributions, evidence.python)
    else:
        minor = target_python(plan.analysis.program)
        required = pins(plan.requirements, minor)
        requires = requires_python(required, minor)
    return {
        "python_requires": requires,
        "python_version": minor,
        "dependencies": [
            {
                "requirement": f"{r.name}{r.specifier}",
                "inferred": "inferred" in r.reason,
                "comment": r.reason,
            }
            for r in required
        ],
        "unresolved": [{"module": n, "cell": c} for n, c in plan.unresolved.items()],
    }


def _context(plan: Plan, environment: Mapping[str, object]) -> dict[str, object]:
    """Return what the templates show; see render_tree for the keys."""
    functions = [_function_row(plan, function) for function in plan.functions]
    return {
        "package": plan.package,
        "title": plan.title,
        "description": "",
        "prose": plan.introduction,
        "notebook_file": notebook_file(plan),
        "notebook_hash": hashlib.sha256(plan.analysis.program.source).hexdigest(),
        **environment,
        "settings": [
            {
                "name": s.name,
                "type": _type_of(s.value),
                "value_repr": repr(s.value),
                "comment": s.comment,
                "variable": s.variable or "",
            }
            for s in plan.settings
        ],
        "functions": functions,
        "calls": functions,
        "stages": [name for name, _ in plan.phases],
        "sources": _sources(plan),
        "tables": any(loads_tables(plan, function) for function in plan.functions),
        "mentioned": mentioned_paths(plan),
        "left_out": [
            {
                "cell": item.origin.cell,
                "line": item.origin.line,
                "code": item.code,
                "reason": item.reason,
            }
            for item in plan.left_out
        ],
        "diagnostics": [
            {
                "code": d.code,
                "severity": d.severity,
                "message": d.message,
                "cell": d.origin.cell if d.origin else None,
                "line": d.origin.line if d.origin else None,
                "hint": d.hint,
            }
            for d in plan.diagnostics
        ],
        "secrets": [
            {"name": s.name, "kind": s.kind, "places": list(s.places)}
            for s in plan.analysis.program.secrets
            if s.in_code
        ],
        "questions": [
            {
                "cell": q.origin.cell,
                "line": q.origin.line,
                "key": q.key,
                "text": q.text,
                "why": q.why,
                "answer": q.answer,
            }
            for q in plan.questions
        ],
        "model": next((k for k, v in plan.results.items() if v == plan.model), None),
        "ruff_ignores": [],
        "parameters": [name for name, required in plan.parameters.items() if required],
        "metrics": list(metrics(plan.analysis, plan.results)),
    }


def _type_of(value: object) -> str:
    if isinstance(value, tuple):
        return f"tuple[{', '.join(type(part).__name__ for part in value)}]" if value else "tuple"
    return type(value).__name__


def _function_row(plan: Plan, function: Function) -> dict[str, object]:
    statements = plan.analysis.statements
    return {
        "module": function.module,
        "name": function.name,
        "doc": function.doc,
        "inputs": list(function.inputs),
        "outputs": [*function.outputs, *function.shown.values()],
        "cells": sorted({statements[p].origin.cell for p in function.statements}),
        "stage": function.stage,
        "explore": function.explore,
    }


def _sources(plan: Plan) -> list[dict[str, object]]:
    rows = []
    analysis = plan.analysis
    for position, facts in enumerate(analysis.facts):
        for use in facts.uses:
            location = use.location or "(computed)"
            rows.append(
                {
                    "name": use.variable or use.call.rpartition(".")[2],
                    "direction": use.direction,
                    "location": location,
                    "format": use.format,
                    "call": use.call,
                    "cell": analysis.statements[position].origin.cell,
                    "kind": use.kind,
                    "setting": plan.locations.get(position, {}).get(location),
                }
            )
    return rows


def _manifest(plan: Plan) -> bytes:
    """Return the map from cells to functions, as JSON."""
    statements = plan.analysis.statements
    record = {
        "nb2prod": __version__,
        "notebook": f"{plan.analysis.program.name}.ipynb",
        "order": plan.analysis.order,
        "functions": [
            {
                "module": f.module,
                "name": f.name,
                "cells": sorted({statements[p].origin.cell for p in f.statements}),
            }
            for f in plan.functions
        ],
    }
    return (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode()
