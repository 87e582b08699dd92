"""Paths that exist on one machine only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from nb2prod.analysis.hazards.steps import Step
from nb2prod.analysis.hazards.table import finding
from nb2prod.model import Diagnostic, Program

# Code of the diagnostic, and what a text starts with that is such a path and nothing else.
_PLACES = (
    ("NB211", re.compile(r"/content(/|$)|/kaggle/|/dbfs/|dbfs:/")),
    ("NB210", re.compile(r"(/home|/Users|/root|/mnt|/media|/Volumes)/\w|~[\w.-]*/\w")),
    ("NB210", re.compile(r"[A-Za-z]:(\\{1,2}|/)[\w.$~({-]|\\\\\w+\\\w")),
)
_ANY = re.compile(r"/(?!tmp/|dev/|proc/)\w+/\w")
_LONGEST = 260


def found(program: Program, steps: Sequence[Step]) -> Iterator[Diagnostic]:
    """Yield each such path: any text that is plainly one, or the location of data."""
    for step in steps:
        located = {use.location for use in step.facts.uses if use.kind == "file"}
        for part, text in _texts(step):
            code = _code(text, located)
            if code:
                where = "on this machine" if code == "NB210" else "on the hosted service"
                message = f"the path `{text}` exists only {where}"
                yield finding(code, message, step.at(part))


def is_of_one_machine(text: str) -> bool:
    """Say whether a text is plainly a path below somebody's home or on a mounted drive."""
    fits = len(text) <= _LONGEST and "\n" not in text
    return fits and any(code == "NB210" and pattern.match(text) for code, pattern in _PLACES)


def _texts(step: Step) -> Iterator[tuple[ast.Constant, str]]:
    """Yield literals whose text could be a path: no docstrings, nothing of several lines."""
    documentation = {id(part.value) for part in step.parts if isinstance(part, ast.Expr)}
    for part in step.parts:
        if (
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and len(part.value) <= _LONGEST
            and "\n" not in part.value
            and id(part) not in documentation
        ):
            yield part, part.value


def _code(text: str, located: set[str | None]) -> str:
    for code, pattern in _PLACES:
        if pattern.match(text):
            return code
    return "NB210" if text in located and _ANY.match(text) else ""
