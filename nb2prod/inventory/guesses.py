"""Calls that no table knows: by a verb in the name, where a text is given that can only be a location."""

from __future__ import annotations

import re

from nb2prod.inventory.ports import FORMATS
from nb2prod.inventory.tables import Port, Row
from nb2prod.inventory.texts import HOLE, is_url

_READS = re.compile(
    r"_?(read|load|open|import|parse|fetch|download|ingest|from)(_|$|[A-Z])|.*_(reader|loader)$|.*(Reader|Loader)$"
)
_WRITES = re.compile(
    r"_?(write|save|dump|export|to|store|output)(_|$|[A-Z])|.*(Writer|Saver)$|.*_(writer)$"
)
_BUNDLED = re.compile(r".*\.(datasets?|sampledata)\.(load|fetch|get)_\w+$")
_NEVER = frozenset(
    "to_datetime to_numeric load_ext from_string from_dict to_device import_module".split()
)
_READ = Row(reads=Port(arg=0, keyword="path filename file filepath url source fname"))
_WRITE = Row(writes=Port(arg=0, keyword="path filename file filepath fname target"))
_SECOND = Row(writes=Port(arg=1, keyword="path filename file filepath fname target"))
_NAMED = re.compile(
    r"(load|read|fetch|get|download)_(dataset|data_sets?|data|builtin|corpus|example)s?$"
)
_FOLDER = re.compile(r"(read|load|open)(_|$|[A-Z])")
_PRETRAINED = Row(reads=Port(arg=0, kind="model"), fetches=True)
_OF_NAME = Row(reads=Port(arg=0, kind="dataset"))
_DATASET = Row(reads=Port(kind="dataset"))


def may_be_a_use(short: str) -> bool:
    """Say whether the last part of a call's name is one that `guess` looks at."""
    return any(pattern.match(short) for pattern in (_READS, _WRITES, _NAMED)) or short[:4] == "get_"


def guess(name: str, texts: list[tuple[str, ...]]) -> Row | None:
    """Return a row for a call by its name and the texts of its arguments, None where it is no use."""
    short = name.rpartition(".")[2]
    if short in _NEVER:
        return None
    first = texts[0] if texts else ()
    second = texts[1] if len(texts) > 1 else ()
    if _READS.match(short) and any(map(is_location, first)):
        return _READ
    if _FOLDER.match(short) and any(_is_folder(text) for text in first):
        return _READ
    if short == "from_pretrained" and first:
        return _PRETRAINED
    if _NAMED.match(short) and first and "." in name:
        return _OF_NAME
    if _WRITES.match(short):
        return (
            _WRITE
            if any(map(is_location, first))
            else _SECOND if any(map(is_location, second)) else None
        )
    return _DATASET if _BUNDLED.match(name) and not any(map(is_location, first)) else None


def is_location(text: str) -> bool:
    """Say whether a text is a location by its looks: a URL, or a path to a file of known format."""
    if (
        "\n" in text
        or len(text) > 400
        or text.startswith(("<", "{", "["))
        or (" " in text and "/" not in text)
    ):
        return False
    if is_url(text):
        return True
    stem, dot, ending = text.rpartition(".")
    return bool(dot and stem and ending.lower() in FORMATS and HOLE not in ending)


def _is_folder(text: str) -> bool:
    return bool(re.fullmatch(r"(\.{0,2}|~|[\w.\-]+)?(/[\w.\- ]+)*/", text)) and len(text) > 1
