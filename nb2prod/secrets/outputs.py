"""Saved outputs that show personal data, left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from nb2prod.model import Diagnostic, Origin
from nb2prod.notebook.document import Document
from nb2prod.notebook.findings import finding
from nb2prod.secrets.notebooks import as_bytes
from nb2prod.secrets.personal import kinds_of, personal_columns
from nb2prod.secrets.pieces import texts_of
from nb2prod.secrets.tables import html_tables, text_tables

Json = dict[str, Any]
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")


def without_personal_data(document: Document) -> Document:
    """Return a notebook in whose saved outputs a note stands for those that show personal data."""
    told: list[Diagnostic] = []
    cells = []
    for index, cell in enumerate(document.json["cells"]):
        kinds = [personal_in(output) for output in cell.get("outputs", ())]
        if any(kinds):
            outputs = [
                _note(found) if found else output
                for output, found in zip(cell["outputs"], kinds, strict=True)
            ]
            told.append(_said(index, sorted(set().union(*kinds))))
            cell = {**cell, "outputs": outputs}
        cells.append(cell)
    if not told:
        return document
    kept = document.json if document.kept is None else _parsed(document.kept)
    kept_cells = [{**old, **_outputs(new)} for old, new in zip(kept["cells"], cells, strict=True)]
    return replace(
        document,
        json={**document.json, "cells": cells},
        diagnostics=(*document.diagnostics, *told),
        kept=as_bytes({**kept, "cells": kept_cells}),
    )


def _parsed(data: bytes) -> Json:
    import json

    parsed: Json = json.loads(data)
    return parsed


def _outputs(cell: Json) -> Json:
    return {"outputs": cell["outputs"]} if "outputs" in cell else {}


def personal_in(output: Json) -> set[str]:
    """Return the kinds of personal data that an output shows, in its text or as columns of its tables."""
    found = kinds_of(texts_of(output))
    for table in _tables(output):
        found |= set(personal_columns(list(table), table).values())
    return found


def _tables(output: Json) -> Iterator[dict[str, list[str]]]:
    data = output.get("data") or {}
    html = "".join(texts_of({"": data.get("text/html", "")}))
    yield from html_tables(html)
    if "<table" not in html:
        text = "".join(texts_of({"": data.get("text/plain") or output.get("text") or ""}))
        yield from text_tables(text)


def _note(kinds: set[str]) -> Json:
    """Return what stands for an output: nothing that a test would take for what the cell printed."""
    text = f"[OUTPUT removed by nb2prod]: it shows personal data ({', '.join(sorted(kinds))})"
    return {"output_type": "display_data", "data": {"text/plain": text}, "metadata": {}}


def _said(index: int, kinds: list[str]) -> Diagnostic:
    message = f"a saved output is left out: it shows personal data ({', '.join(kinds)})"
    return finding("NB124", message, Origin(index, 1, 1))
