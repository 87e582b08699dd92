"""Values in saved outputs, as far as their text says them exactly enough to compare with."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

_MOST_ROWS = 12
_MOST_COLUMNS = 40
_MOST_TEXT = 400
_NUMPY = re.compile(r"\b(?:np|numpy)\.\w+\((-?[\w.+]+)\)")
_ARRAY = re.compile(r"array\((\[.*?\])(?:, dtype=[^()]+)?\)", re.DOTALL)
_INDEX = re.compile(r"Index\((\[.*?\]),\s*dtype='(?:object|str)'\)", re.DOTALL)
_PAIR = re.compile(r"(\S(?:.*?\S)?)\s{2,}(\S+)")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN")
_SIZE = re.compile(r"([\d,]+) rows × ([\d,]+) columns")
_UNCLEAR = re.compile(r"\s\s|\.\.\.|^NaN$|^NaT$|\d\.\d|\d{4}-\d\d")  # labels that print otherwise


@dataclass(frozen=True)
class Scalar:
    """A number, text, tuple, list or dictionary of these; `array` when numpy made it."""

    value: Any
    array: bool = False


@dataclass(frozen=True)
class Column:
    """A Series: its numbers, as shown, by label."""

    values: Mapping[str, str]


@dataclass(frozen=True)
class Labels:
    """An Index of texts."""

    values: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A DataFrame: its columns, and its cells where all rows are shown, else its size."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]] = ()
    size: tuple[int, int] | None = None


Shown = Scalar | Column | Labels | Table


def shown_value(output: Mapping[str, Any]) -> Shown | None:
    """Return what an `execute_result` shows; None when its text does not say it."""
    data = output.get("data")
    if not isinstance(data, Mapping):
        return None
    html, text = _joined(data.get("text/html")), _joined(data.get("text/plain"))
    if "<table" in html:
        return _table(html)
    return _column(text) or _labels(text) or _scalar(text)


def _joined(value: object) -> str:
    if isinstance(value, list | tuple):
        return "".join(map(str, value))
    return value if isinstance(value, str) else ""


def _scalar(text: str) -> Scalar | None:
    if not text or len(text) > _MOST_TEXT or "..." in text:
        return None
    plain = _NUMPY.sub(r"\1", text)
    whole = _ARRAY.fullmatch(plain)
    try:
        value = ast.literal_eval(whole[1] if whole else plain)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return Scalar(value, whole is not None) if _is_simple(value) else None


def _is_simple(value: object) -> bool:
    """Say whether a value can be compared: numbers, texts, and lists or dictionaries of them."""
    if isinstance(value, list | tuple):
        return bool(value) and all(map(_is_simple, value))
    if isinstance(value, dict):
        return (
            bool(value)
            and all(isinstance(k, str | int) for k in value)
            and all(_is_simple(part) and not isinstance(part, dict) for part in value.values())
        )
    return isinstance(value, int | float | str)


def _labels(text: str) -> Labels | None:
    found = _INDEX.match(text)
    if not found or "..." in text or len(text) > 4 * _MOST_TEXT:
        return None
    try:
        names = ast.literal_eval(found[1])
    except (ValueError, SyntaxError):
        return None
    return Labels(names) if all(isinstance(name, str) for name in names) else None


def _column(text: str) -> Column | None:
    *lines, last = text.split("\n")
    if not re.search(r"\bdtype: (int|float)", last) or not lines or len(lines) > 3 * _MOST_ROWS:
        return None
    if not re.search(r"\s\s", lines[0]):  # the index has a name
        lines = lines[1:]
    values: dict[str, str] = {}
    for line in lines:
        pair = _PAIR.fullmatch(line.rstrip())
        if not pair or not NUMBER.fullmatch(pair[2]) or _UNCLEAR.search(pair[1]):
            return None
        if pair[1] in values:
            return None
        values[pair[1]] = pair[2]
    return Column(values) if values else None


class _Rows(HTMLParser):
    """The cells of the first table, row by row, with their tags."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[tuple[str, str]]] = []
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td") and self.rows:
            self._tag = tag
            self.rows[-1].append((tag, ""))
            spans = {name for name, value in attrs if value not in (None, "1")}
            if spans & {"colspan", "rowspan"}:
                self.rows[-1][-1] = ("span", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag and self.rows and self.rows[-1]:
            tag, text = self.rows[-1][-1]
            self.rows[-1][-1] = (tag, text + data)


def _table(html: str) -> Table | None:
    if html.count("<table") > 1 or 'class="dataframe"' not in html:
        return None
    parser = _Rows()
    parser.feed(html)
    if any(tag == "span" for row in parser.rows for tag, _ in row):
        return None
    heads = [row for row in parser.rows if all(tag == "th" for tag, _ in row)]
    body = [row for row in parser.rows if any(tag == "td" for tag, _ in row)]
    if not heads or not body or len({len(row) for row in (*heads, *body)}) > 1:
        return None
    indexes = sum(tag == "th" for tag, _ in body[0])
    if indexes > 1 or len(heads) > 2:
        return None
    columns = [text.strip() for _, text in heads[0][indexes:]]
    size = _SIZE.search(html)
    shape = (_count(size[1]), _count(size[2])) if size else None
    if "..." in columns:
        return Table((), (), shape) if shape else None
    if len(set(columns)) < len(columns) or not all(columns) or len(columns) > _MOST_COLUMNS:
        return None
    rows = [[text.strip() for _, text in row[indexes:]] for row in body]
    return Table(columns, rows if not shape and len(rows) <= _MOST_ROWS else (), shape)


def _count(text: str) -> int:
    return int(text.replace(",", ""))
