"""What only a live session has: displays of every expression, imports nobody wrote, its host."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

import libcst as cst

from nb2prod.model import Diagnostic, LeftOut, Origin, Statement
from nb2prod.notebook import colab
from nb2prod.notebook.code import Code
from nb2prod.notebook.scope import IMPORTS, Scope, bindings

_INTERACTIVITY = "ast_node_interactivity"
_SHELL = "get_ipython"
_DISPLAY = "display"
_DISPLAY_CALL = "display("


def displays(codes: Sequence[Code]) -> Iterator[bool]:
    """For each cell: does the session display all its expressions, not only the last?"""
    every = False
    for code in codes:
        yield every
        for line in code.source.split("\n") if _INTERACTIVITY in code.source else ():
            if _INTERACTIVITY in line and not line.lstrip().startswith("#"):
                every = '"all"' in line or "'all'" in line


def with_imports(
    cells: Sequence[Sequence[Statement]], codes: Sequence[Code], scope: Scope
) -> list[Statement]:
    """All statements, and before the first that needs it each import that translations need.

    IPython gives every notebook `display`; a package has to import it.
    """
    body: list[Statement] = []
    known: set[str] = set()
    for found, code in zip(cells, codes, strict=True):
        wanted = [name for name in IMPORTS if name in code.imports]
        if _DISPLAY_CALL in code.source and _DISPLAY not in scope.bindings:
            wanted.append(_DISPLAY)
        for statement in found:
            for name in [name for name in wanted if _reads(statement.node, scope.alias(name))]:
                if name not in known and not _is_imported(name, body):
                    body.append(_import(scope.statement(name), statement.origin))
                known.add(name)
            body.append(statement)
    return body


def _reads(node: ast.stmt, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def _is_imported(name: str, body: Sequence[Statement]) -> bool:
    """Does the notebook itself import it, before?"""
    return any(
        (name, IMPORTS[name]) in bindings(statement.node)
        for statement in body
        if isinstance(statement.node, ast.Import | ast.ImportFrom)
    )


def _import(text: str, origin: Origin) -> Statement:
    node = ast.parse(text).body[0]
    for part in ast.walk(node):
        if isinstance(part, ast.stmt | ast.alias):
            part.lineno, part.end_lineno = origin.line, origin.line
    tree = cst.ensure_type(cst.parse_statement(text), cst.SimpleStatementLine)
    return Statement(replace(origin, end_line=origin.line), node, tree)


def without_hosts(
    body: Sequence[Statement],
) -> tuple[list[Statement], list[LeftOut], list[Diagnostic]]:
    """The statements without those that only set up the session or its host."""
    left_out = [LeftOut(s.origin, ast.unparse(s.node), why) for s in body if (why := _idle(s.node))]
    rest = [statement for statement in body if not _idle(statement.node)]
    rest, services, diagnostics = colab.without_services(rest)
    return rest, [*left_out, *services], diagnostics


def _idle(node: ast.stmt) -> str:
    """Why a statement does nothing outside of a session, or ""."""
    if isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Attribute) and target.attr == _INTERACTIVITY
        for target in node.targets
    ):
        return "sets how a live notebook displays"
    if isinstance(node, ast.ImportFrom) and [item.name for item in node.names] == [_SHELL]:
        return "nothing is left that calls it"
    return ""
