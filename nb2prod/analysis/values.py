"""What is known of a value while a notebook is read, and how knowledge of two values combines."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from nb2prod.knowledge.tables import Knowledge

if TYPE_CHECKING:
    from nb2prod.analysis.reading import Function

Constant = str | int | float | bool

_SERIES_RANK = 7
_ARRAY_RANK = 5
_PLAIN = frozenset({"bool", "int", "float", "str", "bytes", "tuple", "list", "None"})
_NUMBERS = frozenset({"bool", "int", "float"})


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of one value; the default knows nothing.

    `type` is the qualified name of its class. `refers` is what it is when it is a module, function,
    class or bound method. `sure` is false for what is only guessed, from the name of a variable for
    instance: good enough to say what a statement is about, never a proof.
    """

    type: str = ""
    refers: str = ""
    receiver: Value | None = None  # of a bound method
    items: tuple[Value, ...] = ()  # of a tuple
    each: Value | None = None  # what a container holds
    constant: Constant | None = None
    function: Function | None = None  # of the notebook itself
    own_class: bool = False  # a class of the notebook, or one of its instances
    seeded: bool = False  # has a random generator of its own, or needs none
    sure: bool = True

    def guessed(self) -> Value:
        """Return the same knowledge as a guess."""
        return replace(self, sure=False) if self.sure else self


UNKNOWN = Value()


def literal(constant: object) -> Value:
    """Return the value of a literal of a simple type."""
    kept = constant if isinstance(constant, str | int | float | bool) else None
    return Value("None" if constant is None else type(constant).__name__, constant=kept)


@cache
def parse(text: str) -> Value:
    """Return the value for a type in a table: "tuple[a, tuple[b, c]]", "numpy.ndarray?", "unknown".

    A question mark makes it a guess.
    """
    if text == "unknown":
        return UNKNOWN
    if text.endswith("?"):
        return Value(text[:-1], sure=False)
    if not text.startswith("tuple["):
        return Value(text)
    parts, depth = [""], 0
    for letter in text.removeprefix("tuple[").removesuffix("]"):
        depth += (letter == "[") - (letter == "]")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return Value("tuple", items=tuple(parse(part.strip()) for part in parts))


def join(values: Iterable[Value], knowledge: Knowledge) -> Value:
    """Return what holds of each of the values, as after an if with several branches."""
    result: Value | None = None
    for value in values:
        result = value if result is None else _join(result, value, knowledge)
    return UNKNOWN if result is None else result


def _join(left: Value, right: Value, knowledge: Knowledge) -> Value:
    if left == right:
        return left
    sure = left.sure and right.sure
    if left.refers or right.refers or left.function or right.function:
        return UNKNOWN
    if "None" in (left.type, right.type):
        return (right if left.type == "None" else left).guessed()
    type_ = _common(left.type, right.type, knowledge)
    if not type_:
        return UNKNOWN
    items: tuple[Value, ...] = ()
    if left.items and len(left.items) == len(right.items):
        pairs = zip(left.items, right.items, strict=True)
        items = tuple(_join(a, b, knowledge) for a, b in pairs)
    each = _join(left.each, right.each, knowledge) if left.each and right.each else None
    seeded = left.seeded and right.seeded
    own = left.own_class or right.own_class
    return Value(type_, items=items, each=each, seeded=seeded, own_class=own, sure=sure)


def _common(left: str, right: str, knowledge: Knowledge) -> str:
    """Return the nearest class that both are, "" when one of them is not known."""
    if left == right or not left or not right:
        return left if left == right else ""
    lineage = knowledge.lineage(right)
    return next((name for name in knowledge.lineage(left) if name in lineage), "object")


def element(value: Value, knowledge: Knowledge) -> Value:
    """Return what iterating over a value yields."""
    if value.items:
        return join(value.items, knowledge)
    if value.each is not None:
        return value.each
    yields = knowledge.trait(value.type, "each")
    result = parse(yields) if yields else UNKNOWN
    return result if value.sure else result.guessed()


def arithmetic(operator: ast.operator, left: Value, right: Value, knowledge: Knowledge) -> Value:
    """Return the value of a binary operation."""
    sure = left.sure and right.sure
    if left.type == "str" and isinstance(operator, ast.Mod):
        return Value("str", sure=left.sure)
    if left.type == "pathlib.Path" and isinstance(operator, ast.Div):
        return Value("pathlib.Path", sure=left.sure)
    high, low = _ranked(left, right, knowledge)
    rank = knowledge.trait(high.type, "rank") if high.type else None
    if rank is None:
        return UNKNOWN
    if not low.type:
        return _with_unknown(high, rank, sure)
    if rank >= _ARRAY_RANK:
        return Value(high.type, sure=sure)
    if high.type in _NUMBERS and low.type in _NUMBERS:
        whole = high.type != "float" and not isinstance(operator, ast.Div | ast.Pow)
        return Value("int" if whole else "float", sure=sure and not isinstance(operator, ast.Pow))
    same = high.type == low.type and isinstance(operator, ast.Add)
    return Value(high.type, sure=sure) if same else UNKNOWN


def _with_unknown(high: Value, rank: int, sure: bool) -> Value:
    """Return the value of an operation on something of which nothing is known: never less than `high`."""
    if rank < _SERIES_RANK:
        return UNKNOWN
    return Value("pandas.NDFrame" if rank == _SERIES_RANK else high.type, sure=sure)


def comparison(values: list[Value], knowledge: Knowledge) -> Value:
    """Return the value of a comparison: elementwise when an array takes part."""
    result = values[0]
    for value in values[1:]:
        result, _ = _ranked(result, value, knowledge)
    rank = knowledge.trait(result.type, "rank") if result.type else None
    sure = all(value.sure for value in values)
    if rank is not None and rank >= _ARRAY_RANK:
        return Value(result.type, sure=sure)
    plain = all(value.type in _PLAIN for value in values)
    return Value("bool", sure=sure) if plain else UNKNOWN


def _ranked(left: Value, right: Value, knowledge: Knowledge) -> tuple[Value, Value]:
    """Return the operands, the one whose type decides that of the result first."""

    def rank(value: Value) -> int:
        found = knowledge.trait(value.type, "rank") if value.type else None
        return -1 if found is None else found

    return (left, right) if rank(left) >= rank(right) else (right, left)


def item(value: Value, index: list[tuple[ast.expr, Value]], knowledge: Knowledge) -> Value:
    """Return a subscript of a value; `index` has one entry for each axis."""
    if value.items and len(index) == 1 and isinstance(index[0][1].constant, int):
        position = index[0][1].constant
        inside = -len(value.items) <= position < len(value.items)
        return value.items[position] if inside else UNKNOWN
    axes = [_axis(node, part, knowledge) for node, part in index]
    if value.each is not None and axes != ["many"]:
        return value.each.guessed()
    return _by_shape(value, axes, knowledge)


def _by_shape(value: Value, axes: list[str], knowledge: Knowledge) -> Value:
    rules = knowledge.trait(value.type, "item") or {}
    keys = (" ".join(axes), " ".join("any" for _ in axes), "any")
    rule = next((rules[key] for key in keys if key in rules), "unknown")
    if rule == "self":
        return Value(value.type, sure=value.sure)
    return replace(parse(rule), sure=value.sure)


def _axis(node: ast.expr, value: Value, knowledge: Knowledge) -> str:
    """Return whether an index picks "one", "many" or "any" (not known) along its axis."""
    if isinstance(node, ast.Slice | ast.List | ast.ListComp):
        return "many"
    if not value.type or not value.sure:
        return "any"
    if value.type in ("str", "int", "float", "bool"):
        return "one"
    rank = knowledge.trait(value.type, "rank")
    return "many" if value.type == "list" or (rank or 0) >= _ARRAY_RANK else "any"
