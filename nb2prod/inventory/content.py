"""What is known of a file that lies beside the notebook: size, hash, rows, columns; nothing is run."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from nb2prod.inventory.texts import is_absolute, is_url
from nb2prod.secrets.personal import personal_columns

_TEXT_LIMIT = 256_000_000  # bytes of a file whose rows are counted
_JSON_LIMIT = 64_000_000
_HASH_LIMIT = 4_000_000_000
_SAMPLE = 2000  # rows from which the kinds of columns are told
_COLUMNS = 2000
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-"})
_ENCODINGS = ("utf-8-sig", "latin-1")


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds; what could not be told is None or empty."""

    bytes: int | None = None
    sha256: str | None = None
    rows: int | None = None
    schema: Mapping[str, str] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)  # column -> kind of personal data


_Table = tuple[int | None, Mapping[str, str], Mapping[str, str]]  # rows, schema, personal
_NO_TABLE: _Table = (None, {}, {})
NOTHING = Content()


class Contents:
    """The files at hand below and around a folder, each read once."""

    def __init__(self, folder: str | None) -> None:
        self._folder = Path(folder) if folder is not None else None
        self._found: dict[tuple[str, str], Content] = {}

    def of(self, place: str | None, format: str) -> Content:
        """Return what a file holds; NOTHING where it is not at hand, or no plain file.

        Only relative paths count: what a stranger's notebook names elsewhere on this machine stays
        unread.
        """
        if (
            place is None
            or self._folder is None
            or is_url(place)
            or is_absolute(place)
            or "\0" in place
        ):
            return NOTHING
        key = (place, format)
        if key not in self._found:
            self._found[key] = _content(self._folder / place, self._folder, format)
        return self._found[key]


def _content(path: Path, folder: Path, format: str) -> Content:
    try:
        real = Path(os.path.realpath(path))
        around = (
            Path(os.path.realpath(folder)).parents[2:3]
            or Path(os.path.realpath(folder)).parents[-1:]
        )
        if not any(real.is_relative_to(place) for place in around):
            return NOTHING
        info = real.stat()
        if not stat.S_ISREG(info.st_mode):
            return NOTHING
        digest = _digest(real) if info.st_size <= _HASH_LIMIT else None
        return Content(info.st_size, digest, *_described(real, format, info.st_size))
    except (OSError, ValueError):
        return NOTHING


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _described(path: Path, format: str, size: int) -> _Table:
    try:
        if (
            format in ("csv", "text")
            and path.suffix.lower() in (".csv", ".tsv", ".data", ".txt", ".dat")
            and size <= _TEXT_LIMIT
        ):
            return (
                _csv(path)
                if format == "csv" or path.suffix.lower() in (".csv", ".tsv")
                else _NO_TABLE
            )
        if format == "json" and size <= _JSON_LIMIT:
            return _json(path)
        if format == "parquet":
            return _parquet(path)
    except (OSError, ValueError, csv.Error, RecursionError, StopIteration):
        pass
    return _NO_TABLE


def _csv(path: Path) -> _Table:
    """Return the number of rows below the header, and the kinds of the columns."""
    for encoding in _ENCODINGS:
        try:
            with path.open(newline="", encoding=encoding) as file:
                start = file.read(16_384)
                if "\0" in start:
                    return _NO_TABLE
                file.seek(0)
                reader = csv.reader(file, delimiter=_delimiter(start))
                header = next(reader, [])
                sample = list(itertools.islice(reader, _SAMPLE))
                rows = len(sample) + sum(1 for row in reader if row)
        except UnicodeDecodeError:
            continue
        columns = _by_column(header, sample)
        schema = {name: kind(values) for name, values in columns.items()}
        return rows, schema, personal_columns(list(columns), columns)
    return _NO_TABLE


def _delimiter(start: str) -> str:
    """Return the character that parts the first line best, a comma where none does."""
    head = start.split("\n", 1)[0]
    counts = {letter: head.count(letter) for letter in ",;\t|"}
    best = max(counts, key=lambda letter: counts[letter])
    return best if counts[best] else ","


def _by_column(
    header: Sequence[str], sample: Sequence[Sequence[str]]
) -> Mapping[str, Sequence[str]]:
    if len(header) > _COLUMNS:
        return {}
    return {
        name: [row[index] for row in sample if index < len(row)]
        for index, name in enumerate(header)
    }


def kind(texts: Iterable[str]) -> str:
    """Return what sort of values a column of texts holds: integer, number, boolean, date or text."""
    values = [text.strip() for text in texts if text.strip().lower() not in _MISSING]
    if not values:
        return "empty"
    for name, test in _KINDS:
        if all(map(test, values)):
            return name
    return "text"


def _is_integer(text: str) -> bool:
    return text.lstrip("+-").isdigit()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_boolean(text: str) -> bool:
    return text.lower() in ("true", "false", "yes", "no")


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "-" in text or ":" in text


_KINDS = (
    ("integer", _is_integer),
    ("number", _is_number),
    ("boolean", _is_boolean),
    ("date", _is_date),
)


def _json(path: Path) -> _Table:
    """Return the length of a list of records, or of lines of them, and the kinds of their fields."""
    text = path.read_text("utf-8-sig")
    try:
        data = json.loads(text)
    except json.JSONDecodeError:
        data = [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(data, dict):
        fields = dict(list(data.items())[:_COLUMNS])
        samples = {name: [value] for name, value in fields.items() if isinstance(value, str)}
        schema = {name: _type(value) for name, value in fields.items()}
        return None, schema, personal_columns(list(samples), samples)
    if not isinstance(data, list):
        return _NO_TABLE
    records = [row for row in data[:_SAMPLE] if isinstance(row, dict)]
    names = list(dict.fromkeys(key for row in records for key in row))[:_COLUMNS]
    columns = {name: [row[name] for row in records if name in row] for name in names}
    schema = {name: _types(values) for name, values in columns.items()}
    return len(data), schema, personal_columns(names, columns)


def _types(values: Iterable[object]) -> str:
    found = dict.fromkeys(_type(value) for value in values if value is not None)
    return (
        next(iter(found))
        if len(found) == 1
        else "number" if set(found) == {"integer", "number"} else "mixed"
    )


def _type(value: object) -> str:
    names = {
        bool: "boolean",
        int: "integer",
        float: "number",
        str: "text",
        list: "list",
        dict: "object",
    }
    return "date" if isinstance(value, date) else names.get(type(value), "empty")


def _parquet(path: Path) -> _Table:
    """Read the footer of a Parquet file, where pyarrow is at hand."""
    try:
        from pyarrow import parquet
    except ImportError:
        return _NO_TABLE
    try:
        file = parquet.ParquetFile(path)
        fields = {
            name: str(kind)
            for name, kind in zip(file.schema_arrow.names, file.schema_arrow.types, strict=True)
        }
        return file.metadata.num_rows, fields, personal_columns(list(fields))
    except Exception as error:  # whatever a broken file makes it raise
        raise ValueError(str(error)) from error
