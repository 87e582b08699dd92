"""Commands of `!` lines: installs, listings, and those that the package must still run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nb2prod.model import Requirement
from nb2prod.notebook import expand, install
from nb2prod.notebook.outcome import Outcome, leave_out
from nb2prod.notebook.scope import Scope
from nb2prod.notebook.tables import commands

_SEPARATOR = re.compile(r"&&|\|\||[;\n|&]")
_QUOTED = re.compile(
    r"'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.|`[^`]*`|\$\([^()]*\)|\d?>&\d?|&>", re.DOTALL
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*")
_VERSION = re.compile(r"(?<=[a-z])[\d.]+$")
_PYTHON = frozenset({"python", "{sys.executable}", "$sys.executable", "${sys.executable}", "py"})
_HARMLESS = re.compile(r"\d?>\s*/dev/null|\d>&\d|&>\s*/dev/null")
_OF_SLIST = ("n", "s", "p", "l", "nlstr", "spstr", "list", "paths", "fields", "grep", "sort")
_PREFIXES = frozenset({"sudo", "time", "nohup", "yes", "command"})


@dataclass(frozen=True, slots=True)
class _Pipeline:
    """Commands joined by `|`, the separator before them, their row (None: to be kept)."""

    separator: str
    text: str
    row: dict[str, Any] | None
    words: tuple[str, ...]


def statement(command: str, scope: Scope, where: str) -> Outcome:
    """What becomes of `!command`."""
    pipelines = list(_pipelines(command))
    if not pipelines:
        return leave_out("an empty command")
    installs = [line for line in pipelines if line.row and line.row["action"] == "requirement"]
    required, notes = _installed(installs, scope, where)
    if all(line.row for line in pipelines):
        notes += tuple(
            (line.row["code"], f"`{line.text.strip()}` {line.row['reason']}")
            for line in pipelines
            if line.row and "code" in line.row
        )
        return Outcome(reason=_reason(pipelines), notes=notes, requirements=required)
    kept = [line for line in pipelines if line not in installs]
    text = "".join(f"{line.separator}{line.text}" for line in kept)[
        len(kept[0].separator) :
    ].strip()
    return Outcome(
        code=run(text if installs else command.strip(), scope), notes=notes, requirements=required
    )


def _reason(pipelines: Sequence[_Pipeline]) -> str:
    reasons = [
        (
            "installs: see the requirements"
            if line.row["action"] == "requirement"
            else line.row["reason"]
        )
        for line in pipelines
        if line.row
    ]
    return "; ".join(dict.fromkeys(reasons))


def _installed(
    installs: Sequence[_Pipeline], scope: Scope, where: str
) -> tuple[tuple[Requirement, ...], tuple[tuple[str, str], ...]]:
    required: list[Requirement] = []
    notes: list[tuple[str, str]] = []
    for line in installs:
        found, unclear = install.requirements(line.words, where, scope.folder)
        required += found
        if found:
            names = ", ".join(f"{r.name}{r.specifier}" for r in found)
            notes.append(("NB106", f"the notebook installs {names}"))
        if unclear:
            notes.append(("NB107", f"what `{', '.join(unclear)}` installs has no name here"))
    return tuple(required), tuple(notes)


def requirement(words: Sequence[str], scope: Scope, where: str) -> Outcome:
    """What becomes of `%pip install ...` and the like."""
    line = _Pipeline("", " ".join(words), {"action": "requirement"}, tuple(words))
    required, notes = _installed([line], scope, where)
    return Outcome(reason=_reason([line]), notes=notes, requirements=required)


def run(command: str, scope: Scope) -> str:
    """The call that runs the command as IPython does."""
    text = expand.expression(command, scope.bindings)
    return f"{scope.use('subprocess')}.run({text}, shell=True, check=False)"


def output(command: str, scope: Scope, target: str = "") -> Outcome:
    """What becomes of `x = !command`: a list of lines, its error output among them.

    `target` is the name that receives it: where the notebook uses what only IPython's lists have,
    it is one of them.
    """
    text = expand.expression(command, scope.bindings)
    module = scope.use("subprocess")
    call = (
        f"{module}.run({text}, shell=True, check=False, stdout={module}.PIPE,"
        f" stderr={module}.STDOUT, text=True).stdout.splitlines()"
    )
    if any((target, attribute) in scope.attributes for attribute in _OF_SLIST):
        call = f"{scope.use('SList')}({call})"
    return Outcome(code=call, value=True, shows=True)


def _pipelines(command: str) -> Iterator[_Pipeline]:
    separator = ""
    parts: list[str] = []
    for before, part in _split(command):
        if before == "|" and parts:
            parts.append(part)
            continue
        yield from _pipeline(separator, parts)
        separator, parts = before, [part]
    yield from _pipeline(separator, parts)


def _pipeline(separator: str, parts: Sequence[str]) -> Iterator[_Pipeline]:
    text = "|".join(parts)
    if not text.strip():
        return
    rows = [row(_words(part)) for part in parts]
    words = _words(parts[0])
    installs = bool(rows[0] and rows[0]["action"] == "requirement")
    prints = all(rows) and ">" not in _HARMLESS.sub("", text)
    yield _Pipeline(separator, text, rows[0] if installs or prints else None, words)


def _split(command: str) -> Iterator[tuple[str, str]]:
    """The commands of a line, each with the separator before it."""
    masked = _QUOTED.sub(lambda match: "x" * len(match[0]), command)
    done = 0
    before = ""
    for match in _SEPARATOR.finditer(masked):
        yield before, command[done : match.start()]
        before, done = match[0], match.end()
    yield before, command[done:]


def row(words: Sequence[str]) -> dict[str, Any] | None:
    """The table's row of a command."""
    known = commands()
    return (known.get(" ".join(words[:2])) or known.get(words[0])) if words else None


def _words(command: str) -> tuple[str, ...]:
    """The command's words, its name plain: `/usr/bin/pip3`, `python -m pip`: `pip`."""
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        words = command.split()
    while words and (words[0] in _PREFIXES or _ASSIGNMENT.fullmatch(words[0])):
        words = words[1:]
    if not words:
        return ()
    name = words[0] if words[0].startswith(("{", "$")) else words[0].rpartition("/")[2]
    name = _VERSION.sub("", name) or name
    if name in _PYTHON and words[1:2] == ["-m"] and len(words) > 2:
        name, words = words[2], words[2:]
    return (name, *words[1:])
