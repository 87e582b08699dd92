"""A name for each entry of the inventory: what the file is called, and what tells it from others."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from nb2prod.inventory.texts import is_url
from nb2prod.model import Source


def names(entries: Sequence[Source]) -> list[str]:
    """Return a name for each entry, none twice, the same at every reading."""
    taken: set[str] = set()
    found = []
    for entry in entries:
        name = next(name for name in _candidates(entry) if name not in taken)
        taken.add(name)
        found.append(name)
    return found


def _candidates(entry: Source) -> Iterator[str]:
    base = _base(entry)
    yield base
    folder = _slug(posixpath.basename(posixpath.dirname(entry.resolved or "")))
    if folder and not is_url(entry.resolved or ""):
        yield f"{folder}_{base}"
    if entry.direction == "write":
        yield f"{base}_output"
    if entry.variable and (variable := _slug(entry.variable)) and variable != base:
        yield f"{base}_{variable}"
    if entry.format and entry.format != base:
        yield f"{base}_{entry.format}"
    number = 2
    while True:
        yield f"{base}_{number}"
        number += 1


def _base(entry: Source) -> str:
    for text in (_last(entry), entry.variable or "", entry.call.rpartition(".")[2]):
        slug = _slug(text)
        if slug:
            return slug
    return "data"


def _last(entry: Source) -> str:
    text = entry.resolved or ""
    if is_url(text):
        scheme, _, rest = text.partition("://")
        host, _, path = rest.partition("/")
        path = path.partition("?")[0].rstrip("/")
        return posixpath.splitext(posixpath.basename(path))[0] or host or scheme
    if entry.kind == "dataset":
        return text.rpartition("/")[2]
    plain = text.replace("\\", "/").rstrip("/")
    stem = posixpath.basename(plain)
    for _ in range(2):
        stem = posixpath.splitext(stem)[0]
    if not _slug(stem):
        return posixpath.basename(posixpath.dirname(plain))
    return stem


def _slug(text: str) -> str:
    """Return a text as a name in snake_case, "" where no letter is left."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    slug = re.sub(r"[^0-9a-zA-Z]+", "_", words).strip("_").lower()[:60].strip("_")
    return f"data_{slug}" if slug[:1].isdigit() else slug
