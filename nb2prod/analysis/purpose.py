"""What a value is made for: a table that only a plot reads is exploration, not cleaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from nb2prod.analysis.evidence import Evidence
from nb2prod.model import Stage

# The purposes that a stage gives way to, when everything that reads the value has that purpose.
_GIVES_WAY: Mapping[Stage, frozenset[Stage]] = {
    "clean": frozenset({"explore", "save", "evaluate"}),
    "feature": frozenset({"explore", "save", "evaluate"}),
    "explore": frozenset({"evaluate", "clean", "feature", "train"}),
    "setup": frozenset({"explore", "train", "load", "feature", "clean"}),
    "predict": frozenset({"evaluate", "save"}),
    "other": frozenset(
        {"explore", "save", "evaluate", "train", "predict", "clean", "feature", "load"}
    ),
}
_JOINS = frozenset({"concat", "merge", "join", "hstack", "concatenate", "DataFrame"})
_KEEPS = 0.6  # of its own weight


@dataclass(frozen=True, slots=True)
class Step:
    """What a statement, or a part of one, reads and makes anew; `cell` is where it stands."""

    reads: Set[str]
    binds: Set[str]
    changes: Set[str] = frozenset()
    cell: int = 0


def by_purpose(evidence: Sequence[Evidence], steps: Sequence[Step]) -> list[Evidence]:
    """Return the evidence, that of temporaries replaced by that of what reads them.

    A temporary is made anew (not from its own earlier value), and read in its own cell only; what
    changes one has the same purpose. A table of groups or counts may be looked at in other cells, too.
    Joining new columns to a frame is part of making them.
    """
    judged = list(evidence)
    readers = _readers(steps)
    cells = [step.cell for step in steps]
    for position in reversed(range(len(judged))):
        own, purpose = judged[position], _purpose(readers[position], judged)
        here = all(cells[reader] == cells[position] for reader in readers[position])
        if own.summary and _only_looked_at(readers[position], judged):
            judged[position] = _upstream(own, "explore")
        elif purpose == "clean" and own.stage == "feature":
            _count_joins_in(readers[position], judged)
        elif here and purpose in _GIVES_WAY.get(own.stage, ()):
            judged[position] = _upstream(own, purpose)
    return judged


def _only_looked_at(readers: Set[int], judged: Sequence[Evidence]) -> bool:
    told = [judged[reader].stage for reader in readers if judged[reader].weight]
    return bool(told) and set(told) == {"explore"}


def _upstream(own: Evidence, purpose: Stage | None) -> Evidence:
    assert purpose is not None
    reason = f"{own.reason}, upstream of {purpose}".lstrip(", ")
    return replace(own.scaled(_KEEPS), stage=purpose, reason=reason)


def _count_joins_in(readers: Set[int], judged: list[Evidence]) -> None:
    """Count the joins among the readers of a new column as part of making it."""
    for reader in readers:
        if judged[reader].call.rpartition(".")[2] in _JOINS:
            judged[reader] = replace(judged[reader], stage="feature")


def _readers(steps: Sequence[Step]) -> list[set[int]]:
    """Return, for each step, those that read what it makes anew, or changes in its own cell."""
    readers: list[set[int]] = [set() for _ in steps]
    makers: dict[str, list[int]] = {}
    for position, step in enumerate(steps):
        for name in step.reads | step.changes:
            for maker in makers.get(name, ()):
                readers[maker].add(position)
        for name in step.changes:
            if name in makers and steps[makers[name][0]].cell == step.cell:
                makers[name].append(position)
        anew = not step.changes and step.binds.isdisjoint(step.reads)
        for name in step.binds:
            makers.pop(name, None)
            if anew:
                makers[name] = [position]
    return [found - {position} for position, found in enumerate(readers)]


def _purpose(readers: Set[int], judged: Sequence[Evidence]) -> Stage | None:
    """Return the stage of all readers, without those that say nothing or only glance at the value."""
    told = [judged[reader] for reader in readers if judged[reader].weight]
    stages = {evidence.stage for evidence in told if not evidence.glance}
    return stages.pop() if len(stages) == 1 else None
