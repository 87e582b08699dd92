"""The knowledge tables: what is known of the calls and classes of each library.

One TOML file per library, read when a name of that library is first looked up, and of that file
only the rows that are asked for: a table is split at its headers, indexed by the names in it, and
a row is parsed when it is needed. Loading costs a notebook little, however long the tables grow.

A `[[call]]` says what a function, method or attribute does, a `[[type]]` how values of a class
behave. Names are words in one string or a list; `*` at the end of a name stands for any other.
"""

from __future__ import annotations

import builtins
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from nb2prod.model import Stage

HERE = Path(__file__).parent
_HEADER = re.compile(r"^(?=\[)", re.MULTILINE)
_NAMES = re.compile(r"^(of|name)\s*=\s*(.+)$", re.MULTILINE)
_WORD = re.compile(r"[\w.*]+")


@dataclass(frozen=True, slots=True)
class Port:
    """Where a reader or writer finds the location of its data, and of what sort the data are."""

    arg: int | None = None
    keyword: str | None = None
    kind: str = "file"
    format: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What a call does; unknown is the default of every field."""

    stage: Stage | None = None
    verb: str | Mapping[str, str] = ""
    noun: str = ""  # what it makes, as a word: "histogram"
    weight: int | None = None  # of its stage, when it says more or less than is usual for the stage
    returns: str = "unknown"
    given: Mapping[str, str] = field(default_factory=dict)  # returns when that argument is given
    property: bool = False  # read without being called
    pure: bool = False  # changes nothing but figures
    anywhere: bool = False  # pure on whatever has a method of this name
    calls: bool = False  # calls the functions that it is given
    consumes: bool = False  # exhausts the iterators that it is given
    wraps: bool = False  # behaves like the estimators that it is given
    fits: bool = False
    makes: str = ""  # topic of the result: "prediction", "metric"
    draws: str = ""  # the global random generator that it may use
    seed: str = ""  # argument that gives it a generator of its own
    reads: Port | None = None
    writes: Port | None = None

    def verb_of(self, name: str) -> str:
        """Return the verb for the call with this qualified name."""
        if isinstance(self.verb, str):
            return self.verb
        return self.verb.get(name.rpartition(".")[2], self.verb.get("any", ""))


@dataclass(frozen=True, slots=True)
class Type:
    """How the values of a class behave."""

    bases: tuple[str, ...] = ()
    abstract: bool = False  # a name for several classes: nothing that an annotation could say
    immutable: bool = False
    rank: int | None = None  # among numbers and arrays: the result of arithmetic is the higher one
    callable: bool = False  # calling a value is what `__call__` has a row for
    each: str | None = (
        None  # what iterating yields; None when iterating is not known to be harmless
    )
    attribute: str | None = None  # type of an attribute without a row
    item: Mapping[str, str] = field(
        default_factory=dict
    )  # type of a subscript, by shape of the index
    stage: Stage | None = None  # of making one
    verb: str = ""
    weight: int | None = None
    pure: bool = False  # making one changes nothing
    draws: str = ""  # its methods that fit, split or sample may use a global random generator
    seed: str = ""
    when: str = ""  # arguments without which its values draw nothing
    wraps: bool = False


@dataclass(frozen=True)
class Table:
    """One file of rows, parsed row by row on demand."""

    text: str

    @cached_property
    def _blocks(self) -> list[str]:
        return _HEADER.split(self.text)

    @cached_property
    def _index(self) -> dict[str, dict[str, int]]:
        """Positions of the blocks by kind ("call", "type") and name."""
        index: dict[str, dict[str, int]] = {"call": {}, "type": {}}
        for position, block in enumerate(self._blocks):
            kind = block[2:6]
            if block.startswith("[[") and kind in index:
                index[kind].update(dict.fromkeys(_names(block), position))
        return index

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Other names of modules and what they are called here."""
        return self._section("aliases")

    def _section(self, name: str) -> Mapping[str, Any]:
        blocks = [block for block in self._blocks if block.startswith(f"[{name}]")]
        return tomllib.loads(blocks[0])[name] if blocks else {}

    def names(self, kind: str) -> Mapping[str, int]:
        """Return every name and pattern of a kind with the position of its block."""
        return self._index[kind]

    @cached_property
    def _patterns(self) -> dict[str, list[tuple[str, int]]]:
        """The names with `*`, the most specific first."""
        return {
            kind: sorted(
                ((name, position) for name, position in names.items() if "*" in name),
                key=lambda row: -len(row[0]),
            )
            for kind, names in self._index.items()
        }

    def find(self, kind: str, name: str) -> int | None:
        """Return the position of the block for a name, a pattern's when no name fits."""
        exact = self._index[kind].get(name)
        return exact if exact is not None else self.match(kind, name)

    def match(self, kind: str, name: str) -> int | None:
        """Return the position of the block with the most specific pattern that fits a name."""
        for pattern, position in self._patterns[kind]:
            if fits(pattern, name):
                return position
        return None

    @cache  # noqa: B019  tables are themselves cached for good
    def parse(self, position: int) -> dict[str, Any]:
        """Return the fields of one block without its names."""
        block: dict[str, list[dict[str, Any]]] = tomllib.loads(self._blocks[position])
        (rows,) = block.values()
        return rows[0]

    @cache  # noqa: B019
    def row(self, position: int) -> Row:
        """Return one call's row."""
        fields = {key: value for key, value in self.parse(position).items() if key in _ROW_FIELDS}
        for port in ("reads", "writes"):
            if port in fields:
                fields[port] = Port(**fields[port])
        return Row(**fields)

    @cache  # noqa: B019
    def type(self, position: int) -> Type:
        """Return one class's row."""
        fields = {key: value for key, value in self.parse(position).items() if key in _TYPE_FIELDS}
        if "bases" in fields:
            fields["bases"] = tuple(fields["bases"].split())
        return Type(**fields)


_ROW_FIELDS = frozenset(Row.__dataclass_fields__)
_TYPE_FIELDS = frozenset(Type.__dataclass_fields__)


def _names(block: str) -> Iterator[str]:
    """Yield the qualified names of a block: each of its owners (`of`) with each of its names."""
    words = {key: _WORD.findall(value) for key, value in _NAMES.findall(block)}
    owners = words.get("of")
    for name in words.get("name", ()):
        yield from (f"{owner}.{name}" for owner in owners) if owners else (name,)


@cache
def _table(folder: Path, library: str) -> Table:
    path = folder / f"{library}.toml"
    return Table(path.read_text(encoding="utf-8") if path.is_file() else "")


_NOTHING = Type()
_MAKING: Mapping[Stage | None, int] = {"train": 50, "feature": 40}
# The roots of names in the table of builtins: types of Python, and those that stand for several.
_BUILTIN = frozenset(dir(builtins)) | {"None", "file", "iterator", "dict_items", "dict_values"}


class Knowledge:
    """Everything that the tables know, looked up by qualified name.

    `folders` are the user's own tables; a row there comes before one of nb2prod's.
    """

    def __init__(self, folders: tuple[Path, ...] = ()) -> None:
        self._folders = (*folders, HERE)
        self._calls: dict[str, Row | None] = {}
        self._types: dict[str, Type] = {}
        self._lines: dict[str, tuple[str, ...]] = {}

    def tables(self, library: str) -> list[Table]:
        """Return the tables of a library, by the first part of its name."""
        if library != "builtins" and library in sys.stdlib_module_names:
            library = "stdlib"
        return [_table(folder, library) for folder in self._folders]

    def canonical(self, name: str) -> str:
        """Return the name under which the tables know something that has several."""
        for table in self.tables(library_of(name)):
            for alias, meant in table.aliases.items():
                if name == alias or name.startswith(f"{alias}."):
                    return self.canonical(meant + name[len(alias) :])
        return name

    def call(self, name: str) -> Row | None:
        """Return the row of a function, or of making a value of a class."""
        if name not in self._calls:
            self._calls[name] = self._find_call(name)
        return self._calls[name]

    def _find_call(self, name: str) -> Row | None:
        for table in self.tables(library_of(name)):
            exact = table.names("call").get(name)
            if exact is not None:
                return table.row(exact)
            kind = self.type(name) if _is_class(name) else _NOTHING
            if kind is not _NOTHING:
                return _constructor(name, kind)
            fitting = table.match("call", name)
            if fitting is not None:
                return table.row(fitting)
        return None

    def type(self, name: str) -> Type:
        """Return how values of a class behave; a Type without content for an unknown one."""
        if name not in self._types:
            self._types[name] = self._find_type(name)
        return self._types[name]

    def _find_type(self, name: str) -> Type:
        for table in self.tables(library_of(name)):
            position = table.find("type", name)
            if position is not None:
                return table.type(position)
        return _NOTHING

    def lineage(self, name: str) -> tuple[str, ...]:
        """Return a class and its bases, nearest first."""
        if name not in self._lines:
            bases = [line for base in self.type(name).bases for line in self.lineage(base)]
            self._lines[name] = (name, *dict.fromkeys(bases))
        return self._lines[name]

    def method(self, type_: str, attribute: str) -> tuple[str, Row] | None:
        """Return qualified name and row of an attribute of a class or of its nearest base."""
        for owner in self.lineage(type_):
            row = self.call(f"{owner}.{attribute}") if owner else None
            if row is not None:
                return f"{type_}.{attribute}", row
        return None

    def trait(self, type_: str, name: str) -> Any:
        """Return a field of a class's Type, or of the nearest base that sets it."""
        for owner in self.lineage(type_):
            value = getattr(self.type(owner), name)
            if value not in (None, "", {}):
                return value
        return None

    def owners(self, attribute: str, libraries: tuple[str, ...]) -> list[str]:
        """Return the qualified names, in some libraries, of the methods with this name."""
        return [
            name
            for library in libraries
            for table in self.tables(library)
            for name in _methods(table).get(attribute, ())
        ]


@cache
def _methods(table: Table) -> Mapping[str, list[str]]:
    """The methods of a table by their own name."""
    methods: dict[str, list[str]] = {}
    types = table.names("type")
    for name in table.names("call"):
        owner, _, attribute = name.rpartition(".")
        if owner in types and "*" not in attribute:
            methods.setdefault(attribute, []).append(name)
    return methods


def library_of(name: str) -> str:
    """Return the library, by the name of its table, that a qualified name belongs to."""
    root, dot, _ = name.partition(".")
    if root in _BUILTIN or (not dot and root not in sys.stdlib_module_names):
        return "builtins"
    return root


def _is_class(name: str) -> bool:
    return name.rpartition(".")[2][:1].isupper()


def _constructor(name: str, kind: Type) -> Row:
    """Return the row of making a value of a class: it says less than using the value."""
    return Row(
        stage=kind.stage,
        verb=kind.verb,
        weight=kind.weight or _MAKING.get(kind.stage),
        returns=name,
        pure=kind.pure,
        wraps=kind.wraps,
    )


def fits(pattern: str, name: str) -> bool:
    """Return whether a name fits a pattern in which `*` stands for any text."""
    start, *rest = pattern.split("*")
    if not rest:
        return name == pattern
    if not name.startswith(start):
        return False
    position = len(start)
    for text in rest[:-1]:
        found = name.find(text, position)
        if found < 0:
            return False
        position = found + len(text)
    return name.endswith(rest[-1]) and len(name) - len(rest[-1]) >= position
