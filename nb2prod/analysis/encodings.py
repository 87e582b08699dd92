"""Columns recoded by hand: texts that become numbers, numbers that become classes."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2prod.analysis.subjects import argument
from nb2prod.analysis.tree import walk

_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def encodes(call: ast.Call) -> bool:
    """Return whether `replace` or `map` gives texts numbers: `replace({"yes": 1, "no": 0})`."""
    old, new = argument(call, 0, "arg", "to_replace"), argument(call, 1, "value")
    keys: Sequence[ast.expr | None]  # None for `**`
    if isinstance(old, ast.Dict) and new is None:
        parts = [part for part in old.values if isinstance(part, ast.Dict)] or [old]
        keys = [key for part in parts for key in part.keys]
        values = [value for part in parts for value in part.values]
    else:
        keys, values = _elements(old), _elements(new)
    return bool(values) and all(_is(str, key) for key in keys) and all(map(_is_number, values))


def bins(target: ast.expr, value: ast.expr) -> bool:
    """Return whether an assignment makes a range of a column a class: `x.loc[x.a < 16, "a"] = 0`.

    To cut off at a bound, `x.loc[x.a > 9, "a"] = 9`, is none.
    """
    tested = [part for part in walk(target) if isinstance(part, ast.Compare)]
    ranged = any(isinstance(operator, _ORDER) for part in tested for operator in part.ops)
    if isinstance(value, ast.Tuple) and len(value.elts) == 1:
        value = value.elts[0]
    bounds = {ast.unparse(bound) for part in tested for bound in part.comparators}
    return ranged and _is_number(value) and ast.unparse(value) not in bounds


def _elements(node: ast.expr | None) -> list[ast.expr]:
    if isinstance(node, ast.List | ast.Tuple):
        return node.elts
    return [] if node is None else [node]


def _is_number(node: ast.expr | None) -> bool:
    return _is(int, node) or _is(float, node)


def _is(type_: type, node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is type_
