"""Tables in saved outputs: their columns, with the values that are shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

Table = dict[str, list[str]]
_GAP = re.compile(r"\s{2,}")
_ROWS = 60


class _Parser(HTMLParser):
    """Collects the rows of every table in HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self.cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.cell is not None and self.tables and self.tables[-1]:
            self.tables[-1][-1].append("".join(self.cell).strip())
            self.cell = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)


def html_tables(html: str) -> Iterator[Table]:
    """Yield the tables of an output's HTML; what is before a row's values is its label."""
    if "<table" not in html:
        return
    parser = _Parser()
    parser.feed(html)
    for rows in parser.tables:
        full = [row for row in rows if any(row)]
        if len(full) > 1:
            yield _columns(full[0], full[1:])


def text_tables(text: str) -> Iterator[Table]:
    """Yield what may be tables in printed text: a line of names above lines of as many values."""
    lines = text.split("\n")
    for number, line in enumerate(lines[:-1]):
        names = line.split()
        if (
            len(names) >= 2
            and line[:1] == " "
            and all(re.match(r"[^\W\d]", name) for name in names)
        ):
            rows = [
                _GAP.split(row.strip())
                for row in lines[number + 1 : number + 1 + _ROWS]
                if row.strip()
            ]
            heads = _GAP.split(line.strip())
            fitting = [row for row in rows if len(row) in (len(heads), len(heads) + 1)]
            if fitting:
                yield _columns(heads, fitting)


def _columns(names: list[str], rows: list[list[str]]) -> Table:
    """Put values under names from the right: labels of rows have no name."""
    table: Table = {name: [] for name in names if name}
    for row in rows[:_ROWS]:
        for name, value in zip(reversed(names), reversed(row), strict=False):
            if name:
                table[name].append(value)
    return table
