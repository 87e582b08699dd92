"""Which library calls the notebook makes, as far as its imports and arguments show it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nb2prod.analysis.tree import walk
from nb2prod.model import Program


@dataclass(frozen=True, slots=True)
class Use:
    """A name that is read or called: qualified through its import, or `.method` of something.

    `.str.split` of something is there both as that and as `.split`.
    """

    name: str
    cell: int
    keywords: Mapping[str, object] = field(default_factory=dict)  # constants, else True
    args: int = 0
    first: str = ""  # the first argument, when it is a string
    valued: bool = False  # something is done with what it returns


class Usage:
    """All uses of a notebook in its order, found by name or by the package of the name."""

    def __init__(self, program: Program) -> None:
        self._by_name: dict[str, list[Use]] = {}
        aliases: dict[str, str] = {}
        for statement in program.statements:
            nodes = list(walk(statement.node))
            cell = statement.origin.cell
            for name, target in _imports(nodes):
                aliases[name] = target
                self._add(Use(target, cell))
            for use in _read(nodes, aliases, cell):
                self._add(use)

    def _add(self, use: Use) -> None:
        name = use.name
        while name:
            self._by_name.setdefault(name, []).append(use)
            name = name.rpartition(".")[0]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def first(self, row: Mapping[str, Any]) -> Use | None:
        """Find the first use that a row of the table is about."""
        if row.get("beside") and row["beside"] not in self:
            return None
        found = (u for name in row["names"] for u in self._by_name.get(name, ()) if _fits(u, row))
        return min(found, key=lambda use: use.cell, default=None)


def _fits(use: Use, row: Mapping[str, Any]) -> bool:
    if use.args < row.get("args", 0) or not use.first.startswith(row.get("first", "")):
        return False
    if not use.first.lower().endswith(row.get("last", "")):
        return False
    if "unless" in row and use.first.startswith(row["unless"]):
        return False
    if "pattern" in row and not re.search(row["pattern"], use.first):
        return False
    if use.keywords.keys() & set(row.get("without", ())) or use.valued < row.get("valued", False):
        return False
    wanted: Mapping[str, object] = row.get("keywords", {})
    return all(
        name in use.keywords and (value is True or use.keywords[name] == value)
        for name, value in wanted.items()
    )


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _read(nodes: Iterable[ast.AST], aliases: Mapping[str, str], cell: int) -> Iterator[Use]:
    nodes = list(nodes)
    idle = {id(node) for node in _idle(nodes)}
    for node in nodes:
        if isinstance(node, ast.Call):
            valued = id(node) not in idle
            for name in _named(node.func, aliases):
                yield Use(name, cell, _keywords(node), len(node.args), _first(node), valued)
        elif isinstance(node, ast.Attribute):
            for name in _named(node, aliases):
                yield Use(name, cell)


def _idle(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Give the expressions whose value is not used, or may not be."""
    for node in nodes:
        if isinstance(node, ast.Expr):
            yield node.value
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            yield node.elt
        elif isinstance(node, ast.Lambda | ast.IfExp):
            yield node.body
            yield from [node.orelse] if isinstance(node, ast.IfExp) else []


def _named(node: ast.expr, aliases: Mapping[str, str]) -> Iterator[str]:
    name = _qualified(node, aliases)
    if name:
        yield name
    if name.startswith(".") and isinstance(node, ast.Attribute):
        yield from [f".{node.value.attr}{name}"] if isinstance(node.value, ast.Attribute) else []


def _qualified(node: ast.expr, aliases: Mapping[str, str]) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name) and node.id in aliases:
        return ".".join([aliases[node.id], *reversed(parts)])
    return f".{parts[0]}" if parts else ""


def _keywords(call: ast.Call) -> dict[str, object]:
    return {
        keyword.arg: keyword.value.value if isinstance(keyword.value, ast.Constant) else True
        for keyword in call.keywords
        if keyword.arg
    }


def _first(call: ast.Call) -> str:
    argument = call.args[0] if call.args else None
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return ""
