"""From a program to what is known of each of its statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from nb2prod.analysis import names as name_analysis
from nb2prod.analysis.closures import captures
from nb2prod.analysis.expand import expand, without_stars
from nb2prod.analysis.hazards import hazards
from nb2prod.analysis.intent import action_of
from nb2prod.analysis.order import Order, arrange
from nb2prod.analysis.reported import named
from nb2prod.analysis.stages import describe, staged
from nb2prod.analysis.versions import split
from nb2prod.inventory.inventory import of_program
from nb2prod.model import (
    Analysis,
    Capture,
    Diagnostic,
    Facts,
    LeftOut,
    Names,
    Program,
    Rename,
    Source,
    Statement,
)

# Names that the generated `run()` and its modules use themselves.
RESERVED = frozenset("explore stage artifacts stored passed_on Config Path partial".split())


@dataclass(frozen=True, slots=True)
class Observed:
    """What the code of a program shows, whatever stages its author gave to cells.

    `names` are those after `renames`; `facts` have the stages that the code suggests.
    """

    statements: tuple[Statement, ...]
    original: tuple[Names, ...]  # before the renames
    names: tuple[Names, ...]
    renames: tuple[Rename, ...]
    facts: tuple[Facts, ...]
    captures: tuple[Capture, ...]
    sources: tuple[Source, ...]
    order: Order
    left_out: tuple[LeftOut, ...]
    diagnostics: tuple[Diagnostic, ...]


def analyse(
    program: Program, *, order: Order | None = None, observed: Observed | None = None
) -> Analysis:
    """Return the statements of `program` in the order in which they run, with names and facts.

    `order` overrides the choice between the order on the page and that of the execution counts.
    `observed` is what `observe` gave for the same code, where it is at hand.
    """
    seen = observed or observe(program, order=order)
    facts = staged(seen.facts, seen.statements, program.cells)
    dangers = hazards(program, seen.statements, seen.original, facts)
    imported = frozenset(name for use in seen.original for name in use.imports)
    facts = tuple(
        replace(fact, action=action_of(statement.node, fact, imported) or fact.action)
        for statement, fact in zip(seen.statements, facts, strict=True)
    )
    return Analysis(
        program=program,
        statements=seen.statements,
        names=seen.names,
        renames=seen.renames,
        facts=facts,
        captures=seen.captures,
        sources=seen.sources,
        order=seen.order,
        left_out=seen.left_out,
        diagnostics=(*seen.diagnostics, *dangers),
    )


def observe(program: Program, *, order: Order | None = None) -> Observed:
    """Return what the code of `program` shows: all of an analysis that no stage changes."""
    expanded = list(without_stars(list(expand(program.statements))))
    expanded = list(named(expanded, program.cells))
    known = {id(statement): name_analysis.of(statement.node) for statement in expanded}
    kind, arranged, diagnostics = arrange(
        program.cells, expanded, lambda statement: known[id(statement)], order
    )
    names = [known[id(statement)] for statement in arranged]
    skipped = _skipped_cells(program, kind)
    statements, names, left_out, refused = _skip(arranged, names, skipped)
    facts = describe(program, statements, names)
    renames, renamed = split(statements, names, RESERVED)
    return Observed(
        statements=tuple(statements),
        original=tuple(names),
        names=tuple(renamed),
        renames=tuple(renames),
        facts=facts,
        captures=tuple(captures(statements, renamed, renames)),
        sources=of_program(program),
        order=kind,
        left_out=tuple(left_out),
        diagnostics=(*diagnostics, *refused),
    )


_TAGGED = "the cell is tagged nb2prod:skip"
_NEVER_RAN = "the cell never ran, and the package follows the execution counts"


def _skipped_cells(program: Program, order: Order) -> dict[int, str]:
    """Return the cells to leave out and why: tagged so, or never run where the counts decide."""
    skipped = {}
    for cell in program.cells:
        if "nb2prod:skip" in cell.tags:
            skipped[cell.index] = _TAGGED
        elif order == "execution" and cell.kind == "code" and cell.execution_count is None:
            skipped[cell.index] = _NEVER_RAN
    return skipped


def _skip(
    statements: Sequence[Statement], names: Sequence[Names], skipped: dict[int, str]
) -> tuple[list[Statement], list[Names], list[LeftOut], list[Diagnostic]]:
    """Leave out the `skipped` cells, except where something kept needs what they bind."""
    diagnostics = []
    while True:
        needed = _needed(statements, names, skipped.keys())
        if not needed:
            break
        cell, name = needed
        reason = skipped.pop(cell)
        origin = next(s.origin for s in statements if s.origin.cell == cell)
        message = f"{reason}, but it binds `{name}`, which a later cell reads: it is kept"
        hint = "tag the cells that read it as well, or take the tag away"
        if reason == _NEVER_RAN:
            hint = "run the notebook from the top and save it"
        diagnostics.append(Diagnostic("NB202", message, "warning", origin, hint))
    kept = [(s, n) for s, n in zip(statements, names, strict=True) if s.origin.cell not in skipped]
    left_out = [
        LeftOut(s.origin, name_source(s), skipped[s.origin.cell])
        for s in statements
        if s.origin.cell in skipped
    ]
    return [s for s, _ in kept], [n for _, n in kept], left_out, diagnostics


def _needed(
    statements: Sequence[Statement], names: Sequence[Names], skipped: Collection[int]
) -> tuple[int, str] | None:
    """Return a skipped cell and the name of it that a kept statement reads."""
    binder: dict[str, int] = {}
    for statement, use in zip(statements, names, strict=True):
        cell = statement.origin.cell
        if cell in skipped:
            binder.update(dict.fromkeys(use.writes | use.maybe | use.mutates, cell))
            continue
        for name in sorted(use.reads | use.late):
            if name in binder:
                return binder[name], name
        for name in use.writes:
            binder.pop(name, None)
    return None


def name_source(statement: Statement) -> str:
    """Return the statement's code without the comments above it."""
    import libcst as cst

    return cst.Module([statement.tree.with_changes(leading_lines=())]).code.strip("\n")
