"""What a call gives, by its row: its type, and whether it draws from a random generator of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from nb2prod.analysis.values import UNKNOWN, Value, parse
from nb2prod.knowledge.tables import Knowledge, Row

Arguments = tuple[Value, ...]
Keywords = Mapping[str, Value]


def result_of(
    row: Row, callee: Value, arguments: Arguments, keywords: Keywords, knowledge: Knowledge
) -> Value:
    """Return the value of a call; `callee` is what is called, a bound method with its receiver."""
    if may_be_true(keywords.get("inplace")):
        return Value("None")
    value = _typed(row, callee, arguments, keywords)
    # A function of the notebook inside an object may do anything.
    sure = value.sure and callee.sure and not any(part.function for part in arguments)
    seeded = _seeded(value, callee, arguments, keywords, knowledge)
    if (sure, seeded) == (value.sure, value.seeded):
        return value
    return replace(value, sure=sure, seeded=seeded)


def may_be_true(value: Value | None) -> bool:
    """Return whether an argument is given and may be true."""
    if value is None:
        return False
    return not value.sure or (value.constant is not False and value.type != "None")


def _typed(row: Row, callee: Value, arguments: Arguments, keywords: Keywords) -> Value:
    returns = _given(row, arguments, keywords) or row.returns
    special = _SPECIAL.get(returns)
    if special is not None:
        return special(callee, arguments)
    return parse(returns)


def _given(row: Row, arguments: Arguments, keywords: Keywords) -> str | None:
    """Return the type that a row says for an argument that is given."""
    found = (type_ for words, type_ in row.given.items() if _any_given(words, arguments, keywords))
    return next(found, None)


def _any_given(words: str, arguments: Arguments, keywords: Keywords) -> bool:
    """Return whether one of the arguments is given, and not as false.

    A word is a position, a keyword, or a keyword with the type of its value (`?` for unknown).
    """
    for word in words.split():
        keyword, _, type_ = word.partition("=")
        value = keywords.get(keyword)
        if value is not None and (not type_ or (value.type or "?") == type_):
            return may_be_true(value) or bool(type_)
        if word.isdigit() and int(word) < len(arguments):
            return True
    return False


# ---- types that depend on what the call is given


def _same(callee: Value, arguments: Arguments) -> Value:
    owner = callee.receiver or UNKNOWN
    return Value(owner.type, sure=owner.sure)


def _class(callee: Value, arguments: Arguments) -> Value:
    return Value(callee.refers)


def _argument(callee: Value, arguments: Arguments) -> Value:
    """Return the type of the only argument where that is a frame, an array or an estimator."""
    if len(arguments) != 1 or not arguments[0].type.startswith(_KEPT):
        return UNKNOWN
    return replace(arguments[0], constant=None, items=(), each=None)


def _column(callee: Value, arguments: Arguments) -> Value:
    """Return a column where the first argument is a column or several."""
    first = arguments[0] if arguments else UNKNOWN
    if first.type in ("pandas.Series", "pandas.DataFrame", "pandas.NDFrame"):
        return Value("pandas.Series", sure=first.sure)
    return UNKNOWN


def _array(callee: Value, arguments: Arguments) -> Value:
    """Return an array, unless the function leaves the work to the argument's own method."""
    first = arguments[0] if arguments else UNKNOWN
    return Value("numpy.ndarray", sure=first.sure) if first.type in _ARRAYS else UNKNOWN


def _halves(callee: Value, arguments: Arguments) -> Value:
    """Return the parts of a split: each argument's train and test part has its type."""
    kept = (part if part.type.startswith(_SPLIT) else UNKNOWN for part in arguments)
    parts = [Value(part.type, sure=part.sure) for part in kept]
    return Value("tuple", items=tuple(half for part in parts for half in (part, part)))


def _values(callee: Value, arguments: Arguments) -> Value:
    return Value("dict_values", each=(callee.receiver or UNKNOWN).each)


def _items(callee: Value, arguments: Arguments) -> Value:
    each = (callee.receiver or UNKNOWN).each or UNKNOWN
    return Value("dict_items", each=Value("tuple", items=(UNKNOWN, each)))


def _zipped(callee: Value, arguments: Arguments) -> Value:
    return Value("iterator", each=Value("tuple", items=_elements(arguments)))


def _numbered(callee: Value, arguments: Arguments) -> Value:
    items = (Value("int"), *_elements(arguments[:1]))
    return Value("iterator", each=Value("tuple", items=items))


def _elements(arguments: Arguments) -> tuple[Value, ...]:
    return tuple(part.each.guessed() if part.each else UNKNOWN for part in arguments) or (UNKNOWN,)


_KEPT = ("pandas.", "numpy.ndarray", "sklearn.")
_SPLIT = ("pandas.", "numpy.ndarray", "list")
_ARRAYS = frozenset({"numpy.ndarray", "list", "tuple"})

_SPECIAL: Mapping[str, Callable[[Value, Arguments], Value]] = {
    "self": _same,
    "class": _class,
    "argument": _argument,
    "column": _column,
    "array": _array,
    "halves": _halves,
    "values": _values,
    "items": _items,
    "zip": _zipped,
    "enumerate": _numbered,
}


# ---- random generators


def _seeded(
    value: Value, callee: Value, arguments: Arguments, keywords: Keywords, knowledge: Knowledge
) -> bool:
    """Return whether an object that a call makes draws from no global generator."""
    if callee.receiver is not None:
        return callee.receiver.seeded
    if not value.type or not knowledge.trait(value.type, "draws"):
        return True
    when = knowledge.trait(value.type, "when")
    if when and not _any_given(when, arguments, keywords):
        return True
    seed, wraps = knowledge.trait(value.type, "seed"), knowledge.trait(value.type, "wraps")
    if not seed and not wraps:
        return False
    own = not seed or (seed in keywords and keywords[seed].type != "None")
    return own and (not wraps or _all_seeded((*arguments, *keywords.values())))


def _all_seeded(values: Iterable[Value]) -> bool:
    """Return whether every estimator among the values, also inside containers, is seeded."""
    for value in values:
        if not value.type and not value.refers:
            return False
        if value.type.startswith("sklearn.") and not value.seeded:
            return False
        inside = (*value.items, *([value.each] if value.each is not None else []))
        if not _all_seeded(inside):
            return False
    return True
