"""Code that is commented out: tried and given up, or to be switched on by hand."""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from collections.abc import Iterator

from nb2prod.model import Analysis, Cell, Origin, Question

_COST, _COST_OF_DECISION = 25, 40
_DECISION = re.compile(
    r"\b(fit|drop|dropna|fillna|merge|concat|read_\w+|sample|query)\b|\w\s*=\s*\w"
)
_SHOWS = re.compile(r"^\s*(print|display|plt\.|sns\.|\w+\.(head|info|describe|plot|shape)\b|[!%])")
_WHY = "Who takes over cannot tell whether it was tried and rejected, or is needed now and then."


def found(analysis: Analysis) -> Iterator[Question]:
    """Yield a question for each cell with lines of code in comments, those that only show aside."""
    for cell in analysis.program.cells:
        if cell.kind != "code":
            continue
        blocks = [block for block in _blocks(cell) if _is_code(block[1])]
        if not blocks:
            continue
        line, code = blocks[0]
        lines = (text.strip() for text in code.split("\n"))
        first = next(text for text in lines if text and not text.startswith("#"))[:80]
        more = f" (and {len(blocks) - 1} more pieces in the cell)" if len(blocks) > 1 else ""
        text = f"Why is `{first}` commented out{more}?"
        digest = hashlib.sha256("\n".join(code for _, code in blocks).encode()).hexdigest()[:8]
        decides = any(_DECISION.search(code) for _, code in blocks)
        cost = _COST_OF_DECISION if decides else _COST
        yield Question(f"commented-{digest}", text, _WHY, Origin(cell.index, line, line), cost)


def _blocks(cell: Cell) -> Iterator[tuple[int, str]]:
    """Yield the runs of whole-line comments of a cell, with the line on which each starts."""
    start, lines = 0, list[str]()
    for number, line in enumerate([*cell.source.split("\n"), ""], 1):
        if re.match(r"\s*#(?!!|\s*%%|\s*(noqa|type:|pylint|pragma))", line):
            if not lines:
                start = number
            lines.append(re.sub(r"^\s*#+ ?", "", line))
        elif lines:
            yield start, "\n".join(lines)
            lines = []


def _is_code(text: str) -> bool:
    """Return whether a comment parses as statements that compute something."""
    kept = "\n".join(line for line in text.split("\n") if not _SHOWS.match(line))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            body = ast.parse(kept).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(body) and any(_computes(node) for node in body)


def _computes(node: ast.stmt) -> bool:
    match node:
        case ast.Assign() | ast.AugAssign() | ast.For() | ast.If() | ast.FunctionDef():
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute() | ast.Name())):
            return True
    return False
