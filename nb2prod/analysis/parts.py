"""The simple statements and headers that a statement consists of, each with the calls in it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nb2prod.analysis.values import Call, Reading


@dataclass(frozen=True, slots=True)
class Part:
    """A simple statement, or the header of a compound one (`node` is then what the header evaluates)."""

    node: ast.AST
    nodes: tuple[ast.AST, ...]  # all that it consists of, in the order of `ast.walk`
    calls: tuple[Call, ...] = ()
    binds: frozenset[str] = frozenset()
    framed: bool = False  # assigns to or from a frame, column or array

    def names(self) -> frozenset[str]:
        """Return the names that stand in the part."""
        return frozenset(node.id for node in self.nodes if isinstance(node, ast.Name))

    def variables(self) -> list[str]:
        """Return the names in the part, without the functions that it calls."""
        called = {id(node.func) for node in self.nodes if isinstance(node, ast.Call)}
        names = (node for node in self.nodes if isinstance(node, ast.Name))
        return [name.id for name in names if id(name) not in called]


def split(node: ast.stmt, reading: Reading) -> list[Part]:
    """Return the parts of a statement in source order."""
    simple = [(part, target, tuple(ast.walk(part))) for part, target in _simple(node)]
    calls: list[list[Call]] = [[] for _ in simple]
    part_of = {id(inner): at for at, (_, _, nodes) in enumerate(simple) for inner in nodes}
    for call in reading.calls:
        if id(call.node) in part_of:
            calls[part_of[id(call.node)]].append(call)
    return [
        Part(part, nodes, tuple(found), _bound(nodes, target), id(part) in reading.framed)
        for (part, target, nodes), found in zip(simple, calls, strict=True)
    ]


def _simple(node: ast.stmt) -> Iterator[tuple[ast.AST, ast.AST | None]]:
    """Yield simple statements, and the headers of compound ones with what a loop binds."""
    stack: list[ast.AST] = [node]
    while stack:
        current = stack.pop()
        blocks = list(_blocks(current))
        if not blocks:
            yield current, None
            continue
        yield from _headers(current)
        stack.extend(reversed([inner for block in blocks for inner in block]))


def _blocks(node: ast.AST) -> Iterator[list[ast.AST]]:
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block


def _headers(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | None]]:
    for name in ("iter", "test", "subject"):
        header = getattr(node, name, None)
        if isinstance(header, ast.expr):
            yield header, getattr(node, "target", None)
    if isinstance(node, ast.With | ast.AsyncWith):
        for item in node.items:
            yield item, item.optional_vars


def _bound(nodes: Iterable[ast.AST], target: ast.AST | None) -> frozenset[str]:
    targets = ast.walk(target) if target is not None else ()
    return frozenset(
        inner.id
        for inner in (*nodes, *targets)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    )
