"""Python code for the magics that have some, by the name that their row gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace

from nb2prod.notebook import shell
from nb2prod.notebook.command import Command, Context, foreign, without_options
from nb2prod.notebook.command import words as words_of
from nb2prod.notebook.expand import expression, quoted
from nb2prod.notebook.outcome import Outcome, leave_out
from nb2prod.notebook.tables import magics
from nb2prod.secrets.placeholder import placeholder, removed

Translator = Callable[[Command, Context], Outcome]
_SWITCHED_OFF = frozenset({"false", "true", ":", "echo"})
_MEASURES = "measures; binds nothing but a timing"
_OUT = re.compile(r"--out(?:=|\s+)([^\W\d]\w*)")


def _timing(command: Command, context: Context) -> Outcome:
    """`%timeit f(x)` goes; `%timeit -n1 -r1 model.fit(x)` leaves a fitted model behind."""
    row = magics("line")[command.name]
    if context.value:
        return foreign(command, _MEASURES, "NB105")
    code = without_options(command.line, row["options"])
    call = _changing_call(code, frozenset(row["methods"]))
    if not call:
        return leave_out(_MEASURES)
    counts = re.findall(r"-[nr]\s*(\d+)", command.line.removesuffix(code))
    times = int(counts[0]) * int(counts[1]) if len(counts) == 2 else 1
    return Outcome(code=call if times == 1 else f"for _ in range({times}):\n    {call}")


def _changing_call(code: str, methods: frozenset[str]) -> str:
    """The call of one of the methods that the code is, whatever name it is assigned to, or ""."""
    try:
        (node,) = ast.parse(code).body
    except (SyntaxError, ValueError):
        return ""
    value = node.value if isinstance(node, ast.Expr | ast.Assign) else None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return ast.unparse(value) if value.func.attr in methods else ""
    return ""


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
    words = words_of(line)
    if not words or words[0] in _SWITCHED_OFF:
        return leave_out("the cell is switched off by %%script")
    out = _OUT.search(line)
    words = words_of(_OUT.sub("", line))
    check = "--no-raise-error" not in words
    words = [word for word in words if word not in ("--no-raise-error", "--raise-error")]
    if any(word in ("--bg", "--out", "--err", "--proc") for word in words):
        return foreign(command, "a script in the background, or with its streams bound", "NB105")
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
        return foreign(command, "goes back in the history of a live session", "NB105")
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
    words = words_of(command.line)
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
    words = words_of(command.line)
    append = bool({"-a", "--append"} & set(words))
    paths = [word for word in words if word not in ("-a", "--append")]
    if len(paths) != 1:
        return foreign(command, "does not name one file", "NB105")
    place = f"{context.scope.use('Path')}({expression(paths[0], context.scope.bindings)})"
    if paths[0].startswith("~"):
        place += ".expanduser()"
    text = quoted(command.body)
    for name in removed(command.body):  # a secret was taken out of what is written
        environ = f'{context.scope.use("os")}.environ["{name}"]'
        text += f".replace({quoted(placeholder(name))}, {environ})"
    if not append:
        return Outcome(code=f'{place}.write_text({text}, encoding="utf-8")')
    file = context.scope.free("file")
    return Outcome(
        code=f'with {place}.open("a", encoding="utf-8") as {file}:\n    {file}.write({text})'
    )


def _run(command: Command, context: Context) -> Outcome:
    return foreign(command, "`%run` has no value", "NB105")


TRANSLATORS: dict[str, Translator] = {
    "around": _around,
    "timing": _timing,
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
