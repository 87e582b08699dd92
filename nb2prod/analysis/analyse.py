"""From a program to what is known of each of its statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nb2prod.analysis import names as name_analysis
from nb2prod.analysis.closures import captures
from nb2prod.analysis.expand import expand, without_stars
from nb2prod.analysis.hazards import hazards
from nb2prod.analysis.intent import action_of
from nb2prod.analysis.order import Order, arrange
from nb2prod.analysis.stages import describe
from nb2prod.analysis.versions import split
from nb2prod.model import Analysis, Diagnostic, LeftOut, Names, Program, Statement

# Names that the generated `run()` and its modules use themselves.
RESERVED = frozenset("explore stage artifacts stored passed_on Config Path partial".split())


def analyse(program: Program, *, order: Order | None = None) -> Analysis:
    """Return the statements of `program` in the order in which they run, with names and facts.

    `order` overrides the choice between the order on the page and that of the execution counts.
    """
    expanded = list(without_stars(list(expand(program.statements))))
    known = {id(statement): name_analysis.of(statement.node) for statement in expanded}
    kind, arranged, diagnostics = arrange(
        program.cells, expanded, lambda statement: known[id(statement)], order
    )
    names = [known[id(statement)] for statement in arranged]
    statements, names, left_out, refused = _skip(program, arranged, names)
    facts = describe(program, statements, names)
    dangers = hazards(program, statements, names, facts)
    actions = map(action_of, (s.node for s in statements), names, facts)
    facts = tuple(
        replace(fact, action=action or fact.action)
        for fact, action in zip(facts, actions, strict=True)
    )
    renames, renamed = split(statements, names, RESERVED)
    return Analysis(
        program=program,
        statements=tuple(statements),
        names=tuple(renamed),
        renames=tuple(renames),
        facts=facts,
        captures=tuple(captures(statements, renamed)),
        order=kind,
        left_out=tuple(left_out),
        diagnostics=(*diagnostics, *refused, *dangers),
    )


def _skip(
    program: Program, statements: Sequence[Statement], names: Sequence[Names]
) -> tuple[list[Statement], list[Names], list[LeftOut], list[Diagnostic]]:
    """Leave out cells tagged `nb2prod:skip`, except where something kept needs what they bind."""
    skipped = {cell.index for cell in program.cells if "nb2prod:skip" in cell.tags}
    diagnostics = []
    while True:
        needed = _needed(statements, names, skipped)
        if not needed:
            break
        cell, name = needed
        skipped.discard(cell)
        origin = next(s.origin for s in statements if s.origin.cell == cell)
        message = f"the cell is tagged nb2prod:skip but binds `{name}`, which a later cell reads"
        hint = "tag the cells that read it as well, or take the tag away"
        diagnostics.append(Diagnostic("NB202", message, "warning", origin, hint))
    kept = [(s, n) for s, n in zip(statements, names, strict=True) if s.origin.cell not in skipped]
    left_out = [
        LeftOut(s.origin, name_source(s), "the cell is tagged nb2prod:skip")
        for s in statements
        if s.origin.cell in skipped
    ]
    return [s for s, _ in kept], [n for _, n in kept], left_out, diagnostics


def _needed(
    statements: Sequence[Statement], names: Sequence[Names], skipped: set[int]
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
