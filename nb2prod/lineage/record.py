"""The record that a run of a generated package leaves: `lineage.json`, see docs/lineage.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nb2prod.errors import InputError

NAME = "lineage.json"
FORMAT = 1  # the latest that is understood
_LARGEST = 500_000_000  # bytes


class Record:
    """One record, whose parts are there in the types that they must have, or empty.

    A part that a run could not record is null in the file. Raises InputError for what is no record.
    """

    def __init__(self, data: object, source: str = "the record") -> None:
        self._source = source
        if not isinstance(data, dict) or type(data.get("lineage")) is not int:
            raise InputError(f"{source} is no lineage record: it has no number `lineage`.")
        if data["lineage"] > FORMAT:
            raise InputError(
                f"{source} is a lineage record of format {data['lineage']}; this nb2prod knows "
                f"{FORMAT}: use a newer one."
            )
        self.data = data

    def mapping(self, *keys: str) -> dict[str, Any]:
        """Return the object at a path of keys."""
        found: Any = self.data
        for key in keys:
            found = {} if found is None else found.get(key)
            if not isinstance(found, dict | None):
                raise self._wrong(keys, "an object")
        return found or {}

    def rows(self, *keys: str, key: str) -> list[dict[str, Any]]:
        """Return the list of objects at a path of keys; `key` is a text that each has."""
        rows = self.items(*keys)
        for row in rows:
            if not isinstance(row, dict) or not isinstance(row.get(key), str):
                raise self._wrong(keys, f"a list of objects with `{key}`")
        return rows

    def items(self, *keys: str) -> list[Any]:
        """Return the list at a path of keys."""
        found = self.mapping(*keys[:-1]).get(keys[-1])
        if not isinstance(found, list | None):
            raise self._wrong(keys, "a list")
        return found or []

    def text(self, *keys: str) -> str:
        """Return the value at a path of keys as a text; "" where there is none."""
        found = self.mapping(*keys[:-1]).get(keys[-1])
        return "" if found is None else str(found)

    def _wrong(self, keys: tuple[str, ...], wanted: str) -> InputError:
        return InputError(f"{self._source} is no lineage record: {'.'.join(keys)} is not {wanted}.")


def read(path: Path) -> Record:
    """Read a record from a file, or from a folder: of artifacts, or of a project that holds one.

    Raises InputError when there is none, or it is broken.
    """
    file = _file(path)
    try:
        if file.stat().st_size > _LARGEST:
            raise InputError(f"{file} is too large for a lineage record.")
        data = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file} is no lineage record: {error}.") from error
    return Record(data, str(file))


def _file(path: Path) -> Path:
    if not path.is_dir():
        return path
    places = [path / NAME, path / "artifacts" / NAME]
    found = next((place for place in places if place.is_file()), None)
    if not found:
        raise InputError(
            f"{path} holds no {NAME}, nor does its folder artifacts; a run of the package writes one."
        )
    return found


def sources(record: Record) -> dict[str, Mapping[str, Any]]:
    """Return what a run took from outside, by path or URL: no file that it made itself."""
    files = record.rows("files", "read", key="path")
    found = {row["path"]: row for row in files if row.get("state") != "own"}
    urls = record.rows("network", "urls", key="url")
    return found | {row["url"]: row for row in urls if row.get("method") in (None, "GET")}


def products(record: Record) -> dict[str, Mapping[str, Any]]:
    """Return the files that a run wrote, artifacts among them, by path."""
    written = {row["path"]: row for row in record.rows("files", "written", key="path")}
    artifacts = record.rows("files", "artifacts", key="path")
    return written | {f"artifacts: {row['path']}": row for row in artifacts}
