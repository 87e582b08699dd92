"""One version for each requirement, and the Pythons on which all of them install."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nb2prod.knowledge.distributions import library, substitutes
from nb2prod.knowledge.installed import comparable
from nb2prod.model import Requirement
from nb2prod.plan.versions import PYTHONS, Range, installable, newest, next_minor

_EXACT = re.compile(r"===?\s*(\w[\w.!]*)$")
_EXTRAS = re.compile(r"\s*(\[[^\]]*\])?\s*")
_RANGE = re.compile(r"((^|,)\s*(>=|<)\s*[\d.]+\s*)*")


def pins(required: Iterable[Requirement], python: str) -> tuple[Requirement, ...]:
    """Choose one version for each requirement where one is known: the newest that installs.

    Beside an exact version of a known library, as the notebook recorded it, ranges stay ranges: the
    newest may need another version of that one, and whoever installs finds what goes with it.
    """
    required = tuple(required)
    recorded = any(_EXACT.search(item.specifier) and library(item.name) for item in required)
    pinned = []
    for item in required:
        extras, clauses = _parts(item)
        chosen = None if recorded or "==" in clauses else release(item, python)
        if chosen:
            why = f"{item.reason} (the newest of {clauses})" if clauses else item.reason
            item = Requirement(item.name, f"{extras}=={chosen}", why)
        pinned.append(item)
    return tuple(pinned)


def observed(
    required: Iterable[Requirement], versions: Mapping[str, str], python: str
) -> tuple[Requirement, ...]:
    """Pin the requirements to what was installed where the package was verified.

    `versions` are those of the distributions in that interpreter by name, however it is written;
    `python` is its own version. A requirement that was not installed there stays as it is; where
    something else that gives the same modules was (opencv-python), that is required instead.
    """
    there = {comparable(name): (name, text) for name, text in versions.items()}
    pinned = []
    for item in required:
        names = (item.name, *substitutes(item.name))
        found = next((there[comparable(n)] for n in names if comparable(n) in there), None)
        if found is None:
            pinned.append(item)
            continue
        name = item.name if comparable(item.name) in there else found[0]
        public, _, local = found[1].partition("+")  # an index offers no local versions
        reason = f"verified with Python {python}" + (f", as {found[1]}" if local else "")
        pinned.append(Requirement(name, f"{_parts(item)[0]}=={public}", reason))
    return tuple(pinned)


def requires_python(pinned: Iterable[Requirement], python: str) -> str:
    """Give `requires-python` for pins chosen for the minor version `python`.

    It admits the Pythons beside that one on which all pins are known to install.
    """
    pinned = tuple(pinned)

    def fits(other: str) -> bool:
        return all(_installs(item, other) for item in pinned)

    at = PYTHONS.index(python)
    lower = upper = at
    while lower > 0 and fits(PYTHONS[lower - 1]):
        lower -= 1
    while upper + 1 < len(PYTHONS) and fits(PYTHONS[upper + 1]):
        upper += 1
    open_end = upper + 1 == len(PYTHONS)
    return f">={PYTHONS[lower]}" + ("" if open_end else f",<{next_minor(PYTHONS[upper])}")


def _installs(item: Requirement, python: str) -> bool:
    """Say whether a pin or a range is known to install; of other libraries than ours: a range is."""
    span = installable(item.name, python)
    exact = _EXACT.search(item.specifier)
    if exact:
        return library(item.name) is not None and exact[1] in span
    return not (Range.of(item.specifier) & span).empty


def verified_python(python: str) -> tuple[str, str]:
    """Give `requires-python` and the minor version for the Python that verified the package.

    Nobody knows whether what was installed there installs on another one.
    """
    minor = ".".join(python.split(".")[:2])
    return f">={minor},<{next_minor(minor)}", minor


def release(item: Requirement, python: str) -> str | None:
    """Give the release that a requirement comes to on a Python, where it is known."""
    clauses = _parts(item)[1]
    exact = _EXACT.match(clauses)
    if exact:
        return exact[1]
    if _RANGE.fullmatch(clauses):
        return newest(item.name, Range.of(clauses), python)
    return _newest_allowed(item.name, clauses, python)


def _newest_allowed(name: str, clauses: str, python: str) -> str | None:
    """Do the same for clauses such as `~=1.2` and `!=1.5`."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    known = library(name)
    try:
        allowed = SpecifierSet(clauses)
    except InvalidSpecifier:
        return None
    span = installable(name, python)
    releases = known["releases"].split() if known else []
    return next((r for r in reversed(releases) if r in span and allowed.contains(r)), None)


def _parts(item: Requirement) -> tuple[str, str]:
    """Take a specifier apart: extras, clauses."""
    found = _EXTRAS.match(item.specifier)
    assert found is not None  # it matches everything
    return found[1] or "", item.specifier[found.end() :]
