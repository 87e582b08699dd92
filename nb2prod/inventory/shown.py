"""The inventory as data for programs: JSON, CSV, YAML."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from nb2prod.model import Source

VERSION = 1
FIELDS = tuple(field.name for field in fields(Source))
_HEAD = "# What the notebook reads and writes, as nb2prod's docs/data-sources.md describes it."
_LISTS = frozenset({"columns", "consumers"})


def as_data(source: Source) -> dict[str, Any]:
    """Return an entry as plain data, its fields in their order."""
    found = {name: getattr(source, name) for name in FIELDS}
    return {
        name: (
            list(value) if name in _LISTS else dict(value) if isinstance(value, Mapping) else value
        )
        for name, value in found.items()
    }


def as_csv(notebooks: Mapping[str, Sequence[Source]]) -> str:
    """Return a table with a line for each entry, the notebook in front; lists are parted by spaces."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("notebook", *FIELDS))
    for notebook, sources in notebooks.items():
        table.writerows((_plain(notebook), *map(_cell, as_data(s).values())) for s in sources)
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, list):
        return _plain(" ".join(map(str, value)))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return _plain(value) if isinstance(value, str) else value


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def as_yaml(sources: Iterable[Source], notebook: str) -> str:
    """Return `data_sources.yml` of a package."""
    import yaml

    data = {"version": VERSION, "notebook": notebook, "sources": [as_data(s) for s in sources]}
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)
    return f"{_HEAD}\n{text}"
