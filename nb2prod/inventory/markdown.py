"""The inventory for people: tables in Markdown and in the terminal."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence

from nb2prod.inventory.chains import is_intermediate
from nb2prod.model import Source

Row = Callable[[Source], str]
COLUMNS: Mapping[str, Row] = {
    "name": lambda s: s.name,
    "location": lambda s: (
        s.resolved if s.resolved is not None else f"{s.location} (known only in a run)"
    ),
    "kind": lambda s: f"{s.kind}, {s.format}" if s.format else s.kind,
    "call": lambda s: s.call,
    "cell": lambda s: f"{s.cell}, line {s.line}",
    "variable": lambda s: s.variable or "",
    "columns": lambda s: ", ".join(s.columns),
    "personal": lambda s: ", ".join(f"{name} ({kind})" for name, kind in s.personal.items()),
    "size": lambda s: _size(s),
    "obtained by": lambda s: s.obtained_by or "",
}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|])")


def parts(sources: Sequence[Source]) -> dict[str, list[Source]]:
    """Return the sources proper, what the notebook writes, and its intermediates, by title."""
    intermediate = [s for s in sources if s.direction == "read" and is_intermediate(s.obtained_by)]
    found = {
        "Sources": [s for s in sources if s.direction == "read" and s not in intermediate],
        "Written": [s for s in sources if s.direction == "write"],
        "Intermediates": intermediate,
    }
    return {title: rows for title, rows in found.items() if rows}


def as_markdown(notebooks: Mapping[str, Sequence[Source]]) -> str:
    """Return tables by notebook: sources, what is written, intermediates."""
    lines: list[str] = []
    for notebook, sources in notebooks.items():
        lines += [f"# {_escaped(notebook)}", ""]
        if not sources:
            lines += ["It reads and writes no data.", ""]
        for title, rows in parts(sources).items():
            used = used_columns(rows)
            lines += [f"## {title}", "", f"| {' | '.join(used)} |", f"|{'---|' * len(used)}"]
            lines += [f"| {' | '.join(_escaped(COLUMNS[c](row)) for c in used)} |" for row in rows]
            lines.append("")
    return "\n".join(lines)


def used_columns(rows: Sequence[Source]) -> list[str]:
    """Return the columns that say something of one of the rows."""
    return [name for name, text in COLUMNS.items() if any(map(text, rows))]


def _escaped(text: str) -> str:
    return _SPECIAL.sub(
        r"\\\1", html.escape(" ".join(text.split()), quote=False).replace("&amp;", "&")
    )


def _size(source: Source) -> str:
    if source.bytes is None:
        return "external" if source.external else ""
    rows = f"{source.rows:,} rows, " if source.rows is not None else ""
    return f"{rows}{source.bytes:,} bytes"
