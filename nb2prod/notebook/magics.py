"""What becomes of each use of IPython: by the rows of knowledge/magics.toml."""

from __future__ import annotations

from dataclasses import replace

from nb2prod.notebook import shell
from nb2prod.notebook.command import Command, Context, foreign, without_options, words
from nb2prod.notebook.outcome import Outcome, leave_out
from nb2prod.notebook.tables import magics
from nb2prod.notebook.translators import TRANSLATORS


def outcome(command: Command, context: Context) -> Outcome:
    """The Python code for the command, or why it is left out."""
    if command.kind == "system":
        return shell.statement(command.line, context.scope, context.where)
    if command.kind == "output":
        return shell.output(command.line, context.scope, context.target)
    if command.kind == "other":
        return foreign(command, "needs a live session of IPython", "NB105")
    name = command.name.lstrip("%")
    row = magics("cell" if command.kind == "cell" else "line").get(name)
    if row is None:
        made = foreign(command, "a magic that nb2prod does not know", "NB105")
        return replace(made, unknown=True)
    if row["action"] in ("drop", "foreign"):
        if row["action"] == "foreign":
            return foreign(command, row["reason"], "NB104")
        if context.value:
            return foreign(command, row["reason"], "NB105")
        return leave_out(row["reason"])
    if row["action"] == "requirement":
        return shell.requirement([name, *words(command.line)], context.scope, context.where)
    if row["action"] == "unwrap" and "by" not in row:
        return _unwrap(command, row.get("options", ""))
    return TRANSLATORS[row["by"]](command, context)


def _unwrap(command: Command, options: str) -> Outcome:
    """`%time y = f(a)`: the statement itself; `%%time`: the cell below."""
    line = without_options(command.line, options)
    if command.kind == "cell":
        return (
            Outcome(code=command.body, body=not line, shows=True)
            if not line
            else Outcome(code=f"{line}\n{command.body}", shows=True)
        )
    return Outcome(code=line, value=True, shows=True)
