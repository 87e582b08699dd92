"""The tables of readers and writers: what each call of a library does with data.

One TOML file per library in `knowledge/data`, read when the notebook imports that library. A row:

    name     qualified names; `.to_csv` is a method of whatever has it, `*` stands for any text
    reads    { arg, keyword, kind, format }: where the location is, and of what sort the data are;
    writes   `of`: it is not in that argument itself, but that of the value whose method it is ("owner";
             "listing": with a pattern), of a connection, of the tables in a query, of an object in a
             bucket; `format = "name"`: the call's name ends with it, "csv?": unless the file's ending
             says otherwise; `needed`: a use also without a location, at `default`; `literal`: only
             where that is a text. A reader without arg, keyword and of is named after what it reads
    mode     { arg, keyword, default }: a text with w, a, x or + means that it writes
    stream   an open file: given one, the call reads what was opened before
    query    { arg, keyword }: what is asked of the place
    saves    { arg, keyword }: the file that a download leaves; `default = "name"`: named as the URL
    unpacks  { arg, keyword }: the folder into which an archive is unpacked
    fetches  brings data to this machine
    owner    qualified type whose method it most likely is
    property read without being called
    returns  qualified type of the result; or "stream": what was opened or its content, "names": of
             files, "path": the file that was saved, "folder": one that only a run would tell,
             "location": the first argument, "upload": files by name
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nb2prod.knowledge.tables import HERE as KNOWLEDGE
from nb2prod.knowledge.tables import Table

HERE = KNOWLEDGE / "data"
_STANDARD = "stdlib"
_THROUGH_OTHERS = "pandas"  # frames come from many libraries: their methods are known everywhere


@dataclass(frozen=True, slots=True)
class Slot:
    """An argument of a call."""

    arg: int | None = None
    keyword: str = ""  # words: the names that it has had
    default: str = ""


@dataclass(frozen=True, slots=True)
class Port:
    """Where a call reads or writes, and what."""

    arg: int | None = None
    keyword: str = ""
    kind: str = "file"
    format: str = ""
    of: str = ""
    default: str = ""
    needed: bool = False  # without a location it is a use all the same
    literal: bool = False  # a use only where the location is a text: else it is the data themselves

    @property
    def bundled(self) -> bool:
        """Say whether the call itself names the data, as `load_iris()` does."""
        return self.arg is None and not self.keyword and not self.of

    @property
    def slot(self) -> Slot:
        return Slot(self.arg, self.keyword)


@dataclass(frozen=True, slots=True)
class Row:
    """What one call does with data; nothing is the default."""

    reads: Port | None = None
    writes: Port | None = None
    mode: Slot | None = None
    stream: bool = False
    query: Slot | None = None
    saves: Slot | None = None
    unpacks: Slot | None = None
    fetches: bool = False
    property: bool = False
    owner: str = ""
    returns: str = ""


_PORTS = ("reads", "writes")
_SLOTS = ("mode", "query", "saves", "unpacks")
_PLAIN = ("stream", "fetches", "property", "owner", "returns")


@cache
def _table(library: str) -> Table | None:
    path = HERE / f"{library}.toml"
    return Table(path.read_text(encoding="utf-8")) if path.is_file() else None


@cache
def _row(library: str, position: int) -> Row:
    table = _table(library)
    assert table is not None
    fields: Mapping[str, Any] = table.parse(position)
    made: dict[str, Any] = {name: fields[name] for name in _PLAIN if name in fields}
    made |= {name: Port(**fields[name]) for name in _PORTS if name in fields}
    made |= {name: Slot(**fields[name]) for name in _SLOTS if name in fields}
    return Row(**made)


class Readers:
    """The rows of the libraries that a notebook imports."""

    def __init__(self) -> None:
        self._libraries: dict[str, None] = {_STANDARD: None}
        self._methods: dict[str, Row | None] = {}
        self._rows: dict[str, Row | None] = {}

    def use(self, module: str) -> None:
        """Take note of an import."""
        library = _library(self.canonical(module))
        if library not in self._libraries:
            table = _table(library)
            inner = [_library(meant) for meant in (table.aliases if table else {}).values()]
            self._libraries.update(dict.fromkeys([library, *inner, _THROUGH_OTHERS]))
            self._methods.clear()

    def canonical(self, name: str) -> str:
        """Return the name under which the tables know something that has several."""
        table = _table(_library(name))
        for alias, meant in table.aliases.items() if table else ():
            if name == alias or name.startswith(f"{alias}."):
                return self.canonical(meant + name[len(alias) :])
        return name

    def call(self, name: str) -> Row | None:
        """Return the row of a function, class, or method of a type."""
        if name not in self._rows:
            table = _table(_library(name))
            position = table.find("call", name) if table else None
            self._rows[name] = None if position is None else _row(_library(name), position)
        return self._rows[name]

    def method(self, name: str) -> Row | None:
        """Return the row of a method of something of which nothing is known."""
        if name not in self._methods:
            self._methods[name] = self._method(f".{name}", self._libraries)
        return self._methods[name]

    def _method(self, name: str, libraries: Iterable[str]) -> Row | None:
        for library in libraries:
            table = _table(library)
            position = table.names("call").get(name) if table else None
            if position is not None:
                return _row(library, position)
        return None


@cache
def _library(name: str) -> str:
    root = name.partition(".")[0]
    return _STANDARD if root in sys.stdlib_module_names or root == "builtins" else root


def files() -> list[Path]:
    """Return the tables of all libraries."""
    return sorted(HERE.glob("*.toml"))
