"""What the notebook recorded of the place where it ran: versions, Python, time."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nb2prod.analysis.tree import walk
from nb2prod.knowledge.distributions import canonical, distribution_of
from nb2prod.model import Cell, Program

_VERSION = r"v?\d+\.\d+(?:\.\d+)*(?:(?:a|b|rc|\.post)\d+)?"
_TOKEN = re.compile(rf"(?<![\w.]){_VERSION}(?![\w]|\.\d)")
_ROW = re.compile(
    rf"^\s*([A-Za-z][\w.-]*)\s*(?:==|=|:|\s)\s*({_VERSION})(?:\+\w+)?(?:\s|$)", re.MULTILINE
)
_TABLES = re.compile(
    r"%watermark|session_info|sinfo\(|show_versions\(|pip3? +(?:freeze|list|show)|conda +list"
    r"|package_versions|print_versions"
)
_SATISFIED = re.compile(
    r"Requirement already (?:satisfied|up-to-date): ([\w.-]+)\S*.*\(([^()\s]+)\)\s*$", re.MULTILINE
)
_INSTALLED = re.compile(r"Successfully installed (.+)")
_UNPICKLED = re.compile(r"from version [\w.]+ when using version (\d+(?:\.\d+)+)")
_PYTHON = re.compile(
    r"(?:[/\\]lib[/\\]python|CPython |Python version *: *|^Python )(\d\.\d+(?:\.\d+)?)",
    re.MULTILINE,
)
_DATE = re.compile(r"\b(20[12]\d)-([01]\d)-[0-3]\d[T ][0-2]\d:")
_MODEL_DATE = re.compile(r"Date:\s+\w{3}, (\d\d) (\w{3}) (20\d\d)")  # of a statsmodels summary
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_EARLIEST = "2013"


@dataclass(frozen=True, slots=True)
class Seen:
    """A version that an output shows, and the cell of that output."""

    version: str
    cell: int


def seen_versions(program: Program) -> Mapping[str, Seen]:
    """Give the versions that outputs show, by distribution; a later cell has the last word."""
    seen: dict[str, Seen] = {}
    aliases = _aliases(program)
    for cell in program.cells:
        if cell.kind == "code" and cell.outputs:
            text = output_text(cell)
            for name, found in _shown(cell, text, aliases):
                seen[name] = Seen(found.lstrip("v"), cell.index)
    return seen


def _shown(cell: Cell, text: str, aliases: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, found in _SATISFIED.findall(text):
        if _TOKEN.fullmatch(found):
            yield canonical(name), found
    for listing in _INSTALLED.findall(text):
        for word in listing.split():
            name, _, found = word.rpartition("-")
            if name and _TOKEN.fullmatch(found):
                yield canonical(name), found
    for found in _UNPICKLED.findall(text):
        yield "scikit-learn", found
    if _TABLES.search(cell.source):
        for name, found in _ROW.findall(text):
            yield distribution_of(name) or canonical(name), found
    if "__version__" in cell.source:
        yield from _printed(cell, text, aliases)


def _printed(cell: Cell, text: str, aliases: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pair the `x.__version__` of a cell with the versions in its output, when they are as many."""
    names = [name for name in _versioned(cell.source) if name in aliases]
    found = _TOKEN.findall(text)
    if len(names) == len(found):
        yield from zip((aliases[name] for name in names), found, strict=True)


def _versioned(source: str) -> list[str]:
    """List the names whose `__version__` a cell reads, in order; none when it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return re.findall(r"\b(\w+)\.__version__", source)
    reads = [
        (node.lineno, node.col_offset, node.value.id)
        for node in walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "__version__"
        and isinstance(node.value, ast.Name)
    ]
    return [name for *_, name in sorted(reads)]


def _aliases(program: Program) -> dict[str, str]:
    """Map the names that imports bind to distributions."""
    aliases = {}
    for statement in program.statements:
        if isinstance(statement.node, ast.Import):
            for alias in statement.node.names:
                distribution = distribution_of(alias.name)
                if distribution:
                    aliases[alias.asname or alias.name.partition(".")[0]] = distribution
    return aliases


def python_version(program: Program) -> str | None:
    """Give the Python that ran the notebook: from its metadata, else from paths in its outputs."""
    if program.python and re.match(r"\d\.\d+", program.python):
        return program.python
    for cell in program.cells:
        found = _PYTHON.search(output_text(cell)) if cell.outputs else None
        if found:
            return found[1]
    return None


def last_run(program: Program) -> str | None:
    """Give the month of the last run, "2021-06", from what cells and outputs recorded."""
    months: list[str] = []
    for raw, cell in zip(program.notebook.get("cells") or (), program.cells, strict=False):
        metadata = raw.get("metadata") if isinstance(raw, Mapping) else None
        if isinstance(metadata, Mapping):
            months += _months(metadata)
        for day, month, year in _MODEL_DATE.findall(output_text(cell)) if cell.outputs else ():
            if month in _MONTHS and day:
                months.append(f"{year}-{_MONTHS.index(month) + 1:02}")
    return max((month for month in months if month > _EARLIEST), default=None)


def _months(metadata: Mapping[str, Any]) -> Iterator[str]:
    """Read the times that Jupyter, papermill and Colab leave in a cell."""
    colab = metadata.get("executionInfo")
    if isinstance(colab, Mapping) and isinstance(colab.get("timestamp"), int | float):
        seconds = colab["timestamp"] / 1000
        if 1e9 < seconds < 4e9:
            yield datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m")
    for key in ("execution", "papermill", "ExecuteTime"):
        for year, month in _DATE.findall(str(metadata.get(key, ""))):
            yield f"{year}-{month}"


def output_text(cell: Cell) -> str:
    """Give all text that a cell printed or displayed."""
    pieces = []
    for output in cell.outputs:
        data = output.get("data")
        shown = data.get("text/plain", "") if isinstance(data, Mapping) else ""
        for text in (output.get("text", ""), shown, *(output.get("traceback") or ())):
            pieces.append("".join(map(str, text)) if isinstance(text, list | tuple) else str(text))
    return "\n".join(pieces)
