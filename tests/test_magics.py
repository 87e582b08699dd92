"""Cells as statements: each case in cases/read is a notebook, `# output`, and what is read."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest

from nb2prod.model import Origin, Program, Statement
from nb2prod.notebook.read import read

CASES = sorted((Path(__file__).parent / "cases" / "read").glob("*.txt"))


def notebook(text: str) -> bytes:
    """Code cells, each below a line `# %%`."""
    sources = [part.strip("\n") for part in text.split("# %%\n")[1:]]
    return json.dumps({"cells": [{"cell_type": "code", "source": s} for s in sources]}).encode()


def place(origin: Origin | None) -> str:
    if origin is None:
        return ""
    last = f"-{origin.end_line}" if origin.end_line > origin.line else ""
    return f"{origin.cell}:{origin.line}{last}"


def code(statement: Statement) -> str:
    return cst.Module([statement.tree]).code


def described(program: Program) -> Iterator[str]:
    """The program as text: what is read of each cell, what is left out, and what is said of it."""
    for statement in program.statements:
        yield f"# {place(statement.origin)}{' displayed' if statement.display else ''}"
        yield code(statement).rstrip("\n")
    for part in program.left_out:
        yield f"# {place(part.origin)} left out: {without_wording(part.reason)}"
        yield part.code
    for requirement in program.requirements:
        yield f"# requires {requirement.name}{requirement.specifier} ({requirement.reason})"
    for found in program.diagnostics:
        yield f"# {found.code} {place(found.origin)} {without_wording(found.message)}".rstrip()


def without_wording(text: str) -> str:
    """The words for a syntax error are each Python version's own."""
    return text.partition(": ")[0] if "does not parse" in text else text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_cells_are_read_as_the_case_says(case: Path) -> None:
    given, _, expected = case.read_text(encoding="utf-8").partition("# output\n")
    assert "\n".join(described(read(notebook(given)))) + "\n" == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_tree_and_node_of_a_statement_are_the_same_code(case: Path) -> None:
    given = case.read_text(encoding="utf-8").partition("# output\n")[0]
    for statement in read(notebook(given)).statements:
        (node,) = ast.parse(code(statement)).body
        assert ast.dump(node) == ast.dump(statement.node)
        assert "get_ipython" not in code(statement)


def test_comments_below_a_cell_keep_their_place_in_a_function_and_through_a_transformer() -> None:
    sources = ["a = 1\n# one", "if a:\n    b = 2\n# two"]
    body = [s.tree for s in read(notebook("".join(f"# %%\n{s}\n" for s in sources))).statements]
    function = cst.FunctionDef(cst.Name("f"), cst.Parameters(), cst.IndentedBlock(body))
    module = cst.Module([function]).visit(cst.CSTTransformer())
    assert module.code == ("def f():\n    a = 1\n    # one\n    if a:\n        b = 2\n    # two\n")
