"""What loaded data must have: the columns that later code reads."""

from __future__ import annotations

import ast

from nb2prod.model import Function, Plan
from nb2prod.render.tests.conditions import Scope
from nb2prod.render.tests.properties import Check
from nb2prod.render.tests.steps import steps, texts

_MOST_COLUMNS = 40


def loaded_columns(around: Scope) -> list[Check]:
    """Return the checks that tables which a function loads have the columns read later."""
    plan, function = around.plan, around.function
    reads = {
        use.variable: position
        for position in function.statements
        for use in plan.analysis.facts[position].uses
        if use.direction == "read" and use.variable and use.call.startswith("pandas.")
    }
    found = []
    for name, position in reads.items():
        if name not in function.outputs or _changes_columns(around, name, position):
            continue
        columns = _columns_read(plan, function, name)
        if columns:
            text = f"assert {{{', '.join(map(repr, columns))}}} <= set({name}.columns)"
            found.append(Check("has_the_columns_that_are_read", text, returned=frozenset({name})))
    return found


def _changes_columns(around: Scope, name: str, position: int) -> bool:
    return any(
        change.name == name and change.extent in ("column", "all")
        for step in around.steps
        for change in step.changes
        if step.position != position
    )


def _columns_read(plan: Plan, loader: Function, name: str) -> list[str]:
    """Return the columns that the calls after the loader read before anything else makes them."""
    found: dict[str, None] = {}
    made: set[str] = set()
    after = plan.functions[plan.functions.index(loader) + 1 :]
    for function in after:
        if name not in function.inputs:
            if name in function.outputs:
                break
            continue
        for step in steps(plan, function):
            if step.certain:
                read = _read_in(step.node, name)
                found |= dict.fromkeys(c for c in read if c not in made)
            for change in step.changes:
                if change.name == name and change.extent == "all":
                    return list(found)[:_MOST_COLUMNS]
                if change.name == name and change.column:
                    made.add(change.column)
    return list(found)[:_MOST_COLUMNS]


def _read_in(node: ast.stmt, name: str) -> list[str]:
    found: list[str] = []
    for part in ast.walk(node):
        match part:
            case ast.Subscript(value=ast.Name(id=of), slice=index, ctx=ast.Load()) if of == name:
                found += sorted(texts(index) or ())
    return found
