"""Whether the notebook itself says why a statement does what it does."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nb2prod.model import Cell, Origin, Program

_REASON = re.compile(
    r"""\b(because|since|so\sthat|due\sto|reasons?|therefore|otherwise|outliers?|invalid|implausible|
    impossible|unrealistic|errors?|erroneous|wrong|broken|corrupt|agreed|business|policy|rule|law|
    legal|chosen|choose|chose|based\son|according|as\s\w+\s(are|is|were|was)|too\s(few|many|old|small|
    large)|no\slonger|only\sneed|not\sneeded|irrelevant|duplicates?|sentinel|placeholder|typos?)\b""",
    re.I | re.X,
)
_FEW_WORDS = 3  # a comment as long as this on one statement is taken for its reason


def is_explained(program: Program, origin: Origin, mentioned: Iterable[str] = ()) -> bool:
    """Return whether a comment at the statement, or the prose above its cell, gives a reason.

    A text counts that has a word of reasoning, or names one of `mentioned` (a number, a column).
    """
    cells = {cell.index: cell for cell in program.cells}
    comment = _comments(cells[origin.cell], origin)
    if len(re.findall(r"[^\W\d_]+", comment)) >= _FEW_WORDS or _gives_reason(comment, mentioned):
        return True
    return _gives_reason(_prose_above(program, origin.cell), mentioned)


def _gives_reason(text: str, mentioned: Iterable[str]) -> bool:
    named = any(re.search(rf"(?<![\w.]){re.escape(word)}(?![\w.])", text) for word in mentioned)
    return named or bool(_REASON.search(text))


def _comments(cell: Cell, origin: Origin) -> str:
    """Return the comments directly above a statement and at the ends of its lines."""
    lines = cell.source.split("\n")
    found = [line.partition("#")[2] for line in lines[origin.line - 1 : origin.end_line]]
    for line in reversed(lines[: origin.line - 1]):
        if not line.lstrip().startswith("#"):
            break
        found.append(line.strip(" \t#"))
    return " ".join(found)


def _prose_above(program: Program, index: int) -> str:
    """Return the markdown between a code cell and the code cell before it."""
    found: list[str] = []
    for cell in reversed([cell for cell in program.cells if cell.index < index]):
        if cell.kind == "code" and cell.source.strip():
            break
        if cell.kind == "markdown":
            found.insert(0, cell.source)
    return "\n".join(found)
