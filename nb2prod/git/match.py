"""Which cell of one notebook is which of another, for a merge: as a diff has it, with ids first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nb2prod.git import driver

Cell = Mapping[str, Any]


def text(cell: Cell) -> str:
    """Return a cell's source, which the format stores as a string or as lines."""
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def match(before: Sequence[Cell], after: Sequence[Cell]) -> dict[int, int]:
    """Return for cells of one notebook their place in the other, each at most once.

    Likeness counts only where the notebooks share no id: else a cell with a new id is a new cell.
    """
    old, new = _cells(before), _cells(after)
    likely = not driver.match_ids(old, new)
    return {i: j for j, i in driver.match(old, new, likely=likely).items()}


def identified(before: Sequence[Cell], after: Sequence[Cell]) -> dict[int, int]:
    """Return the pairs of cells that have the same id, where ids say something."""
    return {i: j for j, i in driver.match_ids(_cells(before), _cells(after)).items()}


def _cells(cells: Sequence[Cell]) -> list[driver.Cell]:
    """Return them as a diff sees them, without outputs, which say nothing about which is which."""
    parts = ("cell_type", "id", "source")
    return [
        driver.Cell(index, {part: cell[part] for part in parts if part in cell})
        for index, cell in enumerate(cells)
    ]
