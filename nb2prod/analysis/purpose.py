"""What a value is made for: a table that only a plot reads is exploration, not cleaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nb2prod.analysis.evidence import Evidence
from nb2prod.model import Names, Stage, Statement

# Stages that give way, and to which purpose, when everything that reads the value has that purpose.
_GIVES_WAY: Mapping[Stage, frozenset[Stage]] = {
    "clean": frozenset({"explore", "save", "evaluate"}),
    "feature": frozenset({"explore", "save", "evaluate"}),
    "explore": frozenset({"evaluate", "clean", "feature", "train"}),
    "setup": frozenset({"explore", "train", "load", "feature", "clean"}),
    "other": frozenset(
        {"explore", "save", "evaluate", "train", "predict", "clean", "feature", "load"}
    ),
    "predict": frozenset({"evaluate", "save"}),
}
_JOINS = frozenset({"concat", "merge", "join", "hstack", "concatenate", "DataFrame"})
_KEEPS = 0.6  # of its own weight


def by_purpose(
    evidence: Sequence[Evidence], statements: Sequence[Statement], names: Sequence[Names]
) -> list[Evidence]:
    """Return the evidence, that of temporaries replaced by that of what reads them.

    A temporary is made anew (not from its own earlier value), and read in its own cell only. Joining
    new columns to a frame is part of making them.
    """
    judged = list(evidence)
    readers = _readers(names)
    for position in reversed(range(len(judged))):
        purpose = _purpose(position, judged, readers[position], statements)
        if purpose is not None and purpose in _GIVES_WAY.get(judged[position].stage, ()):
            own = judged[position]
            reason = f"{own.reason}, upstream of {purpose}".lstrip(", ")
            judged[position] = replace(own.scaled(_KEEPS), stage=purpose, reason=reason)
        elif purpose == "clean" and judged[position].stage == "feature":
            for reader in readers[position]:
                if judged[reader].call.rpartition(".")[2] in _JOINS:
                    judged[reader] = replace(judged[reader], stage="feature")
    return judged


def _readers(names: Sequence[Names]) -> list[set[int]]:
    """Return, for each statement, the statements that read what it binds; none if it changes anything."""
    readers: list[set[int]] = [set() for _ in names]
    maker: dict[str, int] = {}
    for position, use in enumerate(names):
        for name in use.reads | use.late | use.mutates:
            if name in maker:
                readers[maker[name]].add(position)
        fresh = not use.mutates and not (use.writes | use.maybe) & use.reads
        for name in use.writes | use.maybe:
            maker.pop(name, None)
            if fresh:
                maker[name] = position
    return readers


def _purpose(
    position: int, judged: Sequence[Evidence], readers: set[int], statements: Sequence[Statement]
) -> Stage | None:
    cell = statements[position].origin.cell
    stages = {
        judged[reader].stage
        for reader in readers
        if judged[reader].weight and not judged[reader].glance
    }
    here = all(statements[reader].origin.cell == cell for reader in readers)
    later = all(reader > position for reader in readers)
    return stages.pop() if here and later and len(stages) == 1 else None
