"""What is known of a value for the sake of leakage: its rows, and what was learned from which."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace

from nb2prod.analysis.hazards.steps import Step


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """An estimator was fitted: by which call, and on which rows."""

    step: Step
    call: ast.Call
    classes: frozenset[str]
    data: str  # the argument as written
    rows: frozenset[int]


@dataclass(frozen=True, slots=True)
class Value:
    """Where the rows of a value come from; or, of an estimator, what it is and was fitted on.

    `rows` are sets of rows by number, `parts` those that a split gave it ("train", "test").
    `learned` are the fits whose results it holds, `seen` those that knew the rows it predicts.
    """

    rows: frozenset[int] = frozenset()
    parts: frozenset[str] = frozenset()
    learned: frozenset[Fit] = frozenset()
    seen: frozenset[Fit] = frozenset()
    classes: frozenset[str] = frozenset()
    fit: Fit | None = None
    items: tuple[Value, ...] = ()  # of a tuple

    def data(self) -> Value:
        """Return what flows on into another value: all but the estimator and the structure."""
        if not (self.classes or self.fit or self.items):
            return self
        return replace(self, classes=frozenset(), fit=None, items=())


NOTHING = Value()


def union(values: Iterable[Value]) -> Value:
    """Return the value that may hold something of each."""
    merged = NOTHING
    for value in values:
        if merged is NOTHING and not value.items:
            merged = value
            continue
        merged = Value(
            rows=merged.rows | value.rows,
            parts=merged.parts | value.parts,
            learned=merged.learned | value.learned,
            seen=merged.seen | value.seen,
            classes=merged.classes | value.classes,
            fit=merged.fit or value.fit,
        )
    return merged
