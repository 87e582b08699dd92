"""Which cell of one notebook is which of another: by id, then by source, without ids by likeness."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

Cell = Mapping[str, Any]

ALIKE = 0.5  # of the words of two sources together; below it a cell counts as another one
_COMMON = 30  # cells; a word that stands in more of them does not find a candidate
_WORD = re.compile(r"\w+|[^\w\s]")


def text(cell: Cell) -> str:
    """Return a cell's source, which the format stores as a string or as lines."""
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def match(before: Sequence[Cell], after: Sequence[Cell]) -> dict[int, int]:
    """Return for cells of one notebook their place in the other, each at most once.

    Likeness counts only where the notebooks share no id: else a cell with a new id is a new cell.
    """
    pairs = identified(before, after)
    for step in (_same_source,) if pairs else (_same_source, _alike):
        left = [i for i in range(len(before)) if i not in pairs]
        taken = set(pairs.values())
        right = [j for j in range(len(after)) if j not in taken]
        found = step([before[i] for i in left], [after[j] for j in right])
        pairs |= {left[i]: right[j] for i, j in found.items()}
    return pairs


def identified(before: Sequence[Cell], after: Sequence[Cell]) -> dict[int, int]:
    """Return the pairs of cells that have the same id, where ids say something.

    They do not where two cells share one, nor where a tool made them of the places of the cells
    (nbstripout: 0, 1, 2): there a cell above changes the ids of all below.
    """
    left, right = _ids(before), _ids(after)
    if _numbered(before, left) and _numbered(after, right):
        return {}
    return {i: right[name] for name, i in left.items() if name in right}


def _ids(cells: Sequence[Cell]) -> dict[str, int]:
    """Return the place of each id that one cell alone has."""
    names = [cell.get("id") for cell in cells]
    count = Counter(name for name in names if isinstance(name, str))
    return {n: i for i, n in enumerate(names) if isinstance(n, str) and count[n] == 1}


def _numbered(cells: Sequence[Cell], ids: Mapping[str, int]) -> bool:
    """Say whether all ids end with the number of their place, from 0 or from 1."""
    ends = [(re.search(r"\d+$", name), i) for name, i in ids.items()]
    offsets = {int(end[0]) - i if end else None for end, i in ends}
    return len(ids) == len(cells) > 0 and offsets in ({0}, {1})


def _same_source(before: Sequence[Cell], after: Sequence[Cell]) -> dict[int, int]:
    """Pair equal sources (of another kind, too): first those in the same order, then what moved."""
    left, right = ([text(cell) for cell in cells] for cells in (before, after))
    pairs = {
        block.a + k: block.b + k
        for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
        for k in range(block.size)
    }
    taken = set(pairs.values())
    free: dict[str, list[int]] = defaultdict(list)
    for j in reversed(range(len(after))):
        if j not in taken and right[j].strip():  # an empty cell is like any other
            free[right[j]].append(j)
    for i, key in enumerate(left):
        if i not in pairs and free[key]:
            pairs[i] = free[key].pop()
    return pairs


def _alike(before: Sequence[Cell], after: Sequence[Cell]) -> dict[int, int]:
    """Pair what shares most words, the likest first; of equally like ones the nearest."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, i, j in sorted(_candidates(before, after)):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _candidates(
    before: Sequence[Cell], after: Sequence[Cell]
) -> Iterator[tuple[float, int, int, int]]:
    words = [[Counter(_WORD.findall(text(cell))) for cell in cells] for cells in (before, after)]
    places: dict[str, list[int]] = defaultdict(list)
    for j, counted in enumerate(words[1]):
        for word in counted:
            places[word].append(j)
    for i, mine in enumerate(words[0]):
        rare = {j for word in mine if len(places[word]) <= _COMMON for j in places[word]}
        for j in rare:
            theirs = words[1][j]
            likeness = 2 * (mine & theirs).total() / (mine.total() + theirs.total())
            if likeness >= ALIKE and before[i].get("cell_type") == after[j].get("cell_type"):
                yield -likeness, abs(i - j), i, j
