"""A use of IPython in a cell, and where it stands."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from getopt import GetoptError, getopt
from typing import Literal

from nb2prod.notebook.outcome import Outcome, leave_out
from nb2prod.notebook.scope import Scope

Kind = Literal["line", "cell", "system", "output", "shell", "other"]


@dataclass(frozen=True, slots=True)
class Command:
    """A use of `get_ipython()`: of a magic by its name, of a system command in `line`, or bare."""

    kind: Kind
    name: str = ""
    line: str = ""
    body: str = ""

    @property
    def text(self) -> str:
        """As the user wrote it."""
        mark = {"line": "%", "cell": "%%", "system": "!", "output": "!"}.get(self.kind, "")
        return f"{mark}{self.name} {self.line}".strip() if self.name else f"{mark}{self.line}"


@dataclass(frozen=True, slots=True)
class Context:
    """Where a command stands ("in cell 3"), among which names; what becomes of its value.

    `value`: it is used; `target`: the name that it is assigned to.
    """

    scope: Scope
    where: str
    value: bool = False
    target: str = ""


def foreign(command: Command, reason: str, code: str) -> Outcome:
    head = command.text.split("\n")[0]
    return leave_out(reason, (code, f"`{head[:60]}` is left out: {reason}"))


def words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return line.split()


def without_options(line: str, options: str) -> str:
    """The line behind its options, to the letter."""
    if not options or not line.startswith("-"):
        return line.strip()
    parts = line.split()
    try:
        rest = getopt(parts, options)[1]
    except GetoptError:
        return line.strip()
    for _ in range(len(parts) - len(rest)):
        line = line.lstrip().partition(" ")[2]
    return line.strip()
