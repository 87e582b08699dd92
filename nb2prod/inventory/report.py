"""Inventories on the command line: as tables, JSON, Markdown or CSV; problems on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from nb2prod.errors import InputError
from nb2prod.inventory.many import Outcome
from nb2prod.inventory.markdown import COLUMNS, as_markdown, parts, used_columns
from nb2prod.inventory.shown import as_csv, as_data
from nb2prod.inventory.trace import Traced

_SHOWN_WITH = 3  # notebooks from which on progress is shown


def notebooks(given: Sequence[str]) -> list[Path]:
    """Return the notebooks: files as they are, of folders the notebooks in them."""
    found: list[Path] = []
    for text in given:
        path = Path(text)
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
            if not inside:
                raise InputError(f"the folder {path} holds no notebook")
            found += inside
        else:
            found.append(path)
    return found


@contextmanager
def progress(number: int) -> Iterator[Callable[[Outcome], None]]:
    """Show how far it is, to who watches; give what is called after each notebook."""
    if number < _SHOWN_WITH or not sys.stderr.isatty():
        yield lambda outcome: None
        return
    with click.progressbar(length=number, label="notebooks", file=sys.stderr) as bar:
        yield lambda outcome: bar.update(1)


def show(outcomes: Sequence[Outcome], shape: str | None) -> None:
    """Print inventories in a shape, and on stderr why others are missing."""
    for outcome in outcomes:
        if outcome.error is not None:
            click.echo(f"nb2prod: {outcome.notebook}: {outcome.error}", err=True)
    done = [outcome for outcome in outcomes if outcome.error is None]
    by_notebook = {str(outcome.notebook): outcome.sources for outcome in done}
    if shape == "json":
        click.echo(_json(outcomes))
    elif shape == "csv":
        click.echo(as_csv(by_notebook), nl=False)
    elif shape == "markdown":
        click.echo(as_markdown(by_notebook), nl=False)
    else:
        for outcome in done:
            _show_tables(outcome)


def _json(outcomes: Sequence[Outcome]) -> str:
    """Return `{"sources": [...]}` for one notebook; for several a list of these, with their names."""
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        row: dict[str, Any] = {"sources": [as_data(source) for source in outcome.sources]}
        if len(outcomes) > 1:
            row = {"notebook": str(outcome.notebook), **row}
        if outcome.error is not None:
            row["error"] = outcome.error
        rows.append(row)
    data = rows[0] if len(rows) == 1 else {"notebooks": rows}
    return json.dumps(data, indent=2, ensure_ascii=False)


def _show_tables(outcome: Outcome) -> None:
    click.secho(_visible(str(outcome.notebook)), bold=True)
    if not outcome.sources:
        click.echo("  It reads and writes no data.")
    for title, rows in parts(outcome.sources).items():
        columns = used_columns(rows)
        _table(title, columns, [[COLUMNS[name](row) for name in columns] for row in rows])


def show_trace(traced: Sequence[Traced], shape: str | None) -> None:
    """Print what was found beside what a run did; JSON where asked for, else a table."""
    if shape == "json":
        click.echo(
            json.dumps({"trace": [row.json() for row in traced]}, indent=2, ensure_ascii=False)
        )
        return
    rows = [
        [row.place, row.direction, ", ".join(row.names) or "-", row.run, row.why] for row in traced
    ]
    _table("Found, and opened by the run", ["place", "direction", "found as", "run", "why"], rows)


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(Text(_visible(cell), overflow="fold") for cell in row))
    wide = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "160"))
    Console(highlight=False, markup=False, width=wide).print(table)


def _visible(text: str) -> str:
    """Return a text without what a terminal would obey."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
