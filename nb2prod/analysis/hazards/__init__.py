"""Hazards of a notebook, as diagnostics: one kind a module, precise before complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from nb2prod.analysis.hazards import (
    dead,
    discarded,
    leakage,
    paths,
    randomness,
    redefinitions,
    runs,
    shadowing,
    stale,
    target,
    tuning,
)
from nb2prod.analysis.hazards.flow import Flow
from nb2prod.analysis.hazards.steps import Step, steps
from nb2prod.model import Diagnostic, Facts, Names, Program, Statement

_KINDS: tuple[Callable[[Program, Sequence[Step]], Iterable[Diagnostic]], ...] = (
    stale.found,
    runs.found,
    dead.found,
    discarded.found,
    redefinitions.found,
    shadowing.found,
    paths.found,
    randomness.found,
)
_LEAKS: tuple[Callable[[Flow], Iterable[Diagnostic]], ...] = (
    leakage.found,
    tuning.found,
    target.found,
)


def hazards(
    program: Program,
    statements: Sequence[Statement],
    names: Sequence[Names],
    facts: Sequence[Facts],
) -> tuple[Diagnostic, ...]:
    """Return what can go wrong with a notebook, in document order, each place once a kind.

    `statements` are in the order in which they run, `names` and `facts` those of each. Nothing is
    raised, whatever the notebook is like; a statement too deep to look at has no findings.
    """
    every = steps(statements, names, facts)
    flow = Flow(every)
    found = [d for kind in _KINDS for d in kind(program, every)]
    found += [d for leak in _LEAKS for d in leak(flow)]
    once: dict[tuple[int, int, str], Diagnostic] = {}
    for diagnostic in found:
        once.setdefault(_place(diagnostic), diagnostic)
    return tuple(once[place] for place in sorted(once))


def _place(diagnostic: Diagnostic) -> tuple[int, int, str]:
    assert diagnostic.origin is not None
    return diagnostic.origin.cell, diagnostic.origin.line, diagnostic.code
