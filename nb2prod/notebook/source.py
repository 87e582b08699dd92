"""Getting hold of a notebook's bytes and their text, or saying why that cannot be."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from nb2prod.errors import InputError

MAX_BYTES = 150_000_000
_LFS = b"version https://git-lfs.github.com/spec/"
_MARKER = re.compile(r"^(<{7} |>{7} |\|{7} )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Input:
    """A notebook as bytes, its name without folder and ending, and the folder that it lies in."""

    data: bytes
    name: str
    folder: str | None


def get(source: Path | str | bytes | IO[bytes], name: str | None, max_bytes: int) -> Input:
    """Read a file, a stream or bytes.

    Raises InputError where there is no such file, or more than `max_bytes`.
    """
    if isinstance(source, bytes):
        _check_size(len(source), "The notebook", max_bytes)
        return Input(source, name or "notebook", None)
    if isinstance(source, Path | str):
        path = Path(source)
        return Input(_file(path, max_bytes), name or path.stem, str(path.resolve().parent))
    data = source.read(max_bytes + 1)
    _check_size(len(data), "The notebook", max_bytes)
    return Input(data, name or "notebook", None)


def _file(path: Path, max_bytes: int) -> bytes:
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder, not a notebook; name an .ipynb file in it.")
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is not a regular file; pass its content on stdin with `-`.")
        _check_size(path.stat().st_size, str(path), max_bytes)
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"There is no file {path}; check the path.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"{path} cannot be read ({reason}); check the path and its rights."
        ) from None


def _check_size(size: int, what: str, max_bytes: int) -> None:
    if size > max_bytes:
        raise InputError(
            f"{what} has more than {max_bytes // 1_000_000} MB; clear its outputs"
            " (jupyter nbconvert --clear-output) or raise the limit max_bytes."
        )


def decode(data: bytes) -> tuple[str, str]:
    """The text of the bytes and its encoding.

    Raises InputError for an empty file, a git-lfs pointer and binary data.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise InputError("The notebook is an empty file; save it again from Jupyter.")
    if data.startswith(_LFS):
        raise InputError("This is a git-lfs pointer, not the notebook; run `git lfs pull` first.")
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding).removeprefix("\ufeff"), encoding
    except UnicodeDecodeError:
        if encoding != "utf-8" or data.startswith(codecs.BOM_UTF8) or b"\0" in data:
            raise InputError(
                "The file is binary or damaged, not a notebook; save it again from Jupyter."
            ) from None
        return data.decode("latin-1"), "latin-1"


def check_markers(text: str) -> None:
    """Raise InputError when merge conflict markers stand in the text."""
    marker = _MARKER.search(text)
    if marker:
        line = text.count("\n", 0, marker.start()) + 1
        raise InputError(
            f"Line {line} has a merge conflict marker; resolve the conflict, then convert."
        )
