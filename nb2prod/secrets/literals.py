"""Texts that stand in Python code: literals, literals added up, f-strings."""

from __future__ import annotations

import ast
from collections.abc import Iterator

HOLE = "\ue000"  # stands for an expression within an f-string


def literals(tree: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Yield literals, none within another, and their texts; prose and patterns are left out."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.pattern) or is_prose(node):
            continue
        text = text_of(node)
        if text is not None and isinstance(node, ast.expr):
            yield node, text
        if isinstance(node, ast.JoinedStr):
            todo.extend(part for part in node.values if not isinstance(part, ast.Constant))
        elif text is None:
            todo.extend(ast.iter_child_nodes(node))


def is_prose(node: ast.AST) -> bool:
    """Say whether a node is a text of no use: a docstring, a comment in quotes."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def text_of(node: ast.AST) -> str | None:
    """Return the text of a literal, or of literals added up; bytes as ASCII, holes in f-strings."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=bytes(data)):
            return data.decode("ascii", "replace")
        case ast.JoinedStr(values=parts):
            return "".join(text_of(part) or HOLE for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = text_of(left), text_of(right)
            return None if first is None or second is None else first + second
    return None
