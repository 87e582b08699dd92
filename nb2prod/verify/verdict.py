"""What verification found: one row a value and a file, and what they add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from nb2prod.model import Evidence

Status = Literal["equal", "different", "not reproducible", "not comparable", "absent", "extra"]
Outcome = Literal["equal", "different", "package failed", "notebook failed"]
EXIT_STATUS: Mapping[str, int] = {"equal": 0, "notebook failed": 2}  # others: 1


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a value, by its name in the notebook, or of a file.

    `detail` says where they differ first and by how much, why they cannot be compared, why the
    notebook's own runs differ, or why the package has no such value.
    """

    name: str
    status: Status
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The comparison of a package with its notebook."""

    outcome: Outcome
    values: tuple[Row, ...] = ()
    files: tuple[Row, ...] = ()
    printed: Row | None = None
    apart: tuple[Row, ...] = ()  # results of the stages run apart and without exploration
    generators: Mapping[str, str] = field(default_factory=dict)
    broken_cells: tuple[int, ...] = ()
    error: Mapping[str, Any] | None = None  # of the side that failed
    seconds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    durations: Mapping[str, float] = field(default_factory=dict)  # of the processes
    made_on: Mapping[str, Any] = field(default_factory=dict)
    evidence: Evidence | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()  # on the runs' conditions; nothing that failed
    unrecorded: str = ""  # why there is no evidence, where it was asked for
    lineage: bytes | None = field(default=None, repr=False)  # of the package's run, as JSON

    @property
    def exit_status(self) -> int:
        """0 all equal, 1 something differs, 2 the notebook itself does not run."""
        return EXIT_STATUS.get(self.outcome, 1)

    def counts(self) -> dict[str, int]:
        """Return how many values came to which end."""
        return dict(Counter(row.status for row in self.values))

    def json(self) -> dict[str, Any]:
        """Return everything as JSON data."""
        shown = asdict(replace(self, evidence=None))
        del shown["evidence"], shown["lineage"]
        return {**shown, "counts": self.counts()}


def outcome_of(files: Sequence[Row], *values: Sequence[Row]) -> Outcome:
    """Return "different" when a row is, or when a file that the notebook wrote is missing."""
    wrong = any(row.status == "different" for rows in (files, *values) for row in rows)
    lost = any(row.status == "absent" for row in files)
    return "different" if wrong or lost else "equal"
