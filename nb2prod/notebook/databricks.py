"""Notebooks that Databricks exports: `.py` sources, and cells in another language by one `%`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_HEADER = "# Databricks notebook source"
_SEPARATOR = "# COMMAND ----------"
_MAGIC = "# MAGIC"
_TITLE = "# DBTITLE "
_METADATA = "application/vnd.databricks.v1+notebook"
# Magics that take their whole cell though they begin with a single `%`.
_WHOLE_CELL = frozenset({"sql", "scala", "r", "sh", "fs", "python", "md", "md-sandbox"})
_MARKDOWN = ("md", "md-sandbox")


def is_source(text: str) -> bool:
    """Is it the `.py` source of a Databricks notebook?"""
    return text.startswith(_HEADER)


def is_notebook(metadata: Mapping[str, Any]) -> bool:
    """Does the metadata say that it comes from Databricks?"""
    return _METADATA in metadata


def notebook(text: str) -> dict[str, Any]:
    """The `.py` source as a notebook."""
    body = text.replace("\r\n", "\n").removeprefix(_HEADER)
    parts: list[list[str]] = [[]]
    for line in body.split("\n"):
        if line.rstrip() == _SEPARATOR:
            parts.append([])
        else:
            parts[-1].append(line)
    cells = [_cell("\n".join(map(_plain, part)).strip("\n")) for part in parts]
    return {"cells": [cell for cell in cells if cell["source"]], "metadata": {_METADATA: {}}}


def _plain(line: str) -> str:
    if line.startswith(_TITLE):
        return "# " + line.removeprefix(_TITLE).partition(",")[2]
    if line.startswith(_MAGIC):
        return line.removeprefix(_MAGIC).removeprefix(" ")
    return line


def _cell(source: str) -> dict[str, Any]:
    text = markdown(source)
    if text is None:
        return {"cell_type": "code", "source": source}
    return {"cell_type": "markdown", "source": text}


def magic(source: str) -> str:
    """The name of the magic that takes the whole cell, or ""."""
    first = _first_line(source)
    name = first[1:].split(" ", 1)[0].strip() if first.startswith("%") else ""
    return name if name in _WHOLE_CELL else ""


def markdown(source: str) -> str | None:
    """The prose of a `%md` cell; None of any other cell."""
    name = magic(source)
    if name not in _MARKDOWN:
        return None
    return source.partition("%" + name)[2].strip("\n").removeprefix(" ")


def whole_cell(source: str) -> str:
    """The source as IPython would have it: `%%sql` for `%sql`, and nothing for `%python`.

    A shell command on the magic's own line (`%sh ls`) moves below it.
    """
    name = magic(source)
    if not name:
        return source
    before, _, after = source.partition("%" + name)
    line, newline, rest = after.partition("\n")
    if name == "python":
        return f"{before}{line.strip()}{newline}{rest}"
    if name == "sh" and line.strip():
        return f"{before}%%sh\n{line.strip()}{newline}{rest}"
    return f"{before}%%{name}{after}"


def _first_line(source: str) -> str:
    for line in source.split("\n"):
        if line.strip() and not line.startswith("#"):
            return line
    return ""
