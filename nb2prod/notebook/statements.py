"""A cell's code as statements: each an AST node to analyse, and a LibCST tree to write."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

import libcst as cst

from nb2prod.model import CstStatement, LeftOut, Origin, Statement
from nb2prod.notebook.code import Code
from nb2prod.notebook.comments import Lines, put_below, trimmed

_Pair = tuple[ast.stmt, CstStatement, bool]  # the last: ended by a semicolon


def statements(code: Code, show_all: bool = False) -> tuple[list[Statement], list[LeftOut]]:
    """The statements of a cell, and the parts of it that are never run.

    `show_all`: the notebook displays every expression, not only a cell's last one.
    """
    if code.tree is None or not code.tree.body:
        return [], _only_comments(code)
    pairs, never = _opened(_pairs(code))
    origins = [_origin(code, node) for node, _, _ in pairs]
    left_out = [_never(code, node) for node in never]
    code.text.relocate(code.tree)
    last = max((part.origin.end_line for part in code.left_out), default=0)
    shown = [
        isinstance(node, ast.Expr)
        and not silent
        and (show_all or (node is pairs[-1][0] and origin.end_line > last))
        and origin.line not in code.hidden
        for origin, (node, _, silent) in zip(origins, pairs, strict=True)
    ]
    return [
        Statement(origin, node, tree, show)
        for origin, (node, tree, _), show in zip(origins, pairs, shown, strict=True)
    ], left_out


def _only_comments(code: Code) -> list[LeftOut]:
    lines = [line for line in code.text.lines if line.strip()]
    if not lines or code.tree is None:
        return []
    origin = code.text.origin(code.cell, 0, len(code.text.lines) - 1)
    return [LeftOut(origin, str(code.text).strip("\n"), "only comments")]


def _origin(code: Code, node: ast.stmt) -> Origin:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return code.text.origin(code.cell, first - 1, (node.end_lineno or node.lineno) - 1)


def _pairs(code: Code) -> list[_Pair]:
    assert code.tree is not None
    nodes = code.tree.body
    try:
        module = cst.parse_module(str(code.text))
        trees = list(_flat(module.body))
    except (cst.ParserSyntaxError, cst.CSTValidationError):
        trees = []
    if len(trees) != len(nodes):
        return [(node, _written(node), False) for node in nodes]
    pairs = [(node, tree, silent) for node, (tree, silent) in zip(nodes, trees, strict=True)]
    return _with_comments(pairs, trimmed(module.header), trimmed(module.footer))


def _written(node: ast.stmt) -> CstStatement:
    """A tree of code that LibCST cannot read as it is written: its comments are lost."""
    return cst.parse_statement(ast.unparse(node))


def _opened(pairs: list[_Pair]) -> tuple[list[_Pair], list[ast.stmt]]:
    """`if __name__ == "__main__":` is true in a notebook, and false in a package's module."""
    opened: list[_Pair] = []
    never: list[ast.stmt] = []
    for node, tree, silent in pairs:
        if not (_is_main_guard(node) and isinstance(node, ast.If) and isinstance(tree, cst.If)):
            opened.append((node, tree, silent))
            continue
        trees = list(_flat(_lines_of(tree)))
        inner = [(n, t, s) for n, (t, s) in zip(node.body, trees, strict=True)]
        opened += _with_comments(
            inner,
            trimmed(tree.leading_lines),
            trimmed(tree.body.footer) if isinstance(tree.body, cst.IndentedBlock) else (),
        )
        never += node.orelse
    return opened, never


def _is_main_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in (
        "__name__ == '__main__'",
        "'__main__' == __name__",
    )


def _lines_of(tree: cst.If) -> Sequence[cst.BaseStatement]:
    if isinstance(tree.body, cst.IndentedBlock):
        return tree.body.body
    suite = cst.ensure_type(tree.body, cst.SimpleStatementSuite)
    return [cst.SimpleStatementLine(suite.body, (), suite.trailing_whitespace)]


def _never(code: Code, node: ast.stmt) -> LeftOut:
    return LeftOut(_origin(code, node), ast.unparse(node), "never runs in a notebook")


def _with_comments(pairs: list[_Pair], above: Lines, below: Lines) -> list[_Pair]:
    node, tree, silent = pairs[0]
    lines = (*above, *tree.leading_lines)
    pairs[0] = (node, tree.with_changes(leading_lines=_from_first_comment(lines)), silent)
    node, tree, silent = pairs[-1]
    pairs[-1] = (node, put_below(tree, below), silent)
    return pairs


def _from_first_comment(lines: Sequence[cst.EmptyLine]) -> Sequence[cst.EmptyLine]:
    start = next((i for i, line in enumerate(lines) if line.comment), len(lines))
    return lines[start:]


def _flat(body: Sequence[Any]) -> Iterator[tuple[CstStatement, bool]]:
    """The statements one by one: `a = 1; b = 2` are two."""
    for tree in body:
        if not isinstance(tree, cst.SimpleStatementLine) or len(tree.body) == 1:
            silent = isinstance(tree, cst.SimpleStatementLine) and _is_ended(tree.body[-1])
            yield (_unended(tree) if silent else tree), silent
            continue
        for place, part in enumerate(tree.body):
            first, last = place == 0, place == len(tree.body) - 1
            single = cst.SimpleStatementLine(
                [part],
                tree.leading_lines if first else (),
                tree.trailing_whitespace if last else cst.TrailingWhitespace(),
            )
            yield _unended(single), _is_ended(part) and last


def _is_ended(part: cst.BaseSmallStatement) -> bool:
    return isinstance(part.semicolon, cst.Semicolon)


def _unended(tree: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
    part = tree.body[0].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
    return tree.with_changes(body=[part])
