"""Three-way merge of notebooks: every cell that neither side deleted is in the result, once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from zlib import crc32

from nb2prod.git.cells import deleted_cell, merged_cell, same_content
from nb2prod.git.lines import LABELS
from nb2prod.git.match import identified, match, text
from nb2prod.git.metadata import ABSENT, CLASH, merged_metadata, merged_value
from nb2prod.git.order import merged_order

Json = dict[str, Any]

_WITH_IDS = 5  # the nbformat_minor from which on cells have ids
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class Versions(NamedTuple):
    """The versions of one cell: its place in each notebook that has it."""

    base: int | None = None
    ours: int | None = None
    theirs: int | None = None


def merge_notebooks(
    base: Json | None, ours: Json, theirs: Json, marker: int = 7
) -> tuple[Json, list[str]]:
    """Return the merge of two notebooks of nbformat 4 and its conflicts in words.

    A cell that one side deleted goes, unless the other changed its source: then it stays with both
    versions said in it, which is a conflict. Cells of both stay in the order of `merged_order`; the
    same cell added by both at one place stands there once. Conflicts name cells as diffs do, from 0.
    """
    empty: Json = {"cells": [], "metadata": {}}
    sides = (base or empty, ours, theirs)
    cells = [side["cells"] for side in sides]
    units = _units(*cells)
    merged: dict[int, Json] = {}
    conflicts: dict[int, list[str]] = {}
    for number, unit in enumerate(units):
        cell, found = _merged(unit, cells, marker)
        if cell is not None:
            merged[number], conflicts[number] = cell, found
    orders = [_order(units, side) for side in ("base", "ours", "theirs")]
    order = merged_order(*orders, kept=set(merged))
    result, clashes = _document(*sides)
    result["cells"] = [merged[number] for number in order]
    if result.get("nbformat_minor", 0) >= _WITH_IDS:
        result["cells"] = list(_unique(result["cells"]))
    for place, number in enumerate(order):
        clashes += [f"cell {place}: {what}" for what in conflicts[number]]
    return result, clashes


def _units(base: list[Json], ours: list[Json], theirs: list[Json]) -> list[Versions]:
    """Find the versions of every cell."""
    matched = match(base, ours), match(base, theirs)
    left = _without_copies(base, ours, *matched)
    right = _without_copies(base, theirs, *reversed(matched))
    units = [Versions(i, left.get(i), right.get(i)) for i in range(len(base))]
    new_left = _added(ours, set(left.values()), left)
    new_right = _added(theirs, set(right.values()), right)
    both = _added_by_both(ours, theirs, new_left, new_right)
    units += [Versions(None, i, both.get(i)) for i in new_left]
    units += [Versions(None, None, j) for j in new_right if j not in both.values()]
    return units


def _without_copies(
    base: list[Json], side: list[Json], pairs: dict[int, int], others: dict[int, int]
) -> dict[int, int]:
    """Return the pairs but those of a cell that the other side deleted with one that has its source
    and a new id, where other cells keep theirs: that one was added, and stays."""
    named = identified(base, side)
    return {i: j for i, j in pairs.items() if i in others or not named or named.get(i) == j}


def _added(side: list[Json], known: set[int], pairs: dict[int, int]) -> dict[int, int]:
    """Return what a side added, each with the cell of base above it (-1: none)."""
    origin = {j: i for i, j in pairs.items()}
    above = -1
    added = {}
    for j in range(len(side)):
        above = origin.get(j, above)
        if j not in known:
            added[j] = above
    return added


def _added_by_both(
    ours: list[Json], theirs: list[Json], new_left: dict[int, int], new_right: dict[int, int]
) -> dict[int, int]:
    """Pair cells that both added: those of one id, and at one place those of one source."""
    left, right = list(new_left), list(new_right)
    found = identified([ours[i] for i in left], [theirs[j] for j in right])
    pairs = {left[i]: right[j] for i, j in found.items()}
    free: dict[Any, list[int]] = defaultdict(list)
    for j in right:
        if j not in pairs.values():
            free[new_right[j], theirs[j].get("cell_type"), text(theirs[j])].append(j)
    for i in left:
        same = free[new_left[i], ours[i].get("cell_type"), text(ours[i])]
        if i not in pairs and same:
            pairs[i] = same.pop(0)
    return pairs


def _order(units: Sequence[Versions], side: str) -> list[int]:
    """Return the numbers of the cells that a notebook has, in its order."""
    places = {n: getattr(unit, side) for n, unit in enumerate(units)}
    return sorted((n for n in places if places[n] is not None), key=places.__getitem__)


def _merged(
    unit: Versions, cells: Sequence[list[Json]], marker: int
) -> tuple[Json | None, list[str]]:
    """Return the merged cell, None where it was deleted, and its conflicts."""
    places = (unit.base, unit.ours, unit.theirs)
    base, ours, theirs = (
        None if place is None else side[place] for place, side in zip(places, cells, strict=True)
    )
    if ours is not None and theirs is not None:
        return merged_cell(base, ours, theirs, marker)
    kept = ours if ours is not None else theirs
    if base is None or kept is None:
        return kept, []
    if same_content(base, kept):
        return None, []
    deleted_by = LABELS[0] if ours is None else LABELS[2]
    return deleted_cell(kept, deleted_by, marker), [f"deleted by {deleted_by}, edited by the other"]


def _document(base: Json, ours: Json, theirs: Json) -> tuple[Json, list[str]]:
    """Merge all but the cells."""
    result: Json = {}
    for key in (*ours, *(key for key in theirs if key not in ours)):
        sides = [side.get(key, ABSENT) for side in (base, ours, theirs)]
        value = merged_value(*sides)
        value = next(s for s in sides[1:] if s is not ABSENT) if value is CLASH else value
        if value is not ABSENT:
            result[key] = value
    metadata = [side.get("metadata") or {} for side in (base, ours, theirs)]
    result["metadata"], clash = merged_metadata(*metadata)
    result["nbformat_minor"] = max(side.get("nbformat_minor", 0) for side in (ours, theirs))
    return result, ["metadata of the notebook"] * clash


def _unique(cells: Sequence[Json]) -> Iterator[Json]:
    """Yield the cells with ids that are valid and all different; a new one comes from the content."""
    taken = {cell.get("id") for cell in cells}
    seen: set[str] = set()
    for cell in cells:
        name = cell.get("id")
        if not isinstance(name, str) or name in seen or not _ID.fullmatch(name):
            name = _new_id(cell, taken)
            cell = _with_id(cell, name)
        seen.add(name)
        yield cell


def _with_id(cell: Json, name: str) -> Json:
    named = cell | {"id": name}
    return dict(sorted(named.items())) if list(cell) == sorted(cell) else named


def _new_id(cell: Json, taken: set[Any]) -> str:
    number = 0
    while True:
        name = f"{crc32(f'{number} {text(cell)}'.encode('utf-8', 'replace')):08x}"
        if name not in taken:
            taken.add(name)
            return name
        number += 1
