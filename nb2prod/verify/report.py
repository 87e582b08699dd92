"""A verdict for people who read it in a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from nb2prod.verify.sides import Progress
from nb2prod.verify.verdict import Row, Status, Verdict

_COLOURS: dict[Status, str] = {
    "equal": "green",
    "different": "red",
    "not reproducible": "yellow",
    "not comparable": "dim",
    "absent": "dim",
    "extra": "yellow",
}
_PAUSE = 1.0  # seconds between two words on what runs
WORDS = {
    "equal": "The package computes what the notebook computes.",
    "different": "The package does not compute what the notebook computes.",
    "package failed": "The package fails where the notebook runs.",
    "notebook failed": "The notebook itself fails, so there is nothing to compare. Mend it, or give "
    "it what it lacks: --folder its data, --python its libraries, --given its names.",
}


def progress() -> Progress:
    """Return what tells on stderr, on one line, what runs and for how long."""
    last = 0.0

    def tell(name: str, seconds: float) -> None:
        nonlocal last
        if time.monotonic() - last >= _PAUSE:
            last = time.monotonic()
            print(f"\r\x1b[K{name}, {seconds:.0f} s", end="", file=sys.stderr, flush=True)

    return tell


def show(verdict: Verdict) -> None:
    """Print a table of values and files, and what they add up to, on stdout."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    for title, rows in (
        ("Values", verdict.values),
        ("Files", verdict.files),
        ("Stages run apart, without exploration", _wrong(verdict.apart)),
    ):
        if rows:
            console.print(_table(title, rows))
    if verdict.printed and verdict.printed.status != "equal":
        console.print(f"Printed: {verdict.printed.status}, {verdict.printed.detail}")
    counts = ", ".join(f"{number} {status}" for status, number in verdict.counts().items())
    for cell in verdict.broken_cells:
        console.print(f"Cell {cell} is not Python, so it did not run.")
    console.print(WORDS[verdict.outcome], style="bold")
    if counts:
        console.print(f"  values: {counts}")
    if verdict.error:
        place = f" in {verdict.error['place']}" if verdict.error.get("place") else ""
        place = f" in cell {verdict.error['cell']}" if "cell" in verdict.error else place
        console.print(f"  {verdict.error['kind']}{place}: {verdict.error.get('message', '')}")
        for line in verdict.error.get("traceback", ()):
            console.print(f"    {line}", style="dim")
    for note in verdict.notes:
        console.print(f"  {note}", style="dim")
    times = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in verdict.durations.items())
    console.print(f"  {times}; Python {verdict.made_on['python']}")


def _wrong(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.status != "equal"]


def _table(title: str, rows: Sequence[Row]) -> object:
    from rich.table import Table
    from rich.text import Text

    table = Table("name", "verdict", "where or why", title=title, title_justify="left")
    for row in rows:
        status = Text(row.status, style=_COLOURS[row.status])
        table.add_row(Text(row.name), status, Text(row.detail))
    return table
