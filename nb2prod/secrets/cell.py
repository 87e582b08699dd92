"""A code cell's parts: its Python, its command lines, and what is neither."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nb2prod.secrets.patterns import Match, apart
from nb2prod.secrets.placeholder import lookup
from nb2prod.secrets.python import Site, sites
from nb2prod.secrets.rewrite import Secrets, Span, rewritten
from nb2prod.secrets.shell import with_variables
from nb2prod.secrets.texts import found_in
from nb2prod.secrets.words import can_be, promise

_CELL = re.compile(r"\s*%%(\w+|!)")
_PYTHON = frozenset(
    {"time", "timeit", "capture", "prun", "memit", "mprun", "python", "python3", "script", "pypy"}
)
_SHELL = frozenset({"bash", "sh", "script", "system", "sx", "cmd", "!"})
_COMMAND = re.compile(r"^(\s*(?:[\w, .\[\]'\"]+=\s*)?)(!!?|%(?!%))(.*)$", re.S)
_TIMED = re.compile(r"^(\s*%(?:time|timeit|prun|memit)\s+(?:-\w+\s*\d*\s+)*)(.*)$", re.S)
_ENV = re.compile(r"^\s*%(?:set_)?env\s+(?P<name>\w+)(?:\s*=\s*|\s+)(?P<value>.+?)\s*$", re.S)
_ASSIGNED = re.compile(
    r"(?:^|[\s;&|])(?:export\s+|set\s+|-e\s+|--env[= ])?"
    r"(?P<name>[A-Za-z_]\w*)=(?P<q>[\"']?)(?P<value>[^\s\"';&|$]+)(?P=q)"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A secret in a cell: the line from 1, and where it is to be put out of the text."""

    line: int
    value: str
    kind: str
    variable: str


@dataclass(frozen=True)
class CellCode:
    """A cell as one text; `commands` are lines (from 0) of IPython's own, first and last."""

    source: str
    tree: ast.Module | None
    commands: tuple[tuple[int, int], ...] = ()

    @property
    def lines(self) -> list[str]:
        return self.source.split("\n")


def understood(source: str) -> CellCode:
    """Return the parts of a cell's source; without a tree where it is no Python."""
    magic = _CELL.match(source)
    lines = source.split("\n")
    if magic and magic[1] not in _PYTHON:
        shell = magic[1] in _SHELL and len(lines) > 1
        return CellCode(source, None, ((1, len(lines) - 1),) if shell else ())
    if magic:
        lines[0] = ""
    tree = _parsed("\n".join(lines))
    if tree is not None:
        return CellCode(source, tree)
    commands = tuple(_commands(lines))
    for first, last in commands:
        indent = re.match(r"\s*", lines[first])
        lines[first : last + 1] = [f"{indent[0] if indent else ''}pass"] + [""] * (last - first)
    return CellCode(source, _parsed("\n".join(lines)), commands)


def _parsed(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _commands(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    row = 0
    while row < len(lines):
        first = row
        if _COMMAND.match(lines[row]):
            while lines[row].endswith("\\") and row + 1 < len(lines):
                row += 1
            yield first, row
        row += 1


def found_in_cell(code: CellCode) -> Iterator[tuple[Found, Site | None]]:
    """Yield the secrets of a cell; with the site of those that stand in a Python literal."""
    if code.tree is not None:
        for site in sites(code.tree, code.source):
            yield Found(site.node.lineno, site.value, site.kind, site.variable), site
        for number, text in _comments(code):
            for match in found_in(text):
                yield Found(number, match.value, match.kind, match.variable), None
    for first, last in code.commands:
        text = "\n".join(code.lines[first : last + 1])
        for match in apart([*found_in(text), *assigned(text)]):
            line = first + 1 + text.count("\n", 0, match.start)
            yield Found(line, match.value, match.kind, match.variable), None
    if code.tree is None:
        for match in found_in(code.source):
            line = 1 + code.source.count("\n", 0, match.start)
            yield Found(line, match.value, match.kind, match.variable), None


def assigned(text: str) -> Iterator[Match]:
    """Yield the secrets that a command line binds: `export API_KEY=...`, `%env API_KEY ...`."""
    for found in (*_ASSIGNED.finditer(text), *_ENV.finditer(text)):
        name, value = found["name"], found["value"].strip("\"'")
        promised = promise(name)
        if can_be(value, promised) and "$" not in value and "{" not in value:
            start = text.index(value, found.start("value"))
            yield Match(start, start + len(value), value, f"{promised} by its name", name.upper())


def _comments(code: CellCode) -> Iterator[tuple[int, str]]:
    """Yield what may be comments or prose, by line: all from the first `#`, and lines of long strings."""
    prose = {
        number
        for node in ast.walk(code.tree or ast.Module([], []))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    for number, line in enumerate(code.lines, start=1):
        if number in prose:
            yield number, line
        elif "#" in line:
            yield number, line[line.index("#") :]


def without_secrets(
    code: CellCode,
    values: Mapping[str, str],
    own: Mapping[int, Sequence[Span]],
    here: Mapping[int, Mapping[str, str]],
) -> str:
    """Return a cell's source that reads secrets from the environment.

    `values` are variables by secret, `own` those of parts of literals by node, `here` those that count
    in the command that starts at a line (from 0) alone.
    """
    source = rewritten(code.source, code.tree, Secrets(values, own)) if code.tree else code.source
    lines = source.split("\n")
    for first, last in code.commands:
        known = {**values, **here.get(first, {})}
        command = _rewritten_command("\n".join(lines[first : last + 1]), known)
        lines[first : last + 1] = command.split("\n")
    return "\n".join(lines)


def _rewritten_command(text: str, values: Mapping[str, str]) -> str:
    if not any(value in text for value in values):
        return text
    if timed := _TIMED.match(text):
        inner = understood(timed[2].strip())
        return timed[1] + (without_secrets(inner, values, {}, {}) if inner.tree else timed[2])
    if set_ := _ENV.match(text):
        indent = text[: len(text) - len(text.lstrip())]
        return f'{indent}{lookup(set_["name"])} = {_python_text(set_["value"], values)}'
    command = _COMMAND.match(text)
    if command and command[2] == "%":
        for value in sorted(values, key=len, reverse=True):
            text = text.replace(value, "{" + lookup(values[value], "'") + "}")
        return text
    if command:
        return command[1] + command[2] + with_variables(command[3], values)
    return with_variables(text, values)


def _python_text(text: str, values: Mapping[str, str]) -> str:
    """Return a text as a Python literal with look-ups in it."""
    source = repr(text.strip())
    return (
        rewritten(source, ast.parse(source), Secrets(values))
        if text.strip() not in values
        else lookup(values[text.strip()])
    )
