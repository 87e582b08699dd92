"""Records of runs, and what differs between two, for people who read it in a terminal."""

from __future__ import annotations

from typing import Any

from nb2prod.lineage.compare import GROUPS, Explanation
from nb2prod.lineage.record import Record, products, sources

_HASH = 12  # characters of a hash that are shown


def show_explanation(explanation: Explanation) -> None:
    """Print the likely cause, then what changed, group by group, on stdout."""
    from rich.table import Table

    console = _console()
    console.print(_visible(explanation.cause), style="bold", soft_wrap=True)
    for group in GROUPS:
        changes = [change for change in explanation.changes if change.group == group]
        if not changes:
            continue
        table = Table("what", "first run", "second run", "change", title=group.capitalize())
        table.title_justify = "left"
        for change in changes:
            before, after = (value or "-" for value in (change.before, change.after))
            table.add_row(*map(_cell, (change.name, before, after, change.detail)))
        console.print(table)


def show_record(record: Record) -> None:
    """Print what one run was made of and came to, on stdout."""
    from rich.table import Table

    console = _console()
    ended = f"failed with {record.text('error', 'kind')}" if record.mapping("error") else "done"
    console.print(
        _visible(
            f"{record.text('package')} {record.text('command')}, {record.text('started')}: "
            f"{ended} in {record.text('seconds')} s"
        ),
        style="bold",
    )
    files = record.mapping("files")
    if files.get("complete") is False:
        console.print("Not all folders could be watched: more files may have been read.")
    hardware = record.mapping("environment", "hardware")
    facts: dict[str, dict[str, Any]] = {
        "Code": {
            "package": record.text("code", "package")[:_HASH],
            "notebook": record.text("code", "notebook")[:_HASH],
            "commit": _commit(record),
        },
        "Environment": {
            "python": record.text("environment", "python"),
            "os": record.text("environment", "os"),
            "hardware": f"{hardware.get('cpu')}, {hardware.get('cpus')} CPUs",
            "distributions": len(record.mapping("environment", "distributions")),
            "variables read": ", ".join(map(str, record.items("environment", "variables"))),
        },
        "Read": {name: _content(row) for name, row in sources(record).items()},
        "Written": {name: _content(row) for name, row in products(record).items()},
        "Hosts": dict.fromkeys(map(str, record.items("network", "hosts")), ""),
        "Commands": dict.fromkeys(map(str, record.items("commands")), ""),
        "Parameters": record.mapping("parameters"),
        "Seeds": record.mapping("seeds"),
        "Metrics": record.mapping("metrics"),
    }
    for title, values in facts.items():
        if values:
            table = Table(title=title, title_justify="left", show_header=False)
            for name, value in values.items():
                table.add_row(_cell(name), _cell(value))
            console.print(table)


def _console() -> Any:
    from rich.console import Console

    return Console(highlight=False, markup=False)


def _commit(record: Record) -> str:
    commit = record.text("code", "git", "commit")[:_HASH]
    return f"{commit}, with changes" if record.mapping("code", "git").get("dirty") else commit


def _content(row: Any) -> str:
    parts = [f"{row['size']} bytes" if row.get("size") is not None else ""]
    parts += [str(row["sha256"])[:_HASH] if row.get("sha256") else "no hash"]
    parts += [str(row["state"]) if row.get("state") not in (None, "same") else ""]
    return ", ".join(filter(None, parts))


def _cell(value: object) -> Any:
    from rich.text import Text

    return Text(_visible(str(value)), overflow="fold")


def _visible(text: str) -> str:
    """Return a text without what a terminal would obey."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
