"""Saved outputs that were computed in another order than the one in which the package runs.

An execution count is that of a cell's last run. A cell B that ran after A, and before the reader R,
proves that R did not see what A left, wherever the three stand; only when the counts have no gap
does a count also prove that a cell did not run earlier as well.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from nb2prod.analysis.hazards.steps import Step
from nb2prod.analysis.hazards.table import finding
from nb2prod.model import Diagnostic, Program


def found(program: Program, steps: Sequence[Step]) -> Iterator[Diagnostic]:
    """Yield the cells whose saved output comes from variables as another cell left them."""
    counts = {c.index: c.execution_count for c in program.cells if c.execution_count is not None}
    if len(set(counts.values())) < len(counts) or list(counts.values()) == sorted(counts.values()):
        return
    showing = {cell.index for cell in program.cells if cell.outputs}
    changes = _changes(steps)
    current: dict[str, int] = {}  # name -> the cell that last changed it, on the page
    for cell, group in groupby(steps, key=lambda step: step.cell):
        lines = list(group)
        if cell in counts and cell in showing:
            yield from _other_state(cell, lines, current, changes, counts)
        for step in lines:
            current.update(dict.fromkeys(_changed(step), cell))


def _other_state(
    cell: int,
    lines: Sequence[Step],
    current: Mapping[str, int],
    changes: Mapping[str, Sequence[int]],
    counts: Mapping[int, int],
) -> Iterator[Diagnostic]:
    bound: set[str] = set()
    for step in lines:
        for name in sorted(step.names.certain - bound):
            above = current.get(name, cell)
            culprit = _culprit(cell, above, changes[name], counts)
            if culprit is not None:
                message = (
                    f"the saved output was computed with `{name}` as cell {culprit} left it, which "
                    f"ran just before; from top to bottom it is as cell {above} leaves it"
                )
                yield finding("NB203", message, step.statement.origin)
                return
        bound |= step.names.writes


def _culprit(
    reader: int, above: int, changers: Sequence[int], counts: Mapping[int, int]
) -> int | None:
    """Return the cell that surely changed a name after `above` did and before the reader."""
    if above == reader or above not in counts:
        return None
    start, end = counts[above], counts[reader]
    if start > end:
        gapless = sorted(counts.values()) == list(range(1, len(counts) + 1))
        if not gapless:
            return None
        start = 0
    between = [c for c in changers if c != reader and start < counts.get(c, 0) < end]
    return max(between, key=lambda c: counts[c], default=None)


def _changes(steps: Sequence[Step]) -> Mapping[str, Sequence[int]]:
    """Return the cells that change each variable; what only imports or defines does not count."""
    cells: dict[str, list[int]] = defaultdict(list)
    fixed: set[str] = set()
    for step in steps:
        if isinstance(step.node, ast.Import | ast.ImportFrom):
            fixed |= step.names.writes
        for name in _changed(step):
            cells[name].append(step.cell)
    return defaultdict(list, {n: found for n, found in cells.items() if n not in fixed})


def _changed(step: Step) -> frozenset[str]:
    return step.names.writes | step.names.maybe | step.names.mutates
