"""Numbers that decide something and are explained nowhere: thresholds, caps, hand-made mappings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.analysis.tree import walk
from nb2prod.handover.explained import is_explained
from nb2prod.model import Analysis, Facts, Question, Statement

_USUAL = frozenset({0, 1, -1, 0.5, 2})  # nobody asks where these come from
_DECIDING = frozenset({"clip", "cut", "quantile", "percentile", "winsorize"})
_NAMED = re.compile(
    r"(^|_)(threshold|thresh|cutoff|cut_off|cap|limit|floor|ceiling|tolerance|margin)(_|$)", re.I
)
_ASIDE = frozenset({"load", "explore", "save"})
_COSTS = {"predict": 80, "evaluate": 75}
_COST, _MAPPING_COST = 60, 50
_LEAST_ENTRIES = 3
_SIZES = frozenset({"shape", "size", "ndim", "nunique", "version_info"})
_WHY = (
    "It decides about rows or predictions, and who maintains this cannot tell when it is to change."
)
_WHY_MAPPING = "A new value in the data has no place in it, and nobody could say where it belongs."


def found(analysis: Analysis) -> Iterator[Question]:
    """Yield a question for each statement with a number or mapping that nothing explains."""
    for position, (statement, facts) in enumerate(
        zip(analysis.statements, analysis.facts, strict=True)
    ):
        if facts.stage in _ASIDE or isinstance(statement.node, ast.Assert):
            continue
        if asked := _of_numbers(statement, facts):
            key, text = asked
            numbers = compared_numbers(statement.node)
            if not is_explained(analysis.program, statement.origin, numbers):
                cost = _COSTS.get(facts.stage, _COST)
                yield Question(key, text, _WHY, statement.origin, cost, position)
        for mapping in _mappings(statement.node):
            if not is_explained(analysis.program, statement.origin):
                text = f"Who decided this mapping, and what of values that it does not have: {mapping}?"
                key = f"mapping-{mapping}"
                yield Question(key, text, _WHY_MAPPING, statement.origin, _MAPPING_COST, position)


def _of_numbers(statement: Statement, facts: Facts) -> tuple[str, str] | None:
    numbers = compared_numbers(statement.node)
    match statement.node:
        case ast.Assign(
            targets=[ast.Name(id=name)], value=ast.Constant(value=int() | float() as n)
        ):
            if not _NAMED.search(name) or isinstance(n, bool):
                return None
            return f"number-{name}", f"Why is `{name}` {n}?"
    if not numbers:
        return None
    shown = ", ".join(numbers[:3])
    code = ast.unparse(_place(statement.node)).partition("\n")[0][:100]
    are = "do these numbers" if len(numbers) > 1 else "does this number"
    return f"number-{shown}", f"Where {are} come from: {shown} in `{code}`?"


def _place(node: ast.stmt) -> ast.AST:
    """Return what to show of a statement: of one with a body, only the comparison."""
    if not hasattr(node, "body"):
        return node
    found = (p for p in walk(node) if isinstance(p, ast.Compare | ast.Call) and any(_deciding(p)))
    return next(found, node)


def compared_numbers(node: ast.stmt) -> tuple[str, ...]:
    """Return the literal numbers that a statement compares with, or clips or cuts at, as written."""
    return tuple(dict.fromkeys(number for part in walk(node) for number in _deciding(part)))


def _deciding(part: ast.AST) -> Iterator[str]:
    """Yield the literal numbers of a comparison by size, or of a call that clips or cuts."""
    match part:
        case ast.Compare(left=left, ops=ops, comparators=others):
            ordered = all(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in ops)
            if ordered and not any(_counts(side) for side in (left, *others)):
                yield from _literals(left, *others)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in _DECIDING:
            yield from _literals(*part.args, *(k.value for k in part.keywords))


def _literals(*nodes: ast.expr) -> Iterator[str]:
    for node in nodes:
        inner = node.operand if isinstance(node, ast.UnaryOp) else node
        parts = inner.elts if isinstance(inner, ast.List | ast.Tuple) else [inner]
        for part in parts:
            match part:
                case ast.Constant(value=int() | float() as value):
                    if not isinstance(value, bool) and value not in _USUAL:
                        yield ast.unparse(part)


def _counts(node: ast.expr) -> bool:
    """Return whether a side of a comparison is a size of something in the program."""
    return any(
        (isinstance(part, ast.Name) and part.id == "len")
        or (isinstance(part, ast.Attribute) and part.attr in _SIZES)
        for part in walk(node)
    )


def _mappings(node: ast.stmt) -> Iterator[str]:
    """Yield, as texts, the literal dictionaries by which a statement recodes values."""
    for part in walk(node):
        match part:
            case ast.Call(
                func=ast.Attribute(attr="map" | "replace"), args=[ast.Dict() as mapping, *_]
            ):
                if _is_hand_made(mapping):
                    text = ast.unparse(mapping)
                    yield text if len(text) <= 80 else f"{text[:77]}..."


def _is_hand_made(mapping: ast.Dict) -> bool:
    """Return whether a dictionary merges values, or puts numbers to them."""
    values = [v.value for v in mapping.values if isinstance(v, ast.Constant)]
    if len(values) < _LEAST_ENTRIES or len(values) < len(mapping.values):
        return False
    numeric = all(isinstance(v, int | float) for v in values)
    return numeric or len(set(map(str, values))) < len(values)
