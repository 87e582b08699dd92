"""A verdict as one page: notebook cells beside the functions that they became, values, timings."""

from __future__ import annotations

import ast
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nb2prod.model import Plan
from nb2prod.verify.report import WORDS
from nb2prod.verify.subject import Subject
from nb2prod.verify.verdict import Row, Verdict

_TEMPLATE = "page.html.j2"


def page(verdict: Verdict, subject: Subject) -> str:
    """Return the page; it runs and loads nothing, and no text of the notebook is markup in it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template(_TEMPLATE).render(
        title=subject.plan.title,
        words=WORDS[verdict.outcome],
        verdict=verdict,
        flow=_flow(subject.plan, verdict),
        tables=(
            ("Values", verdict.values),
            ("Files", verdict.files),
            ("Printed", [verdict.printed] if verdict.printed else []),
            ("Results of the stages run apart, without exploration", verdict.apart),
        ),
        cells=list(_cells(subject, verdict)),
    )


def _flow(plan: Plan, verdict: Verdict) -> list[dict[str, Any]]:
    """Return the functions in the pipeline's order, with the seconds that they took."""
    seconds = verdict.seconds.get("functions", {})
    return [
        {
            "name": function.name,
            "stage": function.stage,
            "seconds": seconds.get(f"{plan.package}.{function.module}.{function.name}"),
        }
        for function in plan.functions
    ]


def _cells(subject: Subject, verdict: Verdict) -> Iterator[dict[str, Any]]:
    plan = subject.plan
    made: dict[int, list[tuple[str, str, tuple[str, ...]]]] = defaultdict(list)
    statements = plan.analysis.statements
    for function in plan.functions:
        for index in sorted({statements[p].origin.cell for p in function.statements}):
            made[index].append((function.module, function.name, function.outputs))
    for definition in plan.definitions:
        index = statements[definition.statement].origin.cell
        made[index] += [(definition.module, name, ()) for name in definition.names]
    left_out: dict[int, list[str]] = defaultdict(list)
    for piece in plan.left_out:
        left_out[piece.origin.cell].append(f"line {piece.origin.line}, {piece.reason}")
    code = _code(subject.package)
    rows = {row.name: row for row in verdict.values}
    seconds = verdict.seconds.get("cells", {})
    for cell in plan.analysis.program.cells:
        if cell.kind == "code":
            yield {
                "index": cell.index,
                "source": cell.source,
                "seconds": seconds.get(f"cell {cell.index}"),
                "left_out": left_out[cell.index],
                "functions": [
                    _function(module, name, outputs, code, rows)
                    for module, name, outputs in made[cell.index]
                ],
            }


def _function(
    module: str,
    name: str,
    outputs: tuple[str, ...],
    code: dict[tuple[str, str], str],
    rows: Mapping[str, Row],
) -> dict[str, Any]:
    """Describe a function; its code is shown once, at the first of its cells."""
    return {
        "module": module,
        "name": name,
        "code": code.pop((module, name), ""),
        "verdicts": [rows[output] for output in outputs if output in rows],
    }


def _code(package: Path) -> dict[tuple[str, str], str]:
    """Return the source of every function and class by module and name."""
    found = {}
    for path in package.rglob("*.py"):
        module = ".".join(path.relative_to(package).with_suffix("").parts)
        text = path.read_text("utf-8")
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                source = ast.get_source_segment(text, node, padded=True) or ""
                found[module, node.name] = textwrap.dedent(source)
    return found
