"""What no row of the table names: a value that a short expression gives, a column that is new."""

from __future__ import annotations

import ast
import re

from nb2prod.render.tests.conditions import NotVisible, resolve
from nb2prod.render.tests.properties import Application, Check, check_of
from nb2prod.render.tests.steps import place

_LONGEST = 90
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def relation(found: Application) -> Check | None:
    """Return the check that a target is what a short and harmless expression gives."""
    node = found.step.node
    match node:
        case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value):
            pass
        case ast.AugAssign(target=target, op=op, value=value):
            value = ast.BinOp(_loaded(target), op, value)
        case _:
            return None
    facts = found.around.plan.analysis.facts[found.step.position]
    if value is None or not found.step.certain or facts.uses:
        return None
    if _is_selection(target):
        return _selection(found, target, value)
    if len(ast.unparse(value)) > _LONGEST or not found.is_calm(value):
        return None
    if not isinstance(target, ast.Name) and place(target)[1] is None:
        return None
    try:
        new = resolve(target, found.around, found.index, after=True)
        expected = resolve(value, found.around, found.index, after=False)
    except NotVisible:
        return None
    if new.text == expected.text:
        return None
    simple = isinstance(value, ast.Constant) and isinstance(target, ast.Name)
    equal = f"{new.text} == {expected.text}" if simple else f"same({new.text}, {expected.text})"
    return check_of(f"computes_{_slug(target)}", f"assert {equal}", new, expected)


def _is_selection(target: ast.expr) -> bool:
    return (
        isinstance(target, ast.Subscript)
        and isinstance(target.value, ast.Attribute)
        and target.value.attr == "loc"
        and isinstance(target.slice, ast.Tuple)
    )


def _selection(found: Application, target: ast.expr, value: ast.expr) -> Check | None:
    """df.loc[mask, "a"] = 1: where the mask holds, the column has the value."""
    assert isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Tuple)
    name, columns = place(target)
    if not columns or len(columns) > 1 or not isinstance(value, ast.Constant):
        return None
    column = ast.Subscript(ast.Name(name, ast.Load()), target.slice.elts[1], ast.Load())
    mask = target.slice.elts[0]
    if not found.is_calm(mask):
        return None
    try:
        new = resolve(column, found.around, found.index, after=True)
        where = resolve(mask, found.around, found.index, after=False)
        set_to = resolve(value, found.around, found.index, after=False)
    except NotVisible:
        return None
    text = f"assert ({new.text}[{where.text}] == {set_to.text}).all()"
    return check_of(f"sets_{_slug(column)}", text, new, where, set_to)


def existence(found: Application) -> Check | None:
    """Return the check that a column is there after it was assigned."""
    match found.step.node:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name() as frame) as target]):
            columns = place(target)[1]
            if not columns or not found.step.certain or _reads(found.step.node, frame.id, columns):
                return None
            try:
                whole = resolve(frame, found.around, found.index, after=True, about="columns")
            except NotVisible:
                return None
            for column in columns:
                if _dropped_later(found, frame.id, column):
                    return None
            names = "{" + ", ".join(map(repr, sorted(columns))) + "}"
            return check_of(f"adds_{_slug(target)}", f"assert {names} <= set({whole.text})", whole)
    return None


def _reads(node: ast.stmt, name: str, columns: frozenset[str]) -> bool:
    """Say whether the statement needs the columns that it assigns: they were there before."""
    value = getattr(node, "value", None) or node
    places = [place(part) for part in ast.walk(value) if isinstance(part, ast.Subscript)]
    return any(frame == name and columns <= (read or frozenset()) for frame, read in places)


def _dropped_later(found: Application, name: str, column: str) -> bool:
    return any(
        change.name == name and change.column == column
        for step in found.around.steps[found.index + 1 :]
        for change in step.changes
    )


def _loaded(target: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(target), mode="eval").body


def _slug(target: ast.expr) -> str:
    name, columns = place(target)
    words = "_and_".join(sorted(columns)) if columns else name
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", words)
    return re.sub(r"\W+", "_", words, flags=re.ASCII).strip("_").lower()[:40].strip("_") or name
