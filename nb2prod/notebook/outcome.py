"""What becomes of one magic."""

from __future__ import annotations

from dataclasses import dataclass

from nb2prod.model import Requirement


@dataclass(frozen=True, slots=True)
class Outcome:
    """Python code in place of a magic, or the reason for leaving it out.

    `value`: the code is an expression with the magic's value; `shows`: a notebook displays it;
    `body`: the code is the cell's own, below the magic's line; `captured`: a name for what it
    prints, and the arguments for capturing that; `notes`: code and message of findings; `unknown`: a
    magic that IPython may not know either, and would raise an error.
    """

    code: str | None = None
    reason: str = ""
    value: bool = False
    shows: bool = False
    body: bool = False
    captured: tuple[str, str] | None = None
    notes: tuple[tuple[str, str], ...] = ()
    requirements: tuple[Requirement, ...] = ()
    unknown: bool = False


def leave_out(reason: str, *notes: tuple[str, str]) -> Outcome:
    """Nothing takes the magic's place."""
    return Outcome(reason=reason, notes=notes)
