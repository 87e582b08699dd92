"""How data came to where the notebook reads them: downloads, archives, mounts, the notebook's own writes."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nb2prod.inventory.texts import HOLE, is_absolute, is_url, normal
from nb2prod.inventory.uses import Use

_Step = tuple[int, "Entry"]  # with its position
_Way = tuple[list[str], set[int]]
_ANYWHERE = frozenset({".", ""})  # where an archive of unknown content was unpacked
_FILES = frozenset({"file", "model", "figure"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A use at one of its places, which is None when only a run would tell it."""

    use: Use
    place: str | None


@dataclass(frozen=True, slots=True)
class Chains:
    """How each entry was obtained, and the entries that are told by others."""

    obtained: Mapping[int, str]  # by position of the entry
    folded: frozenset[int]


def follow(entries: Sequence[Entry], folder: str | None) -> Chains:
    """Return how the entries, in the order of the program, were obtained.

    `folder` is where the notebook lies: what lies there needs no archive to come from.
    """
    obtained: dict[int, str] = {}
    folded: set[int] = set()
    steps: list[_Step] = []
    for position, entry in enumerate(entries):
        use = entry.use
        if use.direction != "read":
            steps.append((position, entry))
            continue
        found = _way(entry, steps, folder)
        if use.saves or use.unpacks is not None or use.fetches:
            steps.append((position, entry))
        if found is not None:
            ways, told = found
            obtained[position] = ", then ".join(ways)
            folded |= told
        elif use.via:
            obtained[position] = " ".join(use.via.split())
    return Chains(obtained, frozenset(folded))


def _way(entry: Entry, steps: Sequence[_Step], folder: str | None) -> _Way | None:
    """Return the steps by which an entry was obtained, and which entries are these steps alone.

    `steps` are the entries before it that bring data to where they can be read, the last one counts.
    """
    use, place = entry.use, entry.place
    for _, step in steps:
        if step.use in use.within and step.use is not use:
            return [_told(step.use)], set()
    local = use.kind in (*_FILES, "database") and not use.fetches
    if place is None or not local or (is_url(place) and "sqlite" not in place):
        return None
    place = place.removeprefix("sqlite:///")
    latest = range(len(steps) - 1, -1, -1)
    others = [number for number in latest if steps[number][1].use is not use]
    for number in sorted(others, key=lambda number: steps[number][1].use.unpacks in _ANYWHERE):
        found = _by(number, place, steps, folder)
        if found is not None:
            return found
    return None


def _by(number: int, place: str, steps: Sequence[_Step], folder: str | None) -> _Way | None:
    """Return the steps that end with one, if it is the one that brought a place."""
    position, step = steps[number]
    use = step.use
    if use.direction == "write":
        own = step.place is not None and use.kind in _FILES and _same(step.place, place)
        return ([f"cell {use.cell} writes it"], set()) if own else None
    if any(_same(saved, place) for saved in use.saves):
        return [_told(use)], {position} if use.folds else set()
    if use.unpacks is not None and _inside(place, use.unpacks):
        if use.unpacks in _ANYWHERE and not use.fetches and _at_hand(place, folder):
            return None
        earlier, told = _way(step, steps[:number], folder) or ([], set())
        alone = use.folds and (use.fetches or bool(told))
        return [*earlier, _told(use)], told | ({position} if alone else set())
    mounted = use.fetches and step.place is not None and is_absolute(step.place)
    return ([_told(use)], set()) if mounted and _inside(place, step.place or "") else None


def _told(use: Use) -> str:
    place = use.places[0] if use.places and HOLE not in use.places[0] else None
    call = use.shown or (f"{use.call}({place!r})" if place else f"{use.call}({use.location})")
    return f"{call} (cell {use.cell})"


def _same(first: str, second: str) -> bool:
    first, second = normal(first), normal(second)
    if first == second:
        return True
    if "*" in first:
        return fnmatch.fnmatchcase(second, first)
    if "*" in second:
        return fnmatch.fnmatchcase(first, second)
    return second.startswith(f"{first}/") and "." not in posixpath.basename(first)


def _inside(place: str, folder: str) -> bool:
    place, folder = normal(place), normal(folder).rstrip("/")
    if folder in ("", "."):
        return not is_absolute(place) and not place.startswith("..")
    return place == folder or place.startswith(f"{folder}/")


def _at_hand(place: str, folder: str | None) -> bool:
    return folder is not None and Path(folder, place).exists()


def is_intermediate(obtained_by: str | None) -> bool:
    """Say whether an entry is a step between: what the notebook itself wrote before."""
    return (
        obtained_by is not None
        and obtained_by.startswith("cell ")
        and obtained_by.endswith(" writes it")
    )


def unfolded(entries: Iterable[Entry], chains: Chains) -> Iterator[tuple[Entry, str | None]]:
    """Yield the entries that stand for themselves, with how they were obtained."""
    for position, entry in enumerate(entries):
        if position not in chains.folded:
            yield entry, chains.obtained.get(position)
