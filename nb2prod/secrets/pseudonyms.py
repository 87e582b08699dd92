"""Pseudonyms for personal data in recorded calls: of the same form, the same for the same value.

Standard library only, Python 3.9: the recorder of tests uses this file in the notebook's interpreter.
What a value looks like stays (length, case, titles such as "Mrs."), so that code that takes it apart
still works; who it was does not.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

_TITLES = frozenset(
    "mr mrs miss ms mme mlle dr prof rev sir lady master capt col major don jonkheer countess jr sr".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_DAY = re.compile(
    r"(?P<y>\d{4})(?P<s>[-/.])\d{1,2}(?P=s)\d{1,2}|\d{1,2}(?P<s2>[-/.])\d{1,2}(?P=s2)(?P<y2>\d{2,4})"
)
_SAMPLES = 200
_DELIMITERS = ",;\t|"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_TABLES = (".xlsx", ".xls", ".parquet", ".feather", ".ods")
Find = Callable[..., dict[str, str]]  # personal.personal_columns


class Personal(Exception):
    """A file holds personal data for which no pseudonyms can be made; the message says of what kind."""


def pseudonym(value: Any, kind: str) -> Any:
    """Return what stands for a value of a kind; missing values stay."""
    if value is None or value != value:
        return value
    if hasattr(value, "replace") and hasattr(value, "year"):
        return value.replace(month=1, day=1)
    if isinstance(value, str):
        return _text(value, kind)
    if isinstance(value, float):
        return float(_digits(str(int(value)))) if value == int(value) else value
    if isinstance(value, int):
        return int(_digits(str(value)))
    return value


def _text(text: str, kind: str) -> str:
    if kind == "birth date":
        return _DAY.sub(_first_of_year, text) if _DAY.search(text) else _digits(text)
    if kind == "e-mail address" and "@" in text:
        return f"{_letters(_digits(text.rpartition('@')[0]))}@example.com"
    return _letters(text) if kind == "name" else _letters(_digits(text))


def _first_of_year(found: re.Match[str]) -> str:
    if found["y"]:
        return f"{found['y']}{found['s']}01{found['s']}01"
    return f"01{found['s2']}01{found['s2']}{found['y2']}"


def _letters(text: str) -> str:
    """Return a text with other words of the same lengths and cases; titles stay."""
    return _WORD.sub(
        lambda found: found[0] if found[0].lower() in _TITLES else _word(found[0]), text
    )


def _word(word: str) -> str:
    drawn = hashlib.sha256(word.encode("utf-8", "replace")).digest()
    letters = [_LETTERS[drawn[n % len(drawn)] % 26] for n in range(len(word))]
    return "".join(new.upper() if word[n].isupper() else new for n, new in enumerate(letters))


def _digits(text: str) -> str:
    """Return a text with other digits; no number of a card stays one."""
    drawn = hashlib.sha256(text.encode("utf-8", "replace")).digest()
    made, seen = [], 0
    for letter in text:
        if letter.isdigit():
            low = 1 if letter != "0" and not seen else 0
            made.append(str(low + drawn[seen % len(drawn)] % (10 - low)))
            seen += 1
        else:
            made.append(letter)
    if seen >= 12:  # an issuer that there is not
        first = next(n for n, letter in enumerate(made) if letter.isdigit())
        made[first] = "9"
    return "".join(made)


def hidden(value: Any, find: Find) -> Any:
    """Return a value with pseudonyms in its tables, columns and lists of texts."""
    if hasattr(value, "columns") and hasattr(value, "iloc") and hasattr(value, "dtypes"):
        return _table(value, find)
    if hasattr(value, "iloc") and hasattr(value, "to_frame"):
        name = value.name if isinstance(value.name, str) else "values"
        kinds = find([name], {name: _some(value)})
        return _column(value, kinds[name]) if name in kinds else value
    if type(value) is dict:
        return {key: hidden(part, find) for key, part in value.items()}
    if type(value) in (list, tuple):
        if value and all(isinstance(part, str) for part in value):
            kinds = find(["values"], {"values": list(value[:_SAMPLES])})
            parts = (pseudonym(part, kinds["values"]) for part in value) if kinds else value
            return type(value)(parts)
        if len(value) <= _SAMPLES:
            return type(value)(hidden(part, find) for part in value)
    return value


def _some(column: Any) -> list[Any]:
    return list(column.dropna().head(_SAMPLES))


def _table(table: Any, find: Find) -> Any:
    """Return a table with pseudonyms in its personal columns, of the same types."""
    if not table.columns.is_unique:
        return table
    names = {str(name): n for n, name in enumerate(table.columns)}
    texts = {n: table.iloc[:, k] for n, k in names.items() if table.dtypes.iloc[k].kind in "OMiuf"}
    texts.update(
        {n: table.iloc[:, k] for n, k in names.items() if str(table.dtypes.iloc[k]) in _TEXTUAL}
    )
    kinds = find(list(texts), {name: _some(column) for name, column in texts.items()})
    if not kinds:
        return table
    changed = table.copy()
    for name, kind in kinds.items():
        changed[table.columns[names[name]]] = _column(texts[name], kind)
    return changed


_TEXTUAL = ("category", "string", "str")


def _column(column: Any, kind: str) -> Any:
    if str(column.dtype) == "category":
        new = {label: pseudonym(label, kind) for label in column.cat.categories}
        if len(set(new.values())) == len(new):
            return column.cat.rename_categories(new)
    made = column.map(lambda value: pseudonym(value, kind), na_action="ignore")
    return made.astype(column.dtype) if made.dtype != column.dtype else made


def hidden_file(
    data: bytes, suffix: str, find: Find, shown: Callable[[str], Iterable[str]]
) -> bytes:
    """Return the bytes of a data file with pseudonyms; raise Personal where that cannot be."""
    if suffix.lower() in _TABLES:
        _refuse(_columns_of(data, suffix.lower()), find)
        return data
    try:
        text = data.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        if b"\0" in data[:10_000]:
            return data
        text, encoding = data.decode("latin-1"), "latin-1"
    if suffix.lower() in (".json", ".jsonl", ".ndjson"):
        _refuse(_json_columns(text), find)
    else:
        text = _csv(text, find) or text
    if kinds := sorted(set(shown(text))):
        raise Personal(", ".join(kinds))
    return text.encode(encoding)


def _refuse(columns: dict[str, list[Any]], find: Find) -> None:
    kinds = find(list(columns), columns)
    if kinds:
        raise Personal(", ".join(sorted(set(kinds.values()))))


def _columns_of(data: bytes, suffix: str) -> dict[str, list[Any]]:
    """Return the columns of a file that pandas reads, with some values; nothing where it does not."""
    with contextlib.suppress(Exception):  # any reader's errors
        import pandas as pd

        reader = {".parquet": pd.read_parquet, ".feather": pd.read_feather}.get(
            suffix, pd.read_excel
        )
        table = reader(io.BytesIO(data)).head(_SAMPLES)
        return {str(name): _some(table[name]) for name in table.columns}
    return {}


def _json_columns(text: str) -> dict[str, list[Any]]:
    """Return what may be columns in JSON: the plain values by key."""
    found: dict[str, list[Any]] = {}
    with contextlib.suppress(ValueError, RecursionError):
        lines = text.splitlines()
        try:
            todo: list[Any] = [json.loads(text)]
        except ValueError:
            todo = [json.loads(line) for line in lines if line.strip()]
        while todo:
            value = todo.pop()
            if isinstance(value, dict):
                for key, part in value.items():
                    if isinstance(part, (str, int, float)):
                        found.setdefault(str(key), []).append(part)
                todo.extend(value.values())
            elif isinstance(value, list):
                todo.extend(value)
    return found


def _csv(text: str, find: Find) -> str:
    """Return a table as text with pseudonyms; "" where it is none, or nothing in it is personal."""
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if len(rows) < 2 or not rows[0]:
        return ""
    columns = [name.strip().lstrip("\ufeff") for name in rows[0]]
    samples = {name: _values(rows[1:], n) for n, name in enumerate(columns)}
    kinds = find(columns, samples)
    if not kinds:
        return ""
    ending = "\r\n" if "\r\n" in text else "\n"
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ending)
    writer.writerow(rows[0])
    for row in rows[1:]:
        writer.writerow(
            [
                pseudonym(v, kinds[name]) if (name := _at(columns, n)) in kinds and v else v
                for n, v in enumerate(row)
            ]
        )
    return out.getvalue()


def _values(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    return [row[place] for row in rows[:_SAMPLES] if place < len(row) and row[place]]


def _at(columns: Sequence[str], place: int) -> str:
    return columns[place] if place < len(columns) else ""
