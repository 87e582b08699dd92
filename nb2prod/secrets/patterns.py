"""Credentials that a text shows by their form, by the table patterns.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nb2prod.secrets.lines import lines_with
from nb2prod.secrets.words import is_placeholder, is_random


@dataclass(frozen=True, slots=True)
class Match:
    """A secret in a text: where it stands, what it is, and a name for its variable."""

    start: int
    end: int
    value: str
    kind: str
    variable: str


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    variable: str
    anchors: tuple[str, ...]
    pattern: str
    texts: bool = False
    wide: bool = False  # it reaches over lines

    def matches(self, text: str) -> Iterator[Match]:
        places = [(0, len(text))] if self.wide else lines_with(text, self.anchors)
        for start, end in places:
            for found in re.compile(self.pattern, re.M).finditer(text, start, end):
                group = found.lastgroup or 0
                if not self._is_none(found[group]):
                    yield Match(*found.span(group), found[group], self.kind, self.variable)

    def _is_none(self, value: str) -> bool:
        if self.texts:
            return is_placeholder(value) or not _told_by_text(value, self.kind)
        return is_placeholder(value) and not is_random(value, 30)


def _told_by_text(value: str, kind: str) -> bool:
    """Say whether what stands where a secret goes can be one."""
    if kind.startswith("password"):
        return not value.startswith(("//", "$", "%(")) and (not value.isdigit() or len(value) > 5)
    return is_random(value, 8)


@cache
def _rows() -> tuple[_Row, ...]:
    table = tomllib.loads(Path(__file__).with_name("patterns.toml").read_text("utf-8"))["pattern"]
    return tuple(_Row(**{**row, "anchors": tuple(row["anchors"])}) for row in table)


def matches(text: str) -> list[Match]:
    """Return the secrets that a text shows by their form, in order, none within another."""
    found = [
        match
        for row in _rows()
        if any(anchor in text for anchor in row.anchors)
        for match in row.matches(text)
    ]
    return apart(found)


def apart(found: list[Match]) -> list[Match]:
    """Return matches without those that lie within others."""
    kept: list[Match] = []
    for match in sorted(found, key=lambda m: (m.start, -m.end)):
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept
