"""A plan as the panel shows it: cells, modules with their functions, data, what to know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nb2prod import report
from nb2prod.inventory.consumers import with_consumers
from nb2prod.inventory.shown import as_data
from nb2prod.model import Plan


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON data."""
    shown = report.inspection(plan)
    return {
        "package": plan.package,
        "title": plan.title,
        "order": shown["order"],
        "cells": list(_cells(plan, shown["cells"])),
        "modules": _modules(plan, shown["functions"]),
        "sources": [as_data(source) for source in with_consumers(plan.sources, plan)],
        "questions": report.asked(plan.questions),
        "diagnostics": shown["diagnostics"],
        "left_out": shown["left_out"],
    }


def _cells(plan: Plan, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the code cells, each with its stage and why it has that."""
    program = plan.analysis.program
    for row in rows:
        cell = program.cells[row["index"]]
        evidence = [s["evidence"] for s in row["statements"] if s["stage"] == row["stage"]]
        yield {
            **row,
            "id": program.notebook["cells"][cell.index].get("id"),
            "override": cell.stage is not None,
            "reason": "; ".join(dict.fromkeys(evidence)),
        }


def _modules(plan: Plan, functions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    docs = {(function.module, function.name): function.doc for function in plan.functions}
    modules: dict[str, list[dict[str, Any]]] = {}
    for function in functions:
        doc = docs.get((function["module"], function["name"]), "")
        modules.setdefault(function["module"], []).append({**function, "doc": doc})
    return [{"name": name, "functions": found} for name, found in modules.items()]
