"""Python 2's syntax in Python 3's, by fissix, as far as that keeps the meaning."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any

# Only those that change how code is written, none that changes what it computes.
_FIXERS = (
    "except",
    "exec",
    "has_key",
    "long",
    "ne",
    "numliterals",
    "print",
    "raise",
    "repr",
    "tuple_params",
    "unicode",
)
_SIGNS = re.compile(
    r"\bprint\b|\bexec\b|\bexcept\b.*,|\braise\b.*,|<>|`|\b\d+[lL]\b|\b0\d|\b[uU][rR]['\"]|\t"
    r"|def .*\(\("
)
_LEADING_TABS = re.compile(r"^[ \t]*\t[ \t]*", re.MULTILINE)


@cache
def _tool() -> Any:
    """The refactoring tool, or None where fissix cannot be used (it keeps a cache in the home)."""
    try:
        from fissix.refactor import RefactoringTool
    except (ImportError, OSError):
        return None
    logging.getLogger("RefactoringTool").setLevel(logging.CRITICAL)
    return RefactoringTool([f"fissix.fixes.fix_{name}" for name in _FIXERS])


def modernise(source: str) -> str | None:
    """The source in Python 3's syntax, line for line; None when it is not Python 2 either."""
    if not _SIGNS.search(source):
        return None  # loading the tool takes longer than reading a notebook
    tool = _tool()
    if tool is None:
        return None
    try:
        modern = str(tool.refactor_string(_LEADING_TABS.sub(_spaces, source) + "\n", "cell"))
    except Exception:  # fissix raises many kinds, also KeyError and AttributeError
        return None
    modern = modern.removesuffix("\n")
    return modern if modern.count("\n") == source.count("\n") else None


def _spaces(match: re.Match[str]) -> str:
    """Python 2 takes a tab for up to eight blanks."""
    return match[0].expandtabs(8)
