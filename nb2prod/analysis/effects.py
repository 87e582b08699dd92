"""What a statement may change: nothing but figures (pure), or a global random generator (draws).

Both are proofs. A call without a row may do anything; so may one whose receiver is only guessed,
except for the few methods that look at data wherever they occur (`anywhere` in the tables).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nb2prod.analysis.reading import Call, Reading
from nb2prod.analysis.results import may_be_true
from nb2prod.analysis.values import UNKNOWN, Value
from nb2prod.knowledge.tables import Knowledge

_PLAIN_STATEMENTS = (
    *(ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Pass, ast.Break, ast.Continue),
    *(ast.If, ast.For, ast.While, ast.With, ast.Try),
)
_CHANGING_KEYWORDS = ("inplace", "out")


def is_pure(node: ast.stmt, reading: Reading) -> bool:
    """Return whether a statement is proven to change nothing but figures and the names it binds."""
    return (
        not reading.doubts
        and all(_is_pure_call(call) for call in reading.calls() if not call.deferred)
        and _has_plain_shape(node)
    )


def may_draw(call: Call, knowledge: Knowledge) -> bool:
    """Return whether a call may draw from a global random generator, or set one."""
    if call.function is not None:
        return call.function.draws
    row = call.row
    if row is None or not (call.sure or _looks_anywhere(call)):
        return True
    handed = [value for value in call.values() if value.function is None]
    if row.calls and any(map(_is_opaque, handed)):
        return True
    if any(_function_draws(value, knowledge) for value in call.values()):
        return True
    return _row_draws(call, knowledge)


def _has_plain_shape(node: ast.stmt) -> bool:
    """Return whether a statement binds names only and consists of nothing else with an effect."""
    for part in _statements(node):
        if not isinstance(part, _PLAIN_STATEMENTS):
            return False
        if isinstance(part, ast.Assign) and not all(map(_binds_names, part.targets)):
            return False
        if isinstance(part, ast.AnnAssign) and not _binds_names(part.target):
            return False
        if isinstance(part, ast.For) and not _binds_names(part.target):
            return False
    return True


def _statements(node: ast.stmt) -> Iterator[ast.AST]:
    """Yield a statement and all statements inside it."""
    stack: list[ast.AST] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, ast.stmt):
            yield current
        for name in ("body", "handlers", "orelse", "finalbody", "cases"):
            block = getattr(current, name, None)
            if isinstance(block, list):
                stack.extend(block)


def _binds_names(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_binds_names, target.elts))
    return isinstance(target, ast.Name) or (
        isinstance(target, ast.Starred) and _binds_names(target.value)
    )


def _is_pure_call(call: Call) -> bool:
    row = call.row
    if row is None or not row.pure or not (call.sure or _looks_anywhere(call)):
        return False
    if any(may_be_true(call.keywords.get(keyword)) for keyword in _CHANGING_KEYWORDS):
        return False
    values = call.values()
    if any(value.function is not None for value in values):
        return False
    if row.calls and any(_is_opaque(value) for value in values):
        return False
    return not row.consumes or not _uses_up(call, values)


def _looks_anywhere(call: Call) -> bool:
    return call.row is not None and call.row.anywhere and not call.receiver.own_class


def _is_opaque(value: Value) -> bool:
    """Return whether a value is, or holds, what may be a function with effects."""
    if value.function is not None or value.own_class:
        return True
    if value.each is not None and _is_opaque(value.each):
        return True
    return not value.type and not value.refers


def _uses_up(call: Call, values: list[Value]) -> bool:
    """Return whether a call may exhaust an iterator that somebody else holds."""
    if not isinstance(call.node, ast.Call):
        return False
    nodes = [*call.node.args, *(k.value for k in call.node.keywords)]
    for node, value in zip(nodes, values, strict=False):
        if not value.type and not value.refers:
            return True
        if value.type in ("iterator", "file") and isinstance(node, ast.Name):
            return True
    return False


def _function_draws(value: Value, knowledge: Knowledge) -> bool:
    """Return whether a function that is handed over draws when it is called."""
    if value.function is not None:
        return value.function.draws
    if value.receiver is not None or not value.refers:
        return False
    row = knowledge.call(value.refers)
    return row is not None and bool(row.draws)


def _row_draws(call: Call, knowledge: Knowledge) -> bool:
    assert call.row is not None
    row = call.row
    if row.draws == "receiver":
        return _object_draws(call.receiver, knowledge)
    if row.draws == "argument":
        first = call.arguments[0] if call.arguments else UNKNOWN
        others = (value for value in call.values() if value.sure and value.type)
        return any(_object_draws(value, knowledge) for value in (first, *others))
    if row.seed and row.seed in call.keywords:
        return call.keywords[row.seed].type == "None"
    return bool(row.draws)


def _object_draws(value: Value, knowledge: Knowledge) -> bool:
    """Return whether an estimator or splitter has no random generator of its own and uses one."""
    if not value.sure or not value.type:
        return True
    return bool(knowledge.trait(value.type, "draws")) and not value.seeded
