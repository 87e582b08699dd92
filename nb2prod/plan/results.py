"""What run() returns, and where the pipeline can be cut into stages that run apart."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from nb2prod.model import Analysis, Function
from nb2prod.plan.lifting import Lifting
from nb2prod.plan.liveness import Liveness, interface
from nb2prod.plan.selection import Selection

_OUTCOMES = frozenset({"train", "evaluate", "predict", "other"})
_MANY = 12


def results(analysis: Analysis, lifting: Lifting, selection: Selection) -> tuple[str, ...]:
    """Return the variables that run() returns: outcomes, and what is computed for its own sake.

    A variable counts when a plain assignment binds it (a loop's own variables are scaffolding) and
    the last that binds it is an outcome (training, evaluation, prediction), or nothing reads it
    afterwards. One that exploration binds last does not count: without that, run() lacks its value.
    """
    final = final_names(analysis) - _bound_by_exploration(analysis, selection)
    kept = [p for p in selection.kept if p not in selection.explored]
    assigned: set[str] = set()
    last: dict[str, int] = {}
    read_after: set[str] = set()
    for position in kept:
        use, node = analysis.names[position], analysis.statements[position].node
        read_after |= use.reads | use.late
        for name in sorted(use.writes | use.maybe):
            last[name] = position
            if not use.mutates & {name}:
                read_after.discard(name)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            assigned |= use.writes
        for name in use.deletes - use.maybe:
            last.pop(name, None)
    for position, _ in selection.left_out:
        for name in analysis.names[position].deletes:
            last.pop(name, None)
    lifted = lifting.imports.keys() | lifting.definitions.keys()
    names = [n for n in last if n in assigned and n in final and n not in lifted]
    fitted = {name for p in kept for name in analysis.facts[p].fits}
    sinks = [n for n in names if n not in read_after or n in fitted]
    outcomes = [n for n in names if analysis.facts[last[n]].stage in _OUTCOMES]
    chosen = set(sinks) | set(outcomes)
    if len(chosen) > _MANY and any(analysis.facts[p].stage == "train" for p in kept):
        chosen = {n for n in names if n in sinks or analysis.facts[last[n]].stage == "evaluate"}
    return tuple(n for n in names if n in chosen and not n.startswith("_"))


def _bound_by_exploration(analysis: Analysis, selection: Selection) -> set[str]:
    """Return the names that the last statement to bind them binds only when run() explores."""
    explored: dict[str, bool] = {}
    for position in selection.kept:
        use = analysis.names[position]
        explored |= dict.fromkeys(use.writes | use.maybe, position in selection.explored)
    return {name for name, last in explored.items() if last}


def stale(
    live: Liveness, functions: Sequence[Sequence[int]], constants: frozenset[str]
) -> set[str]:
    """Return variables that run() would hold with an old value: bound anew, and not handed back."""
    held: set[str] = set(live.entry)
    found: set[str] = set()
    for positions in functions:
        outputs = interface(live, positions, constants).outputs
        bound = frozenset().union(*(live.flows[p].writes | live.flows[p].maybe for p in positions))
        found |= (bound & held) - set(outputs)
        held |= set(outputs)
    return found


def final_names(analysis: Analysis) -> set[str]:
    """Return the names in the package that hold what the notebook's names hold at its end."""
    last: dict[str, str] = {}
    for use, change in zip(analysis.names, analysis.renames, strict=True):
        old_of = {new: old for old, new in change.stores.items()}
        for name in use.writes | use.maybe | use.rebinds:
            last[old_of.get(name, name)] = name
        for name in use.deletes - use.maybe:
            for old in [old for old, new in last.items() if new == name]:
                del last[old]
    return set(last.values())


def phases(calls: Sequence[Function]) -> tuple[tuple[str, int], ...]:
    """Return the stage commands and the number of calls up to the end of each.

    The order of the calls never changes, so stages that the notebook mixes run as one: training
    lasts from the first fit to the last.
    """
    ends = []
    training = [i for i, call in enumerate(calls) if call.stage == "train"]
    if not training:
        return ()
    if training[0]:
        ends.append(("clean", training[0]))
    ends.append(("train", training[-1] + 1))
    for command, stages in (("evaluate", {"evaluate"}), ("predict", {"predict", "save"})):
        later = [i for i, call in enumerate(calls) if call.stage in stages and i >= ends[-1][1]]
        if later:
            ends.append((command, later[-1] + 1))
    ends[-1] = (ends[-1][0], len(calls))
    return tuple(ends) if len(ends) > 1 else ()


def trained_model(analysis: Analysis, held: Iterable[str]) -> str | None:
    """Return the variable of the model that predictions are made with."""
    available = set(held)
    fitted = [
        name
        for facts in analysis.facts
        if facts.stage == "train"
        for name in facts.fits
        if name in available
    ]
    for position in reversed(range(len(analysis.facts))):
        if analysis.facts[position].stage == "predict":
            for name in fitted[::-1]:
                if name in analysis.names[position].reads:
                    return name
    return fitted[-1] if fitted else None
