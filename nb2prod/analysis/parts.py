"""The simple statements and headers that a statement consists of, each with the calls in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from nb2prod.analysis.values import Call, Reading

_Body = list[ast.stmt]


@dataclass(frozen=True, slots=True)
class Part:
    """A simple statement, or the header of a compound one (`node` is then what the header evaluates)."""

    node: ast.AST
    calls: tuple[Call, ...] = ()
    inside: bool = False  # of a function or class: not run where it stands
    framed: bool = False  # assigns to or from a frame, column or array


@dataclass(slots=True)
class _Owners:
    """Which part an expression belongs to."""

    parts: list[tuple[ast.AST, bool]] = field(default_factory=list)
    part_of: dict[int, int] = field(default_factory=dict)

    def add(self, node: ast.AST, inside: bool) -> None:
        position = len(self.parts)
        self.parts.append((node, inside))
        for inner in ast.walk(node):
            self.part_of[id(inner)] = position


def split(node: ast.stmt, reading: Reading) -> list[Part]:
    """Return the parts of a statement in source order."""
    owners = _Owners()
    for part, inside in _simple(node, False):
        owners.add(part, inside)
    calls: list[list[Call]] = [[] for _ in owners.parts]
    for call in reading.calls:
        position = owners.part_of.get(id(call.node))
        if position is not None:
            calls[position].append(call)
    return [
        Part(part, tuple(found), inside, id(part) in reading.framed)
        for (part, inside), found in zip(owners.parts, calls, strict=True)
    ]


def _simple(node: ast.stmt, inside: bool) -> Iterator[tuple[ast.AST, bool]]:
    """Yield simple statements and the expressions in the headers of compound ones."""
    stack: list[tuple[ast.AST, bool]] = [(node, inside)]
    while stack:
        current, within = stack.pop()
        blocks = list(_blocks(current))
        if not blocks:
            yield current, within
            continue
        for header in _headers(current):
            yield header, within
        within = within or isinstance(
            current, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        )
        stack.extend((inner, within) for inner in reversed([s for b in blocks for s in b]))


def _blocks(node: ast.AST) -> Iterator[_Body]:
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block


def _headers(node: ast.AST) -> Iterator[ast.AST]:
    for name in ("iter", "test", "subject"):
        header = getattr(node, name, None)
        if isinstance(header, ast.expr):
            yield header
    if isinstance(node, ast.With | ast.AsyncWith):
        yield from node.items
