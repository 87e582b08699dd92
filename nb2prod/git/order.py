"""The order of a merged notebook: ours, with what theirs moved and added where theirs has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from nb2prod.git.driver import increasing


def merged_order(
    base: Sequence[int], ours: Sequence[int], theirs: Sequence[int], *, kept: set[int]
) -> list[int]:
    """Return the kept cells of ours and theirs, each once, in one order.

    The arguments are the cells of each notebook, named by numbers; a cell has the same number in all
    of them. What theirs moved or added stands below the cell that is above it in theirs; what both moved
    stands where ours has it; what both added at one place stands ours first.
    """
    moved = _moved(base, theirs) - _moved(base, ours)
    known = set(base) | set(theirs)
    skeleton = [cell for cell in ours if cell in kept and cell not in moved]
    settled = set(skeleton)
    below: dict[int | None, list[int]] = defaultdict(list)
    anchor: int | None = None
    for cell in theirs:
        if cell in settled:
            anchor = cell
        elif cell in kept:
            below[anchor].append(cell)
    order: list[int] = []
    waiting = below[None]
    for cell in skeleton:
        if cell in known:  # else ours added it, and what theirs added here comes after
            order += waiting
            waiting = below[cell]
        order.append(cell)
    return order + waiting


def _moved(base: Sequence[int], side: Sequence[int]) -> set[int]:
    """Return what has to move to make one order of the other, the fewest possible."""
    place = {cell: i for i, cell in enumerate(base)}
    common = [cell for cell in side if cell in place]
    stay = increasing([place[cell] for cell in common])
    return set(common) - {common[position] for position in stay}
