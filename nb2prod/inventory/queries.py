"""What a query in SQL does: whether it reads or writes, and which tables it names."""

from __future__ import annotations

import re

from nb2prod.inventory.uses import Direction

_WRITING = re.compile(
    r"(insert|create|update|delete|merge|replace|copy|load|truncate|upsert)\b", re.IGNORECASE
)
_READING = re.compile(
    r"(select|with|show|describe|table|from|values|explain|exec|call)\b", re.IGNORECASE
)
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_TABLE = re.compile(
    r"\b(?:from|join|into|update|table)\s+(`[^`]+`|[\w.\-$]+(?:\.[\w$*]+)+)", re.IGNORECASE
)


def direction(query: str) -> Direction | None:
    """Return what a query does to data; None for one that only sets something up."""
    text = _COMMENT.sub(" ", query).strip().lstrip("(").strip()
    if _WRITING.match(text):
        return "write"
    return "read" if _READING.match(text) or not text[:1].isalpha() else None


def tables(query: str) -> tuple[str, ...]:
    """Return the qualified tables that a query names, as `project.dataset.table`."""
    found = (match.strip("`") for match in _TABLE.findall(_COMMENT.sub(" ", query)))
    return tuple(dict.fromkeys(found))
