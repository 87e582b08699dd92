"""The table of magics and shell commands, by name."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

Row = dict[str, Any]


@cache
def _table() -> dict[str, list[Row]]:
    text = files("nb2prod.knowledge").joinpath("magics.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def commands() -> dict[str, Row]:
    """The rows of shell commands."""
    return {name: row for row in _table()["command"] for name in row["name"]}


@cache
def magics(where: str) -> dict[str, Row]:
    """The rows of magics of a "line" or a "cell"."""
    rows = [row for row in _table()["magic"] if row.get("where", where) == where]
    return {name: row for row in rows for name in row["name"]}
