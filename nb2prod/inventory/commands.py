"""Magics and command lines: in `!` lines, in cells of a shell, and where Python runs a shell."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nb2prod.inventory import queries, shell
from nb2prod.inventory.ports import shown
from nb2prod.inventory.texts import HOLE, below, is_url
from nb2prod.inventory.uses import Direction, Use
from nb2prod.inventory.values import UNKNOWN, Value, constant, elements, pieces
from nb2prod.notebook import expand
from nb2prod.notebook.command import Command, without_options, words

if TYPE_CHECKING:
    from nb2prod.inventory.calls import Calls

_TIMING = "n:r:tcp:qov:i:D:l:s:T:f:m:"
_TEXT = 400  # characters of a command or query that are shown


class _Names:
    """The names that are bound, for IPython's expansion of command lines."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._calls.scope.find(name) is not None


class Commands:
    """Follows what IPython and shells are told to do."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.sites: dict[int, Command] = {}  # of the calls of `get_ipython()`, by their nodes
        self._connection: str | None = None  # of the magics for SQL

    def of_shell(self, node: ast.Call) -> Value | None:
        """Return what a magic or `!` line gives, None for a call that is none."""
        command = self.sites.get(id(node))
        if command is None:
            return None
        if command.kind in ("system", "output"):
            return self._line(node, command.line, "!")
        if command.kind in ("line", "cell"):
            return self._magic(node, command)
        return UNKNOWN

    def of_python(
        self, node: ast.Call, name: str, arguments: Sequence[Value], keywords: dict[str, Value]
    ) -> Value | None:
        """Return what a function that runs a command line gives, None for another function."""
        if name not in shell.runners():
            return None
        value = arguments[0] if arguments else keywords.get("args", keywords.get("cmd", UNKNOWN))
        found = elements(value) if value.items is not None else None
        written = shown(node)
        if found is not None:
            row = tuple(str(pieces(part)[0]) for part in found)
            self._simple(node, shell.Simple(shell._plain(row)), None, written, 0)
            return UNKNOWN
        for text in value.texts:
            for _, line in shell.lines(text):
                for simple in shell.commands(line):
                    self._simple(node, simple, None, written, 0)
        return UNKNOWN

    # ---- command lines

    def _line(self, node: ast.Call, line: str, mark: str, offset: int = 0) -> Value:
        """Follow one command line as IPython expands it."""
        texts = self._expanded(line)
        raw = shell.commands(line)
        for text in texts:
            simples = shell.commands(text)
            for index, simple in enumerate(simples):
                as_written = raw[index] if len(raw) == len(simples) else None
                self._simple(node, simple, as_written, f"{mark}{line.strip()}", offset)
        listed = [
            simple
            for text in texts
            for simple in shell.commands(text)
            if simple.words[:1] == ("ls",)
        ]
        patterns = [
            word for simple in listed for word in simple.words[1:] if not word.startswith("-")
        ]
        return Value(each=constant(*patterns)) if patterns and "|" not in line else UNKNOWN

    def _expanded(self, line: str) -> tuple[str, ...]:
        code = expand.expression(line, _Names(self._calls))
        try:
            tree = ast.parse(code, mode="eval")
        except (SyntaxError, ValueError):
            return (line,)
        self._calls.trees.append(tree)
        return self._calls.evaluate(tree.body).texts or (line,)

    def _simple(
        self,
        node: ast.Call,
        simple: shell.Simple,
        raw: shell.Simple | None,
        written: str,
        offset: int,
    ) -> None:
        for found in shell.moved(simple):
            location = found.place
            if (
                raw is not None
                and len(raw.words) == len(simple.words)
                and found.place in simple.words
            ):
                location = raw.words[simple.words.index(found.place)]
            direction: Direction = "write" if found.direction == "write" else "read"
            use = Use(
                key=id(node),
                direction=direction,
                cell=self._calls.cell,
                line=node.lineno + offset,
                call=f"!{found.name}" if written.startswith(("!", "%")) else found.name,
                kind=found.kind,
                format=found.format,
                location=location.replace(HOLE, "?"),
                places=(found.place,),
            )
            use = self._calls.keep(use)
            folder = self._calls.folder
            use.saves = tuple(below(folder, text) for text in found.saves if HOLE not in text)
            use.unpacks = None if found.unpacks is None else below(folder, found.unpacks)
            use.fetches, use.folds = found.fetches, found.folds
            use.shown = " ".join(written.split())[:_TEXT]

    # ---- magics

    def _magic(self, node: ast.Call, command: Command) -> Value:
        row = shell.magics().get(command.name)
        does = row["does"] if row else ""
        line, body = command.line, command.body
        if does == "folder":
            self._calls.change_folder(self._folder(line))
        elif does == "variable":
            self._variable(line)
        elif does == "shell":
            return self._script(node, command)
        elif does == "write":
            self._written(node, line)
        elif does == "query":
            return self._query(node, command, row or {})
        elif does == "python":
            self._python(node, body or without_options(line, _TIMING), 1 if body else 0)
        return UNKNOWN

    def _folder(self, line: str) -> Value:
        place = line.strip().removeprefix("-q").strip()
        if len(place) > 1 and place[0] == place[-1] and place[0] in "\"'":
            place = place[1:-1]
        return constant(*self._expanded(place.replace("\\ ", " ") or "~"))

    def _variable(self, line: str) -> None:
        name, separator, value = line.strip().partition("=" if "=" in line else " ")
        if separator:
            self._calls.environ[name.strip()] = constant(*self._expanded(value.strip()))

    def _script(self, node: ast.Call, command: Command) -> Value:
        if command.kind == "line":
            return self._line(node, command.line, "!")
        for number, line in shell.lines(command.body):
            for simple in shell.commands(line):
                self._simple(node, simple, simple, f"%%{command.name} {line.strip()}", number + 1)
        return UNKNOWN

    def _written(self, node: ast.Call, line: str) -> None:
        paths = [word for word in words(line) if word not in ("-a", "--append")]
        for text in self._expanded(paths[0]) if paths else ():
            use = Use(
                id(node),
                "write",
                self._calls.cell,
                node.lineno,
                "%%writefile",
                "file",
                "",
                paths[0],
                (text,),
            )
            self._calls.keep(use)

    def _python(self, node: ast.Call, code: str, offset: int) -> None:
        """Follow Python code that a magic measures."""
        try:
            tree = ast.parse(code)
        except (SyntaxError, ValueError):
            return
        ast.increment_lineno(tree, node.lineno - 1 + offset)
        self._calls.trees.append(tree)
        self._calls.run(tree.body)

    # ---- queries

    def _query(self, node: ast.Call, command: Command, row: dict[str, str]) -> Value:
        head = words(command.line)
        connection = next((word for word in head if is_url(word)), None)
        if connection is not None:
            self._connection = self._expanded(connection)[0]
        query = command.body or command.line
        if not command.body and connection is not None:
            query = command.line.partition(connection)[2]
        tables = queries.tables(query)
        way = queries.direction(query) if query.strip() else "read" if connection else None
        if way is None:
            return UNKNOWN
        named = (self._connection,) if self._connection else ()
        places = tables if row.get("tables") else named
        use = self._calls.keep(
            Use(
                id(node),
                way,
                self._calls.cell,
                node.lineno,
                f"%{'%' if command.kind == 'cell' else ''}{command.name}",
                "database",
                row.get("format", "sql"),
                " ".join(query.split())[:_TEXT] or command.line,
                places,
            )
        )
        use.via = query.strip()
        names = [word for word in head if word.isidentifier()] if command.kind == "cell" else []
        result = Value(uses=(use,))
        if names:
            use.variable = names[0]
            self._calls.scope.bind(names[0], result)
        return result
