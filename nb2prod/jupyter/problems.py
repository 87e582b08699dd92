"""Errors as what the panel shows: a sentence, what to do, and the place; never a traceback."""

from __future__ import annotations

import re
from typing import Any

from nb2prod.errors import InputError, Nb2prodError, OutputError

_CELL = re.compile(r"\bcell (\d+)(?:, line (\d+))?")
_STATUS = {InputError: 422, OutputError: 409}


def problem(message: str, hint: str = "", **more: Any) -> dict[str, Any]:
    """Return an error as JSON data; the cell and line are those that the message names."""
    place = _CELL.search(message)
    cell, line = place.groups() if place else (None, None)
    return {
        "message": message,
        "hint": hint,
        "cell": int(cell) if cell else None,
        "line": int(line) if line else None,
        **more,
    }


def of(error: Exception) -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON data of an exception."""
    if isinstance(error, Nb2prodError):
        first, _, rest = str(error).partition("; ")
        status = next((s for kind, s in _STATUS.items() if isinstance(error, kind)), 500)
        return status, problem(f"{first}." if rest else first, _capital(rest))
    name = type(error).__name__
    return 500, problem(
        f"A bug of nb2prod, not of the notebook ({name}: {error}).",
        "Please report it, with the notebook if you can share it.",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
