"""Methods and operators of text and numbers, over all constants that their operands may be."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from nb2prod.inventory.texts import HOLE, LONGEST, Hole
from nb2prod.inventory.values import (
    UNKNOWN,
    Value,
    combinations,
    constant,
    elements,
    pieces,
    sequence,
)

_TO_TEXT = frozenset(
    "capitalize casefold format lower lstrip removeprefix removesuffix replace rstrip strip swapcase"
    " title upper zfill rjust ljust center".split()
)
_TO_LIST = frozenset("split rsplit splitlines partition rpartition".split())
_WIDE = re.compile(r"\d{4}")  # a width of a format that could fill the memory
_PERCENT = re.compile(r"%(\(\w*\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?[a-zA-Z]")
_LARGE = 10**12

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}


def is_text_method(name: str) -> bool:
    """Say whether it is a method of text that is followed."""
    return name in _TO_TEXT or name in _TO_LIST or name == "join"


def method(
    owner: Value, name: str, arguments: Sequence[Value], keywords: dict[str, Value]
) -> Value:
    """Return what a method of a text gives for each text and each choice of its arguments."""
    if name == "join":
        return _joined(owner, arguments)
    if any(_WIDE.search(text) for text in owner.texts) and name == "format":
        return UNKNOWN
    parts = [owner.texts or (HOLE,), *map(pieces, arguments), *map(pieces, keywords.values())]
    results = []
    for text, *given in combinations(parts):
        positional = given[: len(arguments)]
        named = dict(zip(keywords, given[len(arguments) :], strict=True))
        try:
            if name in ("zfill", "rjust", "ljust", "center") and not 0 <= positional[0] < LONGEST:
                continue
            results.append(getattr(str, name)(str(text), *positional, **named))
        except (TypeError, ValueError, IndexError, KeyError, AttributeError):
            continue
    if name in _TO_LIST:
        lists = [sequence(map(constant, found)) for found in results]
        return lists[0] if len(lists) == 1 else _alternatives(lists)
    return _texts(results)


def _alternatives(lists: list[Value]) -> Value:
    from nb2prod.inventory.values import join

    lengths = {len(found.items or ()) for found in lists}
    if len(lengths) > 1:  # aligned at the end, where the name of a file is
        shortest = min(lengths)
        lists = [
            sequence((found.items or [])[len(found.items or ()) - shortest :]) for found in lists
        ]
    return join(lists) if lists else UNKNOWN


def _joined(owner: Value, arguments: Sequence[Value]) -> Value:
    parts = elements(arguments[0]) if arguments else None
    if parts is None or len(parts) > LONGEST:
        return UNKNOWN
    rows = combinations([owner.texts or (HOLE,), *map(pieces, parts)])
    return _texts([str(first).join(map(str, rest)) for first, *rest in rows])


def percent(left: Value, right: Value) -> Value:
    """Return `left % right`, where `left` is text."""
    items = right.items if right.items is not None else [right]
    mapping = right.mapping
    results = []
    for template in left.texts:
        if _WIDE.search(template):
            continue
        if mapping is not None:
            rows: Iterator[Any] = (
                dict(zip(mapping, row, strict=True))
                for row in combinations([pieces(v) for v in mapping.values()])
            )
        else:
            rows = combinations([pieces(item) for item in items])
        results += [_percent(template, row) for row in rows]
    return _texts([text for text in results if text is not None])


def _percent(template: str, row: Any) -> str | None:
    given = row.values() if isinstance(row, dict) else row
    if any(isinstance(part, Hole) for part in given):
        template = _PERCENT.sub(r"%\1s", template)
    try:
        return str(template % row)
    except (TypeError, ValueError, KeyError):
        return None


def interpolated(parts: Sequence[tuple[Value, str]]) -> Value:
    """Return an f-string of values with their formats; a format of None type is no text."""
    rows = combinations([pieces(value) for value, _ in parts])
    return _texts(["".join(map(_formatted, row, (spec for _, spec in parts))) for row in rows])


def _formatted(part: Any, spec: str) -> str:
    if _WIDE.search(spec):
        return HOLE
    try:
        return format(part, spec)
    except (TypeError, ValueError):
        return HOLE


def arithmetic(kind: ast.operator, left: Value, right: Value) -> Value:
    """Return the result of an operator on constants; text and something unknown leave a hole."""
    apply = _OPERATORS.get(type(kind))
    if isinstance(kind, ast.Mod) and left.texts:
        return percent(left, right)
    if apply is None:
        return UNKNOWN
    if isinstance(kind, ast.Add) and left.items is not None and right.items is not None:
        return sequence([*left.items, *right.items])
    if not left.constants and not right.constants:
        return UNKNOWN
    with_text = bool(left.texts or right.texts)
    if not with_text and not (left.constants and right.constants):
        return UNKNOWN
    results = []
    for a, b in combinations([pieces(left), pieces(right)]):
        try:
            if isinstance(kind, ast.Mult) and not _is_small(a, b):
                continue
            results.append(apply(a, b))
        except (TypeError, ValueError, ZeroDivisionError, OverflowError):
            continue
    return constant(*_short(results))


def _is_small(a: Any, b: Any) -> bool:
    numbers = [part for part in (a, b) if isinstance(part, int | float)]
    texts = [part for part in (a, b) if isinstance(part, str | bytes)]
    limit = LONGEST // max(len(texts[0]), 1) if texts else _LARGE
    return all(abs(number) <= limit for number in numbers)


def _texts(results: Sequence[str]) -> Value:
    kept = _short(results)
    return constant(*dict.fromkeys(kept)) if kept else UNKNOWN


def _short(results: Sequence[Any]) -> list[Any]:
    return [
        part if not isinstance(part, Hole) else HOLE
        for part in results
        if not isinstance(part, str) or len(part) <= LONGEST
    ]
