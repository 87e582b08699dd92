"""The import that code needs once it reads secrets from the environment."""

from __future__ import annotations

import ast
import re

_IMPORTED = re.compile(
    r"^\s*import\s+(?:[\w.]+\s*(?:as\s+\w+\s*)?,\s*)*os\b(?!\s*as\b)(?!\.)", re.M
)
_ABOVE = re.compile(r"\s*(%%|#|$|from __future__)")


def is_imported(source: str) -> bool:
    """Say whether code imports `os` under its own name."""
    return bool(_IMPORTED.search(source))


def with_import(source: str) -> str:
    """Return code with `import os` before its first statement, below what has to come first."""
    lines = source.split("\n")
    row = _docstring_end(source)
    while row < len(lines) and _ABOVE.match(lines[row]):
        row += 1
    return "\n".join([*lines[:row], "import os", *lines[row:]])


def _docstring_end(source: str) -> int:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return 0
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return body[0].end_lineno or 0
    return 0
