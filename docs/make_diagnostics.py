"""Make diagnostics.md, beside this script, from the tables of diagnostics."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TABLES = ("notebook/diagnostics.toml", "diagnostics.toml")
INTRODUCTION = """# Diagnostics

What nb2prod says about a notebook, by code. Each finding names the cell (from 0, among all cells)
and the line in it, what was found, and what to do. An *error* means that something of the notebook
is not in the package as code, a *warning* that its values may not be what they seem or cannot be
repeated, a *note* that nothing has to be done. `nb2prod inspect` lists them, `--json` as data.

This page is made from `nb2prod/notebook/diagnostics.toml` and `nb2prod/diagnostics.toml` by
`docs/make_diagnostics.py`.
"""


def rows() -> dict[str, dict[str, Any]]:
    """Return the rows of all tables by code."""
    package = HERE.parent / "nb2prod"
    tables = (tomllib.loads((package / name).read_text("utf-8")) for name in TABLES)
    return {code: row for table in tables for code, row in table.items()}


def page() -> str:
    """Return the page as Markdown."""
    every = sorted(rows().items())
    index = ["| code | | severity |", "|---|---|---|"]
    index += [
        f"| [{code}](#{code.lower()}) | {row['title']} | {row['severity']} |" for code, row in every
    ]
    return "\n".join([INTRODUCTION, *index, "", *(_section(code, row) for code, row in every)])


def _section(code: str, row: dict[str, Any]) -> str:
    parts = [f"## {code}", f"**{row['title']}** ({row['severity']})"]
    if "means" in row:
        parts.append(row["means"])
    parts.append(f"What to do: {row['help']}")
    if "example" in row:
        parts.append(f"```python\n{row['example'].strip()}\n```")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    (HERE / "diagnostics.md").write_text(page(), encoding="utf-8")
