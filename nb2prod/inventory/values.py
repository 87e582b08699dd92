"""What may be known of a value without running: a few constants, a container, a reference, a use."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nb2prod.inventory.texts import HOLE, Hole

if TYPE_CHECKING:
    from nb2prod.inventory.code import Class, Function
    from nb2prod.inventory.uses import Use

Constant = str | int | float | bool | bytes | None
MANY = 256  # constants of one value, at most: beyond that it is open

PATH = "pathlib.Path"


@dataclass(slots=True, eq=False)
class Value:
    """One value; the default knows nothing.

    Containers are shared and changed in place, as those of the program are. `open` says that it may
    be something else than its `constants`. `uses` are the reads whose data it holds.
    """

    constants: tuple[Constant, ...] = ()
    open: bool = False
    type: str = ""  # qualified name of its class
    refers: str = ""  # of a module, function or class: its qualified name
    owner: Value | None = None  # of a bound method or attribute...
    name: str = ""  # ...and its name
    items: list[Value] | None = None
    mapping: dict[Any, Value] | None = None
    each: Value | None = None  # what a container of unknown length holds
    members: dict[str, Value] | None = None  # of an instance of the notebook's own class
    code: Function | Class | None = None
    uses: tuple[Use, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts, or paths, that it may be."""
        return tuple(text for text in self.constants if isinstance(text, str))

    @property
    def is_path(self) -> bool:
        return self.type == PATH


UNKNOWN = Value()


def constant(*values: Constant) -> Value:
    """Return the value that is one of some constants."""
    return Value(constants=values)


def path(texts: Iterable[str], uses: tuple[Use, ...] = ()) -> Value:
    """Return a path of pathlib that is one of these."""
    return Value(constants=_few(texts), type=PATH, uses=uses)


def sequence(items: Iterable[Value]) -> Value:
    """Return a list or tuple."""
    return Value(items=list(items))


def _few(constants: Iterable[Constant]) -> tuple[Constant, ...]:
    found = tuple(dict.fromkeys((type(value), value) for value in constants))
    return tuple(value for _, value in found[:MANY])


def join(values: Iterable[Value]) -> Value:
    """Return what may be any of the values, as after an if with several branches."""
    found = list(dict.fromkeys(values))
    if len(found) == 1:
        return found[0]
    known = [value for value in found if not _is_unknown(value)]
    if not known:
        return UNKNOWN
    if len(known) == 1:
        return replace(known[0], open=True)
    first = known[0]
    result = Value(
        constants=_few(c for value in known for c in value.constants),
        open=len(known) < len(found) or any(value.open for value in known),
        type=next((value.type for value in known if value.type), ""),
        refers=next((value.refers for value in known if value.refers), ""),
        owner=first.owner,
        name=first.name,
        members=next((value.members for value in known if value.members is not None), None),
        code=next((value.code for value in known if value.code), None),
        uses=tuple(dict.fromkeys(use for value in known for use in value.uses)),
    )
    mappings = [value.mapping for value in known if value.mapping is not None]
    if mappings:
        keys = dict.fromkeys(key for mapping in mappings for key in mapping)
        result.mapping = {key: join([m[key] for m in mappings if key in m]) for key in keys}
    lists = [value.items for value in known if value.items is not None]
    held = [value.each for value in known if value.each is not None]
    if lists and not held and len({len(items) for items in lists}) == 1:
        result.items = [join(group) for group in zip(*lists, strict=True)]
    elif lists or held:
        result.each = join([*held, *itertools.chain.from_iterable(lists)] or [UNKNOWN])
    return result


def _is_unknown(value: Value) -> bool:
    return value is UNKNOWN or not (
        value.constants
        or value.type
        or value.refers
        or value.owner
        or value.code
        or value.uses
        or value.each
        or value.items is not None
        or value.mapping is not None
        or value.members is not None
    )


def elements(value: Value) -> list[Value] | None:
    """Return what iterating over a value yields, one by one; None when that is not known."""
    if value.items is not None:
        return value.items
    if value.mapping is not None:
        return [constant(key) for key in value.mapping]
    if len(value.texts) == 1 and not value.type and len(value.texts[0]) < MANY:
        text = value.texts[0]
        return [constant(letter) for letter in text] if HOLE not in text else None
    return None


def element(value: Value) -> Value:
    """Return what any element of a value may be."""
    found = elements(value)
    if found is not None:
        return join(found) if found else UNKNOWN
    if value.each is not None:
        return value.each
    return Value(uses=value.uses) if value.uses else UNKNOWN


def pieces(value: Value) -> tuple[Any, ...]:
    """Return what a value may be inside a text that is put together: a hole when it is open."""
    found = tuple(
        Hole(HOLE) if isinstance(part, str) and part == HOLE else part for part in value.constants
    )
    return found or (Hole(HOLE),)


def combinations(parts: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """Yield every choice of one piece of each part; where there are too many, holes."""
    number = 1
    for part in parts:
        number *= len(part)
    if number > MANY:
        parts = [part if len(part) == 1 else (Hole(HOLE),) for part in parts]
    return itertools.product(*parts)


def all_uses(value: Value, depth: int = 3) -> Iterator[Use]:
    """Yield the uses whose data a value or the elements of a container hold."""
    yield from value.uses
    if depth:
        inner = [*(value.items or ()), *(value.mapping or {}).values()]
        for part in (*inner, *([value.each] if value.each else [])):
            yield from all_uses(part, depth - 1)
