"""Versions and ranges of versions, as far as pins need them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nb2prod.knowledge.distributions import library

Version = tuple[int, ...]
_CLAUSE = re.compile(r"(>=|<)([\d.]+)")
PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


def version(text: str) -> Version:
    """Read the numbers of a version; what follows them (rc1, .post1, +cu118) does not count."""
    numbers = re.match(r"v?(\d+(?:\.\d+)*)", text)
    return tuple(map(int, numbers[1].split("."))) if numbers else ()


def same_or_later(one: Version, other: Version) -> bool:
    """Compare, missing numbers being zero."""
    width = max(len(one), len(other))
    return _padded(one, width) >= _padded(other, width)


def _padded(numbers: Version, width: int) -> Version:
    return numbers + (0,) * (width - len(numbers))


@dataclass(frozen=True, slots=True)
class Range:
    """From `lower` (with it) to `upper` (without it); "" is no bound."""

    lower: str = ""
    upper: str = ""

    @classmethod
    def of(cls, specifier: str) -> Range:
        """Read `>=1,<2`; other clauses are no bounds here."""
        bounds = {sign: bound for sign, bound in _CLAUSE.findall(specifier)}
        return cls(bounds.get(">=", ""), bounds.get("<", ""))

    def __and__(self, other: Range) -> Range:
        lower, upper = self.lower, self.upper
        if other.lower and (not lower or same_or_later(version(other.lower), version(lower))):
            lower = other.lower
        if other.upper and (not upper or same_or_later(version(upper), version(other.upper))):
            upper = other.upper
        return Range(lower, upper)

    def __contains__(self, text: str) -> bool:
        value = version(text)
        if self.lower and not same_or_later(value, version(self.lower)):
            return False
        return not self.upper or not same_or_later(value, version(self.upper))

    @property
    def empty(self) -> bool:
        """Say whether no version is in it."""
        return bool(self.lower and self.upper) and self.lower not in self

    def __str__(self) -> str:
        lower = f">={self.lower}" if self.lower else ""
        upper = f"<{self.upper}" if self.upper else ""
        return ",".join(filter(None, (lower, upper)))


def installable(distribution: str, python: str) -> Range:
    """Give the versions of a distribution that have wheels for a Python; all when not known.

    The upper bound is just above the last one.
    """
    known = library(distribution)
    if known is None:
        return Range()
    at = PYTHONS.index(python)
    lower = next((known["first"][p] for p in PYTHONS[at::-1] if p in known["first"]), "")
    last = known["last"].get(python, "")
    return Range(lower, next_minor(last) if last else "")


def newest(distribution: str, span: Range, python: str) -> str | None:
    """Pick the newest known release in a range that a Python can install."""
    known = library(distribution)
    if known is None:
        return None
    allowed = span & installable(distribution, python)
    return next((r for r in reversed(known["releases"].split()) if r in allowed), None)


def next_minor(text: str) -> str:
    """Give what comes after a version in its last number: 3.12 after 3.11."""
    numbers = version(text)
    return ".".join(map(str, (*numbers[:-1], numbers[-1] + 1)))
