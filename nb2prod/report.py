"""Plans and conversions for people (tables on stderr or stdout) and for programs (JSON)."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nb2prod.analysis.idle import idle_stage
from nb2prod.analysis.stages import cell_stage
from nb2prod.model import Diagnostic, Evidence, LeftOut, Package, Plan, Question
from nb2prod.render.escapes import one_line

if TYPE_CHECKING:
    from nb2prod.write import Change

_STYLES: dict[str, dict[str, Any]] = {
    "error": {"fg": "red"},
    "warning": {"fg": "yellow"},
    "note": {"dim": True},
}


def inspection(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON data: cells, functions, left_out, diagnostics, and what belongs to it."""
    return {
        "package": plan.package,
        "title": plan.title,
        "order": plan.analysis.order,
        "cells": _cells(plan),
        "functions": [
            {
                "module": function.module,
                "name": function.name,
                "inputs": [*function.inputs, *function.settings],
                "outputs": [*function.outputs, *function.shown.values()],
                "cells": _cells_of(plan, function.statements),
                "stage": function.stage,
                "explore": function.explore,
            }
            for function in plan.functions
        ]
        + [
            {
                "module": definition.module,
                "name": name,
                "inputs": [*definition.captured, *definition.settings],
                "outputs": [],
                "cells": _cells_of(plan, [definition.statement]),
                "stage": "setup",
                "explore": False,
            }
            for definition in plan.definitions
            for name in definition.names
        ],
        "settings": {s.name: s.value for s in plan.settings},
        "results": list(plan.results),
        "left_out": [
            {
                "cell": item.origin.cell,
                "line": item.origin.line,
                "code": item.code,
                "reason": item.reason,
            }
            for item in plan.left_out
        ],
        "diagnostics": [_diagnostic(d) for d in plan.diagnostics],
        "requirements": [f"{r.name}{r.specifier}" for r in plan.requirements],
    }


def recorded(evidence: Evidence) -> dict[str, Any]:
    """Return as JSON data which functions have a recorded call, and why others have none."""
    calls = {path.parts[3] for path in evidence.files if path.parts[2:3] == ("calls",)}
    return {"recorded": sorted(calls), "unrecorded": dict(evidence.unrecorded)}


def show_recorded(evidence: Evidence) -> None:
    """Tell on stderr what tests were made of the verified run."""
    told = recorded(evidence)
    number = len(told["recorded"])
    click.echo(f"  {number} functions with a recorded call, in tests/golden/calls", err=True)
    for name, reason in told["unrecorded"].items():
        click.echo(f"    {name} has none: {reason}", err=True)


def asked(found: Iterable[Question]) -> list[dict[str, Any]]:
    """Return questions as JSON data."""
    return [
        {
            "key": q.key,
            "text": q.text,
            "why": q.why,
            "cell": q.origin.cell,
            "line": q.origin.line,
            "cost": q.cost,
            "answer": q.answer or None,
        }
        for q in found
    ]


def show_questions(found: Sequence[Question]) -> None:
    """Print questions, each with its place, why it matters and its key; answered ones as a number."""
    unanswered = [q for q in found if not q.answer]
    for number, question in enumerate(unanswered, 1):
        where = f"cell {question.origin.cell}, line {question.origin.line}"
        click.secho(f"{number}. {one_line(question.text)}", bold=True)
        click.echo(f"   {where}. {one_line(question.why)}")
        click.secho(f"   key: {one_line(question.key)}", dim=True)
    answered = len(found) - len(unanswered)
    if not unanswered:
        click.echo("Nothing is open.", err=True)
    if answered:
        click.echo(f"{answered} answered, in the notebook.", err=True)


def _cells_of(plan: Plan, positions: Iterable[int]) -> list[int]:
    return sorted({plan.analysis.statements[p].origin.cell for p in positions})


def _cells(plan: Plan) -> list[dict[str, Any]]:
    analysis = plan.analysis
    by_cell: dict[int, list[int]] = defaultdict(list)
    for position, statement in enumerate(analysis.statements):
        by_cell[statement.origin.cell].append(position)
    left_out: dict[int, list[LeftOut]] = defaultdict(list)
    for piece in plan.left_out:
        left_out[piece.origin.cell].append(piece)
    rows = []
    for cell in analysis.program.cells:
        if cell.kind != "code":
            continue
        positions = by_cell.get(cell.index, [])
        facts = [analysis.facts[p] for p in positions]
        stage = cell.stage or cell_stage(facts, [analysis.statements[p] for p in positions])
        if not positions and not cell.stage:
            stage = idle_stage(left_out[cell.index])
        rows.append(
            {
                "index": cell.index,
                "stage": stage,
                "stages": list(dict.fromkeys(f.stage for f in facts)) or [stage],
                "statements": [
                    {
                        "line": analysis.statements[p].origin.line,
                        "stage": f.stage,
                        "evidence": f.evidence,
                    }
                    for p, f in zip(positions, facts, strict=True)
                ],
            }
        )
    return rows


def _diagnostic(found: Diagnostic) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity,
        "message": found.message,
        "cell": found.origin.cell if found.origin else None,
        "line": found.origin.line if found.origin else None,
        "hint": found.hint,
    }


def summary(package: Package, root: Path) -> dict[str, Any]:
    """Return what a conversion made, as JSON data."""
    return {
        "output": str(root),
        "files": [str(path) for path in package.files],
        **inspection(package.plan),
    }


def changes_json(root: Path, changes: Sequence[Change]) -> str:
    """Return what would be written, as JSON text."""
    rows = [{"path": str(c.path), "change": c.kind, "reason": c.reason} for c in changes]
    return json.dumps({"output": str(root), "changes": rows}, indent=2)


def changes(root: Path, changes: Sequence[Change]) -> str:
    """Return what would be written, a line a file."""
    return "\n".join(
        f"{c.kind:<9} {root / c.path}" + (f"  ({c.reason})" if c.reason else "") for c in changes
    )


def show_conversion(package: Package, root: Path) -> None:
    """Say on stderr what was made, what to look at, and what to do next."""
    plan = package.plan
    modules = {function.module for function in plan.functions} | {
        d.module for d in plan.definitions
    }
    definitions = sum(len(d.names) for d in plan.definitions)
    made = (
        f"{root}: {len(plan.functions) + definitions} functions in {len(modules)} modules, "
        f"{len(package.files)} files"
    )
    _say(made, err=True, bold=True)
    if plan.left_out:
        _say(f"  {len(plan.left_out)} pieces left out, listed with reasons in README.md", err=True)
    _show_diagnostics((d for d in plan.diagnostics if d.severity != "note"), err=True)
    _say(f"  next: pip install -e {root} && python -m {package.name}", err=True)
    _say("  git: `nb2prod git install` there shows and merges notebooks cell by cell", err=True)


def _show_diagnostics(found: Iterable[Diagnostic], *, err: bool = False) -> None:
    for diagnostic in found:
        where = ""
        if diagnostic.origin:
            where = f"cell {diagnostic.origin.cell}, line {diagnostic.origin.line}: "
        _say(f"  {diagnostic.code} ", err=err, nl=False, **_STYLES[diagnostic.severity])
        _say(f"{where}{diagnostic.message}", err=err)
        if diagnostic.hint:
            _say(f"        {diagnostic.hint}", err=err, dim=True)


def _say(text: str, *, err: bool = False, nl: bool = True, **style: Any) -> None:
    """Print in colour where a terminal reads it and nobody objects (https://no-color.org)."""
    click.secho(text, err=err, nl=nl, color=False if os.environ.get("NO_COLOR") else None, **style)


def show_inspection(plan: Plan) -> None:
    """Print the plan as tables on stdout."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    cells = Table("cell", "line", "stage", "evidence", title="Cells", title_justify="left")
    for row in _cells(plan):
        for index, statement in enumerate(row["statements"]):
            cells.add_row(
                str(row["index"]) if not index else "",
                str(statement["line"]),
                statement["stage"],
                Text(statement["evidence"]),
            )
    console.print(cells)
    functions = Table(
        "function", "takes", "gives", "cells", title="Functions", title_justify="left"
    )
    for row in inspection(plan)["functions"]:
        functions.add_row(
            Text(f"{row['module']}.{row['name']}"),
            Text(", ".join(row["inputs"])),
            Text(", ".join(row["outputs"])),
            ", ".join(map(str, row["cells"])),
        )
    console.print(functions)
    if plan.left_out:
        left = Table("cell", "line", "code", "why", title="Left out", title_justify="left")
        for item in plan.left_out:
            code = item.code.strip().splitlines()
            first = code[0] if code else ""
            left.add_row(
                str(item.origin.cell),
                str(item.origin.line),
                Text(first[:60] + (" ..." if len(code) > 1 or len(first) > 60 else "")),
                Text(item.reason),
            )
        console.print(left)
    if plan.diagnostics:
        _say("Hazards", italic=True)
        _show_diagnostics(plan.diagnostics)
