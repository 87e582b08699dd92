"""Cells that are no Python: kept to the letter, with the place and a likely cause."""

from __future__ import annotations

import re
import sys

from nb2prod.model import Diagnostic, LeftOut, Origin
from nb2prod.notebook.code import Code
from nb2prod.notebook.findings import finding

# What a source or its error looks like, and what its author can do about it.
_CAUSES = (
    (r"^<{7} |^>{7} ", "Resolve the merge conflict in the cell."),
    (r"^\s*print\s+[^(\s]|^\s*exec\s+\S|^\s*except\s+\w+\s*,", "It looks like Python 2."),
    (r"^\s*(>>>|In \[\d)", "Remove the prompts that were pasted with the code."),
    (r"^\s*%%", "A cell magic must stand on the first line of its cell."),
    (r"^\s*(pip|conda|apt-get) install", "Put a % or ! before the command."),
    (r"^\s*(SELECT|WITH|CREATE|INSERT)\s", "It looks like SQL: make it text in a call."),
    (r"^\s*(library\(|\w+\s*<-\s)", "It looks like R: convert an R notebook with other tools."),
    (r"\.\.\.\s*$|<[a-z_ ]+>", "Fill in the gap that the cell leaves."),
    (r"[‘’“”]", "Replace typographic quotes by plain ones."),
)


def quarantine(code: Code) -> tuple[LeftOut, Diagnostic]:
    """The cell as left out, and why."""
    lines = code.source.split("\n")
    error = code.error or SyntaxError("invalid syntax")
    row = min(max((error.lineno or 1) - 1, 0), len(code.text.lines) - 1)
    first, last = code.text.spans[row]
    message = f"the cell does not parse: {error.msg}{_excerpt(code, error, row)}"
    found = finding("NB101", message, Origin(code.cell, first, last), _hint(code.source, error.msg))
    whole = Origin(code.cell, 1, len(lines))
    return LeftOut(whole, code.source, f"does not parse: {error.msg}"), found


def _excerpt(code: Code, error: SyntaxError, row: int) -> str:
    """The line with a caret below the place."""
    line = code.text.lines[row].rstrip()
    if not error.lineno or not line.strip() or len(line) > 200:
        return ""
    offset = min(max((error.offset or 1) - 1, 0), len(line))
    return f"\n    {line}\n    {' ' * offset}^"


def _hint(source: str, message: str) -> str:
    if "f-string" in message and sys.version_info < (3, 12):
        return "If it runs in Python 3.12 or newer, run nb2prod with that Python."
    return next((hint for pattern, hint in _CAUSES if re.search(pattern, source, re.MULTILINE)), "")
