"""The secrets of a notebook, each with its places and the environment variable that is to hold it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from itertools import chain, count
from typing import Any

from nb2prod.secrets import cell as cells
from nb2prod.secrets.allowed import Allowed, is_marked
from nb2prod.secrets.cell import CellCode
from nb2prod.secrets.pieces import Piece, other_texts
from nb2prod.secrets.python import Site
from nb2prod.secrets.texts import found_in
from nb2prod.secrets.words import can_be, is_random, normal, promise

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_SHORTEST = 8  # characters of a text with a secret
_RESERVED = frozenset(
    {"PATH", "HOME", "USER", "SHELL", "PWD", "LANG", "PYTHONPATH", "TMPDIR", "LOGNAME"}
)


@dataclass(frozen=True)
class Finding:
    """A secret at one place: `site` is the Python literal that holds it."""

    value: str
    kind: str
    variable: str
    where: str
    cell: int | None = None
    line: int | None = None
    site: Site | None = None
    command: int | None = None  # the line (from 0) at which the command starts that holds it


@dataclass
class Findings:
    """All findings in a notebook, and its code cells as they were understood."""

    codes: dict[int, CellCode] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)

    def variables(self, known: Mapping[str, str]) -> dict[str, str]:
        """Return the variables by secret: named after what the code calls them, each its own.

        `known` are those of other files.
        """
        named = dict(known)
        taken = {*_RESERVED, *named.values()}
        wanted: dict[str, dict[str, None]] = {}
        for finding in sorted(self.found, key=_preference):
            wanted.setdefault(finding.value, {})[_variable(finding.variable)] = None
        for value, names in wanted.items():
            if value not in named:
                named[value] = _free(list(names), taken)
                taken.add(named[value])
        return named


def _variable(name: str) -> str:
    plain = re.sub(r"\W", "_", name, flags=re.ASCII).upper().strip("_")[:60] or "SECRET"
    return f"SECRET_{plain}" if plain[0].isdigit() else plain


def _free(names: Sequence[str], taken: Collection[str]) -> str:
    """Return the first name that nothing has, else the first with a number."""
    numbered = (f"{names[0]}_{number}" for number in count(2))
    return next(name for name in chain(names, numbered) if name not in taken)


def _preference(finding: Finding) -> int:
    """Names that the author gave come first, then those in code, then those after the service."""
    return (0 if finding.kind.endswith("by its name") else 2) + (0 if finding.site else 1)


def secrets_of(notebook: Mapping[str, Any], name: str, allowed: Allowed) -> Findings:
    """Return what in a notebook (nbformat 4) is a secret; `name` is that of its file, for `allowed`."""
    made = Findings()
    harmless: set[str] = set()
    found: list[Finding] = []
    for index, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            code = made.codes[index] = cells.understood(cell["source"])
            for finding, last in _in_code(code, index):
                if finding.line and is_marked(code.lines, finding.line, last):
                    harmless.add(finding.value)
                found.append(finding)
    for finding, marked in _elsewhere(notebook):
        if marked:
            harmless.add(finding.value)
        found.append(finding)
    made.found = [
        each
        for each in found
        if each.value not in harmless and not allowed.allows(each.value, name, each.cell, each.line)
    ]
    return made


def _in_code(code: CellCode, index: int) -> Iterator[tuple[Finding, int]]:
    for found, site in cells.found_in_cell(code):
        last = (site.node.end_lineno if site else None) or found.line
        row = found.line - 1
        command = next((first for first, end in code.commands if first <= row <= end), None)
        where = f"cell {index}, line {found.line}"
        yield Finding(
            found.value, found.kind, found.variable, where, index, found.line, site, command
        ), last


def _elsewhere(notebook: Mapping[str, Any]) -> Iterator[tuple[Finding, bool]]:
    together: dict[tuple[str, int | None], list[str]] = {}
    for piece in other_texts(dict(notebook)):
        if piece.is_source:
            yield from _in_prose(piece)
            continue
        for value, kind, variable, _ in _by_key(piece.text, piece.key):
            yield Finding(value, kind, variable, piece.where, piece.cell), False
        if len(piece.text) >= _SHORTEST:
            together.setdefault((piece.where, piece.cell), []).append(piece.text)
    for (where, cell), texts in together.items():
        for value, kind, variable, _ in in_text(_plain("\n\n".join(dict.fromkeys(texts)))):
            yield Finding(value, kind, variable, where, cell), False


def _plain(text: str) -> str:
    """Return a text without a terminal's colours and, where it has HTML's escapes, also without these."""
    if "\x1b" in text:
        text = _COLOURS.sub("", text)
    return f"{text}\n{unescape(text)}" if "&quot;" in text or "&#" in text else text


def _in_prose(piece: Piece) -> Iterator[tuple[Finding, bool]]:
    lines = piece.text.split("\n")
    for value, kind, variable, start in in_text(piece.text):
        line = 1 + piece.text.count("\n", 0, start)
        where = f"{piece.where}, line {line}"
        yield Finding(value, kind, variable, where, piece.cell, line), is_marked(lines, line, line)


def in_text(text: str) -> Iterable[tuple[str, str, str, int]]:
    """Yield value, kind, variable and place of each secret in a text."""
    if len(text) < _SHORTEST:
        return
    for match in found_in(text):
        yield match.value, match.kind, match.variable, match.start


def _by_key(text: str, key: str) -> Iterable[tuple[str, str, str, int]]:
    """Yield a value of JSON data that is a secret by its key."""
    promised = promise(key) if key else ""
    if not promised or not can_be(text, promised):
        return
    if promised == "password" or is_random(text, 10):
        yield text, f"{promised} by its name", normal(key).upper(), 0
