"""In which order the cells run: as they stand, or as they were executed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Literal

from nb2prod.analysis.versions import BUILTINS
from nb2prod.model import Cell, Diagnostic, Names, Origin, Statement

Order = Literal["document", "execution"]


def arrange(
    cells: Sequence[Cell],
    statements: Sequence[Statement],
    names_of: Callable[[Statement], Names],
    wanted: Order | None = None,
) -> tuple[Order, list[Statement], list[Diagnostic]]:
    """Return the order, the statements in it, and what to say about it.

    Document order stands unless it reads names before they are bound and the saved execution counts
    do not; `wanted` overrides.
    """
    document = list(statements)
    executed = _by_count(cells, document)
    if executed is None or wanted == "document":
        return "document", document, []
    if wanted == "execution":
        return "execution", executed, []
    unbound = _read_too_early(document, names_of)
    if not unbound or len(_read_too_early(executed, names_of)) >= len(unbound):
        return "document", document, []
    name, origin = next(iter(unbound.items()))
    message = (
        f"`{name}` is read here before a cell further down binds it; "
        "the package follows the saved execution counts instead of the order on the page"
    )
    hint = "put the cells into the order in which they run, or pass --order document"
    return "execution", executed, [Diagnostic("NB201", message, "warning", origin, hint)]


def _by_count(cells: Sequence[Cell], statements: Sequence[Statement]) -> list[Statement] | None:
    """Order cells by execution count; a cell that never ran stays behind the one above it.

    None when the counts say nothing: none saved, or doubled.
    """
    counts = [cell.execution_count for cell in cells if cell.execution_count is not None]
    if len(counts) != len(set(counts)) or counts == sorted(counts):
        return None
    key: dict[int, tuple[int, int]] = {}
    last = 0
    for cell in cells:
        last = last if cell.execution_count is None else cell.execution_count
        key[cell.index] = (last, cell.index)
    return sorted(statements, key=lambda statement: key[statement.origin.cell])


def _read_too_early(
    statements: Iterable[Statement], names_of: Callable[[Statement], Names]
) -> dict[str, Origin]:
    """Return the names that are certainly read before anything binds them, but bound later."""
    early: dict[str, Origin] = {}
    bound: set[str] = set(BUILTINS)
    later: set[str] = set()
    for statement in statements:
        use = names_of(statement)
        for name in sorted(use.certain - bound):
            early.setdefault(name, statement.origin)
        bound |= use.writes | use.maybe | use.rebinds
        later |= use.writes | use.maybe | use.rebinds
    return {name: origin for name, origin in early.items() if name in later}


def by_cell(statements: Sequence[Statement]) -> Iterable[tuple[int, list[Statement]]]:
    """Yield (cell, its statements) in the order in which they run."""
    for cell, group in groupby(statements, key=lambda statement: statement.origin.cell):
        yield cell, list(group)
