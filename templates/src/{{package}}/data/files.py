"""What a file of data is like from outside: size and hash, and columns of tables."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MOST_FILES = 200  # of one source; a folder with more is described as a whole
_TABLES = {".csv": ",;\t|", ".tsv": "\t,;|"}  # possible delimiters by ending
_LONGEST = 60  # characters of a column's name
_BLOCK = 1 << 20


def described(path: Path) -> dict[str, Any]:
    """Return bytes and SHA-256 of a file; of .csv and .tsv also the number of rows.

    And the columns, where the first line is plainly one of names: values are not kept.
    Raises OSError when the file cannot be read.
    """
    size = path.stat().st_size
    return {"bytes": size, "sha256": fingerprint(path), **_table(path)}


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _table(path: Path) -> dict[str, Any]:
    """Return rows and columns of a table as text, nothing of other files."""
    delimiters = _TABLES.get(path.suffix.lower())
    if delimiters is None:
        return {}
    try:
        with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
            first = file.readline(_BLOCK)
            file.seek(0)
            found = csv.reader(file, delimiter=max(delimiters, key=first.count))
            names = next(found, [])
            rows = sum(1 for row in found if row)
    except csv.Error:
        return {}
    if is_header(names):
        return {"rows": rows, "columns": names}
    return {"rows": rows + bool(names)}


def is_header(cells: list[str]) -> bool:
    """Say whether a first line holds the names of columns, and no values."""
    names = [cell.strip() for cell in cells if cell.strip()]
    return bool(names) and len(set(names)) == len(names) and all(map(_is_name, names))


def _is_name(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return len(text) <= _LONGEST and text.isprintable() and "@" not in text
    return False


def whole(folder: Path, paths: Iterable[Path]) -> dict[str, Any]:
    """Return number, bytes and one SHA-256 of the files of a folder, names included."""
    digest = hashlib.sha256()
    count = size = 0
    for path in sorted(paths):
        name = path.relative_to(folder).as_posix()
        digest.update(f"{fingerprint(path)}  {name}\n".encode("utf-8", "replace"))
        count, size = count + 1, size + path.stat().st_size
    return {"count": count, "bytes": size, "sha256": digest.hexdigest()}
