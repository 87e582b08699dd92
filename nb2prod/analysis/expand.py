"""Statements that mean other statements: the main guard and `exec` of a literal."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import libcst as cst

from nb2prod.analysis.tree import walk
from nb2prod.model import CstStatement, Statement

_MAIN_GUARD = ast.dump(ast.parse("__name__ == '__main__'", mode="eval").body)


def expand(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield the statements with those replaced that the notebook runs as something plainer.

    In a notebook `__name__` is "__main__", so the guard's body always runs.
    """
    for statement in statements:
        node = statement.node
        if isinstance(node, ast.If) and not node.orelse and ast.dump(node.test) == _MAIN_GUARD:
            yield from expand(_guarded(statement, node))
        elif (text := _executed_text(node)) is not None:
            yield from expand(_parsed(statement, text))
        else:
            yield _without_eval(statement)


class _Evaluated(cst.CSTTransformer):
    """Replaces `eval("a + b")` by `(a + b)`."""

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        match updated_node:
            case cst.Call(
                func=cst.Name(value="eval"), args=[cst.Arg(value=cst.SimpleString() as text)]
            ):
                try:
                    return cst.parse_expression(f"({str(text.evaluated_value).strip()})")
                except cst.ParserSyntaxError:
                    return updated_node
        return updated_node


def _without_eval(statement: Statement) -> Statement:
    """Return the statement with literals that it evaluates written out."""
    calls = (part for part in walk(statement.node) if isinstance(part, ast.Call))
    if not any(isinstance(c.func, ast.Name) and c.func.id == "eval" for c in calls):
        return statement
    tree = statement.tree.visit(_Evaluated())
    assert isinstance(tree, cst.SimpleStatementLine | cst.BaseCompoundStatement)
    (node,) = ast.parse(cst.Module([tree]).code).body
    return replace(statement, node=node, tree=tree)


def _guarded(statement: Statement, node: ast.If) -> Sequence[Statement]:
    tree = statement.tree
    if not isinstance(tree, cst.If):
        return [statement]
    parts = tuple(_simple_statements(tree.body.body))
    if len(parts) != len(node.body):
        return [statement]
    first, *rest = parts
    first = first.with_changes(leading_lines=(*tree.leading_lines, *first.leading_lines))
    return [
        Statement(statement.origin, inner, part)
        for inner, part in zip(node.body, (first, *rest), strict=True)
    ]


def _simple_statements(body: Iterable[cst.CSTNode]) -> Iterator[CstStatement]:
    """Yield each statement of a block on a line of its own."""
    for part in body:
        if isinstance(part, cst.SimpleStatementLine) and len(part.body) > 1:
            for index, small in enumerate(part.body):
                alone = small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
                line = cst.SimpleStatementLine([alone])
                if index == 0:
                    line = line.with_changes(leading_lines=part.leading_lines)
                yield line
        elif isinstance(part, cst.BaseSmallStatement):
            yield cst.SimpleStatementLine([part.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)])
        else:
            assert isinstance(part, cst.SimpleStatementLine | cst.BaseCompoundStatement)
            yield part


def _executed_text(node: ast.stmt) -> str | None:
    match node:
        case ast.Expr(
            value=ast.Call(func=ast.Name(id="exec"), args=[ast.Constant(value=str(text))])
        ):
            try:
                ast.parse(text)
            except (SyntaxError, ValueError):
                return None
            return text
    return None


def _parsed(statement: Statement, text: str) -> list[Statement]:
    nodes = ast.parse(text).body
    parts = tuple(_simple_statements(cst.parse_module(text).body))
    if len(parts) != len(nodes):
        return [statement]
    return [Statement(statement.origin, n, p) for n, p in zip(nodes, parts, strict=True)]


# Importing these does something that a reader of a notebook would notice.
_NOISY_MODULES = frozenset({"this", "antigravity", "idlelib", "__main__"})


def without_stars(statements: Sequence[Statement]) -> Iterator[Statement]:
    """Replace `from x import *` by the names that the program uses, where x is a standard module.

    Other modules would have to be imported to know; their star stays.
    """
    used = {
        part.id
        for statement in statements
        for part in walk(statement.node)
        if isinstance(part, ast.Name)
    }
    for statement in statements:
        node = statement.node
        if not isinstance(node, ast.ImportFrom) or node.names[0].name != "*" or node.level:
            yield statement
            continue
        names = sorted(_public_names(node.module or "") & used)
        if names:
            yield from _parsed(statement, f"from {node.module} import {', '.join(names)}\n")
        else:
            yield statement


def _public_names(module: str) -> frozenset[str]:
    root = module.split(".")[0]
    if root not in sys.stdlib_module_names or root in _NOISY_MODULES:
        return frozenset()
    try:
        found = importlib.import_module(module)
    except ImportError:
        return frozenset()
    names = getattr(found, "__all__", None) or (n for n in vars(found) if not n.startswith("_"))
    return frozenset(names)
