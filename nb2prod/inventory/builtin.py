"""Python's own functions, and the methods of its containers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nb2prod.inventory.texts import HOLE
from nb2prod.inventory.values import (
    MANY,
    UNKNOWN,
    Value,
    constant,
    element,
    elements,
    join,
    sequence,
)

Arguments = Sequence[Value]
Keywords = dict[str, Value]


def call(name: str, arguments: Arguments, keywords: Keywords) -> Value | None:
    """Return what a function of Python gives, None where it is not followed."""
    function = _FUNCTIONS.get(name)
    if name == "dict":
        return _dict(arguments, keywords)
    return function(arguments) if function is not None else None


def _range(arguments: Arguments) -> Value:
    bounds = [value.constants[0] for value in arguments if len(value.constants) == 1]
    whole = [bound for bound in bounds if type(bound) is int]
    if not arguments or len(whole) != len(arguments) or len(whole) > 3 or whole[2:] == [0]:
        return Value(each=UNKNOWN)
    numbers = range(*whole)
    if len(numbers) > MANY:
        return Value(each=UNKNOWN)
    return sequence(map(constant, numbers))


def _same(arguments: Arguments) -> Value | None:
    if not arguments:
        return sequence([])
    first = arguments[0]
    found = elements(first)
    if found is not None:
        return sequence(found)
    return Value(each=first.each, uses=first.uses) if first.each is not None or first.uses else None


def _ordered(arguments: Arguments) -> Value | None:
    """Return a sorted list: exact where its elements are texts, in any order elsewhere."""
    found = elements(arguments[0]) if arguments else None
    if found is not None and all(len(v.texts) == 1 for v in found):
        return sequence(sorted(found, key=lambda value: value.texts[0]))
    return _same(arguments)


def _reversed(arguments: Arguments) -> Value | None:
    found = elements(arguments[0]) if arguments else None
    return sequence(reversed(found)) if found is not None else _same(arguments)


def _zip(arguments: Arguments) -> Value:
    lists = [elements(value) for value in arguments]
    known = [found for found in lists if found is not None]
    if known and len(known) == len(lists):
        return sequence(map(sequence, zip(*known, strict=False)))
    shortest = min((len(found) for found in known), default=0)
    if shortest and shortest <= MANY:  # one of them tells how many there are
        columns = [
            found if found is not None else [element(v)] * shortest
            for found, v in zip(lists, arguments, strict=True)
        ]
        return sequence(map(sequence, zip(*columns, strict=False)))
    return Value(each=sequence(map(element, arguments)))


def _enumerate(arguments: Arguments) -> Value:
    if not arguments:
        return UNKNOWN
    found = elements(arguments[0])
    start = arguments[1].constants[:1] if len(arguments) > 1 else (0,)
    first = start[0] if start and isinstance(start[0], int) else 0
    if found is not None:
        return sequence(sequence([constant(first + i), value]) for i, value in enumerate(found))
    return Value(each=sequence([UNKNOWN, element(arguments[0])]))


def _text(arguments: Arguments) -> Value:
    if not arguments:
        return constant("")
    first = arguments[0]
    texts = tuple(dict.fromkeys(str(part) for part in first.constants))
    return Value(constants=texts or (HOLE,), uses=first.uses)


def _int(arguments: Arguments) -> Value:
    numbers = []
    for part in arguments[0].constants if arguments else ():
        try:
            numbers.append(int(part))  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            return UNKNOWN
    return constant(*numbers)


def _length(arguments: Arguments) -> Value:
    first = arguments[0] if arguments else UNKNOWN
    if first.items is not None:
        return constant(len(first.items))
    return constant(len(first.mapping)) if first.mapping is not None else UNKNOWN


def _open_text(arguments: Arguments) -> Value:
    return UNKNOWN


def _vars(arguments: Arguments) -> Value:
    members = arguments[0].members if arguments else None
    return Value(mapping={**members}) if members is not None else UNKNOWN


def _dict(arguments: Arguments, keywords: Keywords) -> Value:
    mapping: dict[Any, Value] = dict(arguments[0].mapping or {}) if arguments else {}
    for pair in (elements(arguments[0]) or []) if arguments and not mapping else []:
        parts = elements(pair) or []
        if len(parts) == 2:
            mapping.update(dict.fromkeys(parts[0].constants, parts[1]))
    mapping.update(keywords.items())
    return Value(mapping=mapping)


_FUNCTIONS: dict[str, Callable[[Arguments], Value | None]] = {
    "range": _range,
    "xrange": _range,
    "list": _same,
    "tuple": _same,
    "set": _same,
    "iter": _same,
    "sorted": _ordered,
    "reversed": _reversed,
    "zip": _zip,
    "enumerate": _enumerate,
    "str": _text,
    "repr": _open_text,
    "int": _int,
    "len": _length,
    "vars": _vars,
    "print": _open_text,
}


def method(owner: Value, name: str, arguments: Arguments, keywords: Keywords) -> Value | None:
    """Return what a method of a list or dictionary gives, None where it is none that is followed."""
    if owner.mapping is not None:
        return _of_dict(owner, owner.mapping, name, arguments, keywords)
    if owner.items is not None:
        return _of_list(owner, owner.items, name, arguments)
    if owner.each is not None and name in ("copy", "sort"):
        return owner
    if owner.each is not None and name == "append" and arguments:
        owner.each = join([owner.each, arguments[0]])
        return UNKNOWN
    return None


def _of_list(owner: Value, items: list[Value], name: str, arguments: Arguments) -> Value | None:
    first = arguments[0] if arguments else UNKNOWN
    if name in ("append", "add"):
        if len(items) < 4 * MANY:
            items.append(first)
        return UNKNOWN
    if name in ("extend", "update"):
        items.extend((elements(first) or [element(first)])[:MANY])
        return UNKNOWN
    if name == "insert" and len(arguments) > 1:
        items.insert(0, arguments[1])
        return UNKNOWN
    if name == "copy":
        return sequence(items)
    if name in ("pop", "popleft"):
        return join(items) if items else UNKNOWN
    if name in ("sort", "reverse", "remove"):
        return UNKNOWN
    return None


def _of_dict(
    owner: Value, mapping: dict, name: str, arguments: Arguments, keywords: Keywords  # type: ignore[type-arg]
) -> Value | None:
    if name == "items":
        return sequence(sequence([constant(key), value]) for key, value in mapping.items())
    if name == "values":
        return sequence(mapping.values())
    if name in ("keys", "copy"):
        return sequence(map(constant, mapping)) if name == "keys" else Value(mapping=dict(mapping))
    if name in ("get", "pop", "setdefault") and arguments:
        found = [mapping[key] for key in arguments[0].constants if key in mapping]
        default = list(arguments[1:2])
        if name == "setdefault" and not found and default:
            mapping.update(dict.fromkeys(arguments[0].constants, default[0]))
        known = found or ([] if arguments[0].constants else list(mapping.values()))
        return join([*known, *(default if not found else [])] or [UNKNOWN])
    if name == "update":
        mapping.update((arguments[0].mapping or {}) if arguments else {})
        mapping.update(keywords.items())
        return UNKNOWN
    return None


def argument(owner: Value, name: str, arguments: Arguments, keywords: Keywords) -> Value | None:
    """Return what a method of an `ArgumentParser` gives: the parsed arguments are their defaults."""
    if owner.members is None:
        owner.members = {}
    if name == "add_argument":
        texts = [value.texts[0] for value in arguments if value.texts]
        long = [text for text in texts if text.startswith("--")] or texts
        if long:
            owner.members[long[0].lstrip("-").replace("-", "_")] = keywords.get("default", UNKNOWN)
        return UNKNOWN
    if name in ("parse_args", "parse_known_args"):
        parsed = Value(members=dict(owner.members))
        return parsed if name == "parse_args" else sequence([parsed, UNKNOWN])
    return None
