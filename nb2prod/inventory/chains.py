"""How data came to where the notebook reads them: downloads, archives, mounts, the notebook's own writes."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nb2prod.inventory.texts import HOLE, is_absolute, is_url, normal
from nb2prod.inventory.uses import Use

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
    for position, entry in enumerate(entries):
        if entry.use.direction != "read":
            continue
        found = _way(position, entry, entries, folder)
        if found is not None:
            steps, told = found
            obtained[position] = ", then ".join(steps)
            folded |= told
        elif entry.use.via:
            obtained[position] = " ".join(entry.use.via.split())
    return Chains(obtained, frozenset(folded))


def _way(
    position: int, entry: Entry, entries: Sequence[Entry], folder: str | None, depth: int = 4
) -> tuple[list[str], set[int]] | None:
    """Return the steps by which an entry was obtained, and which entries are these steps alone."""
    place, use = entry.place, entry.use
    before = entries[:position]
    if use.within:
        inside = [
            i for i, other in enumerate(before) if other.use in use.within and other.use is not use
        ]
        if inside:
            return [_told(entries[inside[0]].use)], set()
    if (
        use.fetches
        or place is None
        or use.kind not in (*_FILES, "database")
        or (is_url(place) and "sqlite" not in place)
    ):
        return None
    place = place.removeprefix("sqlite:///")
    for index in range(position - 1, -1, -1):
        other = entries[index]
        if other.use is use:
            continue
        if other.use.direction == "write":
            if other.place is not None and other.use.kind in _FILES and _same(other.place, place):
                return [f"cell {other.use.cell} writes it"], set()
            continue
        if any(_same(saved, place) for saved in other.use.saves):
            return [_told(other.use)], {index} if other.use.folds else set()
        if other.use.unpacks is not None and _inside(place, other.use.unpacks):
            if not other.use.fetches and _at_hand(place, folder) and other.use.unpacks in (".", ""):
                continue
            earlier = _way(index, other, entries, folder, depth - 1) if depth else None
            steps, told = earlier or ([], set())
            alone = other.use.fetches or bool(told)
            return [*steps, _told(other.use)], told | (
                {index} if alone and other.use.folds else set()
            )
        if (
            other.use.fetches
            and other.place
            and is_absolute(other.place)
            and _inside(place, other.place)
        ):
            return [_told(other.use)], set()
    return None


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
