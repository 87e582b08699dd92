"""What becomes of each magic: by the rows of knowledge/magics.toml."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from getopt import GetoptError, getopt
from typing import Literal

from nb2prod.notebook import shell
from nb2prod.notebook.expand import expression, quoted
from nb2prod.notebook.outcome import Outcome, leave_out
from nb2prod.notebook.scope import Scope
from nb2prod.notebook.tables import magics

Kind = Literal["line", "cell", "system", "output", "shell", "other"]
_SWITCHED_OFF = frozenset({"false", "true", ":", "echo"})
_OUT = re.compile(r"--out(?:=|\s+)([^\W\d]\w*)")


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


Translator = Callable[[Command, Context], Outcome]


def outcome(command: Command, context: Context) -> Outcome:
    """The Python code for the command, or why it is left out."""
    if command.kind == "system":
        return shell.statement(command.line, context.scope, context.where)
    if command.kind == "output":
        return shell.output(command.line, context.scope, context.target)
    if command.kind == "other":
        return _foreign(command, "needs a live session of IPython", "NB105")
    name = command.name.lstrip("%")
    row = magics("cell" if command.kind == "cell" else "line").get(name)
    if row is None:
        return _foreign(command, "a magic that nb2prod does not know", "NB105")
    if row["action"] in ("drop", "foreign"):
        if row["action"] == "foreign":
            return _foreign(command, row["reason"], "NB104")
        if context.value:
            return _foreign(command, row["reason"], "NB105")
        return leave_out(row["reason"])
    if row["action"] == "requirement":
        return shell.requirement([name, *_words(command.line)], context.scope, context.where)
    if row["action"] == "unwrap" and "by" not in row:
        return _unwrap(command, row.get("options", ""))
    return _TRANSLATORS[row["by"]](command, context)


def _foreign(command: Command, reason: str, code: str) -> Outcome:
    head = command.text.split("\n")[0]
    return leave_out(reason, (code, f"`{head[:60]}` is left out: {reason}"))


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return line.split()


def _unwrap(command: Command, options: str) -> Outcome:
    """`%time y = f(a)`: the statement itself; `%%time`: the cell below."""
    line = _without_options(command.line, options)
    if command.kind == "cell":
        return (
            Outcome(code=command.body, body=not line, shows=True)
            if not line
            else Outcome(code=f"{line}\n{command.body}", shows=True)
        )
    return Outcome(code=line, value=True, shows=True)


def _without_options(line: str, options: str) -> str:
    """The line behind its options, to the letter."""
    if not options or not line.startswith("-"):
        return line.strip()
    words = line.split()
    try:
        rest = getopt(words, options)[1]
    except GetoptError:
        return line.strip()
    for _ in range(len(words) - len(rest)):
        line = line.lstrip().partition(" ")[2]
    return line.strip()


def _around(command: Command, context: Context) -> Outcome:
    """The options of the magic go; the cell stays."""
    return Outcome(code=command.body, body=True, shows=True)


def _capture(command: Command, context: Context) -> Outcome:
    """The cell stays; what it prints is kept where the magic names it."""
    words = command.line.split()
    off = [f"{word.removeprefix('--no-')}=False" for word in words if word.startswith("--no-")]
    captured = [(word, ", ".join(off)) for word in words if word.isidentifier()]
    return Outcome(code=command.body, body=True, captured=captured[0] if captured else None)


def _script(command: Command, context: Context) -> Outcome:
    """`%%bash`, `%%script perl`: the program reads the cell, and its failure is the cell's."""
    line = command.line if command.name == "script" else f"{command.name} {command.line}"
    words = _words(line)
    if not words or words[0] in _SWITCHED_OFF:
        return leave_out("the cell is switched off by %%script")
    out = _OUT.search(line)
    words = _words(_OUT.sub("", line))
    check = "--no-raise-error" not in words
    words = [word for word in words if word not in ("--no-raise-error", "--raise-error")]
    if any(word in ("--bg", "--out", "--err", "--proc") for word in words):
        return _foreign(command, "a script in the background, or with its streams bound", "NB105")
    program = "[" + ", ".join(map(quoted, words)) + "]"
    module = context.scope.use("subprocess")
    capture = f", stdout={module}.PIPE" if out else ""
    call = (
        f"{module}.run({program}, input={quoted(command.body)}, text=True, check={check}{capture})"
    )
    return Outcome(code=f"{out[1]} = {call}.stdout" if out else call)


def _bash(command: Command, context: Context) -> Outcome:
    return _script(replace(command, name="bash", line=""), context)


def _output(command: Command, context: Context) -> Outcome:
    return shell.output(command.line, context.scope, context.target)


def _output_cell(command: Command, context: Context) -> Outcome:
    return shell.output(f"{command.line}\n{command.body}".strip("\n"), context.scope)


def _system(command: Command, context: Context) -> Outcome:
    return shell.statement(command.line, context.scope, context.where)


def _alias(command: Command, context: Context) -> Outcome:
    return Outcome(code=shell.run(f"{command.name} {command.line}", context.scope))


def _cd(command: Command, context: Context) -> Outcome:
    path = re.sub(r"^(-[qb]\s+)+", "", command.line.strip())
    if path == "-q":
        path = ""
    if path.startswith("-"):
        return _foreign(command, "goes back in the history of a live session", "NB105")
    if len(path) > 1 and path[0] == path[-1] and path[0] in "\"'":
        path = path[1:-1]
    module = context.scope.use("os")
    place = expression(path or "~", context.scope.bindings)
    if not path or path.startswith("~"):
        place = f"{module}.path.expanduser({place})"
    return Outcome(code=f"{module}.chdir({place})")


def _pwd(command: Command, context: Context) -> Outcome:
    if not context.value:
        return leave_out("only prints the working directory")
    return Outcome(code=f"{context.scope.use('os')}.getcwd()", value=True)


def _env(command: Command, context: Context) -> Outcome:
    """`%env A=b` sets, `%env A` shows, `%env` lists."""
    line = command.line.strip()
    name, separator, value = line.partition("=" if "=" in line else " ")
    if not line or (not separator and not context.value):
        return leave_out("only prints the environment")
    environ = (
        f"{context.scope.use('os')}.environ[{expression(name.strip(), context.scope.bindings)}]"
    )
    if not separator:
        return Outcome(code=environ, value=True)
    return Outcome(code=f"{environ} = {expression(value.strip(), context.scope.bindings)}")


def _dotenv(command: Command, context: Context) -> Outcome:
    words = _words(command.line)
    override = ", override=True" if {"-o", "--override"} & set(words) else ""
    paths = [word for word in words if not word.startswith("-")]
    path = expression(paths[0] if paths else ".env", context.scope.bindings)
    return Outcome(code=f"{context.scope.use('load_dotenv')}({path}{override})")


def _xdel(command: Command, context: Context) -> Outcome:
    return Outcome(code=f"del {command.line.split()[-1]}") if command.line else leave_out("empty")


def _pylab(command: Command, context: Context) -> Outcome:
    """The imports that `%pylab` stands for."""
    lines = [
        "import matplotlib",
        "import matplotlib.pyplot as plt",
        "import numpy",
        "import numpy as np",
        "from matplotlib import mlab, pylab, pyplot",
    ]
    if "--no-import-all" not in command.line:
        lines += ["from pylab import *", "from numpy import *"]
    return Outcome(code="\n".join(lines))


def _writefile(command: Command, context: Context) -> Outcome:
    words = _words(command.line)
    append = bool({"-a", "--append"} & set(words))
    paths = [word for word in words if word not in ("-a", "--append")]
    if len(paths) != 1:
        return _foreign(command, "does not name one file", "NB105")
    place = f"{context.scope.use('Path')}({expression(paths[0], context.scope.bindings)})"
    if paths[0].startswith("~"):
        place += ".expanduser()"
    text = quoted(command.body)
    if not append:
        return Outcome(code=f'{place}.write_text({text}, encoding="utf-8")')
    file = context.scope.free("file")
    return Outcome(
        code=f'with {place}.open("a", encoding="utf-8") as {file}:\n    {file}.write({text})'
    )


def _run(command: Command, context: Context) -> Outcome:
    return _foreign(command, "`%run` has no value", "NB105")


_TRANSLATORS: dict[str, Translator] = {
    "around": _around,
    "capture": _capture,
    "script": _script,
    "bash": _bash,
    "output": _output,
    "output_cell": _output_cell,
    "system": _system,
    "alias": _alias,
    "cd": _cd,
    "pwd": _pwd,
    "env": _env,
    "dotenv": _dotenv,
    "xdel": _xdel,
    "pylab": _pylab,
    "writefile": _writefile,
    "run": _run,
}
