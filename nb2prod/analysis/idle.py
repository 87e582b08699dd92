"""The stage of a cell that runs nothing in the package: what it is there for all the same."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable

import libcst as cst

from nb2prod.analysis import names
from nb2prod.analysis.stages import cell_stage, describe
from nb2prod.model import Cell, LeftOut, Origin, Program, Stage, Statement

_DOES = (ast.Assign, ast.AugAssign, ast.Import, ast.ImportFrom, ast.For, ast.If, ast.With)
_NO_CODE = cst.SimpleStatementLine([cst.Pass()])


def idle_stage(left_out: Iterable[LeftOut]) -> Stage:
    """Return what a cell is about whose code is all left out.

    Code in comments is about what it would do; what only serves a live session (`%matplotlib`, an
    installation) sets it up; of code in another language, or that does not parse, nothing is known.
    """
    pieces = [piece.code.strip() for piece in left_out]
    stages = [
        _stage_of_comment(piece) if piece.startswith("#") else _served(piece) for piece in pieces
    ]
    return next((stage for stage in stages if stage != "other"), "other")


def _served(code: str) -> Stage:
    line_magic = code.startswith(("%", "!")) and not code.startswith("%%")
    return "setup" if line_magic or _parsed(code) else "other"


def _stage_of_comment(text: str) -> Stage:
    code = textwrap.dedent("\n".join(line.lstrip().removeprefix("#") for line in text.split("\n")))
    body = _parsed(code) or _parsed("\n".join(line for line in code.split("\n") if _parsed(line)))
    if not any(isinstance(node, _DOES) or _calls(node) for node in body):
        return "other"
    statements = [
        Statement(Origin(0, node.lineno, node.end_lineno or node.lineno), node, _NO_CODE)
        for node in body
    ]
    program = Program("", (Cell(0, "code", code),), tuple(statements))
    facts = describe(program, statements, [names.of(node) for node in body])
    return cell_stage(facts, statements)


def _calls(node: ast.stmt) -> bool:
    shown = node.value if isinstance(node, ast.Expr) else None
    return isinstance(shown, ast.Call | ast.Subscript | ast.Attribute)


def _parsed(code: str) -> list[ast.stmt]:
    try:
        return ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
