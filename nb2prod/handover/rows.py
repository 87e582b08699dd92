"""Rows that are dropped without a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nb2prod.analysis.tree import walk
from nb2prod.handover.explained import is_explained
from nb2prod.handover.numbers import compared_numbers
from nb2prod.model import Analysis, Question

_COST = 70
_WHY = (
    "Who runs this on new data must know whether such rows are errors, out of scope, or just "
    "inconvenient: they are missing from every figure below, and the model never saw them."
)


def found(analysis: Analysis) -> Iterator[Question]:
    """Yield a question for each statement that keeps only some rows of a frame and tells no reason."""
    for position, statement in enumerate(analysis.statements):
        dropped = _dropped(statement.node)
        if dropped is None:
            continue
        frame, what = dropped
        if is_explained(analysis.program, statement.origin, compared_numbers(statement.node)):
            continue
        text = f"Why may rows of `{frame}` be dropped ({what})?"
        yield Question(f"rows-{frame}-{what}", text, _WHY, statement.origin, _COST, position)


def _dropped(node: ast.stmt) -> tuple[str, str] | None:
    """Return the frame that a statement makes shorter, and how."""
    match node:
        case ast.Assign(targets=[ast.Name(id=target)], value=value):
            how = _shortens(value, target)
            return (target, how) if how else None
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name))) as call):
            if any(k.arg == "inplace" and _is_true(k.value) for k in call.keywords):
                how = _call(call)
                return (name, how) if how else None
    return None


def _shortens(value: ast.expr, target: str) -> str:
    """Return how an expression over `target` keeps only some of its rows, "" when it does not."""
    match value:
        case ast.Subscript(value=ast.Name(id=name), slice=mask) if name == target:
            return ast.unparse(mask) if _is_condition(mask) else ""
        case ast.Subscript(
            value=ast.Attribute(value=ast.Name(id=name), attr="loc"), slice=mask
        ) if (name == target):
            rows = mask.elts[0] if isinstance(mask, ast.Tuple) else mask
            return ast.unparse(rows) if _is_condition(rows) else ""
        case ast.Call(func=ast.Attribute(value=inner, attr=attribute)) as call:
            if isinstance(inner, ast.Name) and inner.id == target and (how := _call(call)):
                return how
            if attribute in ("copy", "reset_index", "dropna", "query"):
                return _shortens(inner, target)
    return ""


def _call(call: ast.Call) -> str:
    """Return how a method call drops rows, "" when it does not or says itself which ones."""
    if not isinstance(call.func, ast.Attribute):
        return ""
    keywords = {k.arg: k.value for k in call.keywords}
    axis = keywords.get("axis", call.args[0] if call.args else None)
    if call.func.attr == "dropna":
        columns = isinstance(axis, ast.Constant) and axis.value in (1, "columns")
        return "" if columns else ast.unparse(call.func).rpartition(".")[2] + _arguments(call)
    if call.func.attr == "query":
        return "query" + _arguments(call)
    if call.func.attr == "drop":
        what = keywords.get("index", call.args[0] if call.args else None)
        indexed = what is not None and any(
            isinstance(part, ast.Attribute) and part.attr == "index" for part in walk(what)
        )
        return "drop" + _arguments(call) if indexed or "index" in keywords else ""
    return ""


def _arguments(call: ast.Call) -> str:
    kept = [ast.unparse(arg) for arg in call.args]
    kept += [f"{k.arg}={ast.unparse(k.value)}" for k in call.keywords if k.arg != "inplace"]
    return f"({', '.join(kept)})"


def _is_condition(node: ast.expr) -> bool:
    match node:
        case ast.Compare():
            return True
        case ast.UnaryOp(op=ast.Invert(), operand=inner):
            return _is_condition(inner)
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr(), right=right):
            return _is_condition(left) and _is_condition(right)
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in ("isin", "between", "notna", "notnull", "isna", "isnull", "contains")
    return False


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
