"""How a file writes its JSON, so that a merge changes no more of the text than it means to."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

# A character beyond ASCII that is written as an escape, or a backslash that is.
_ESCAPED = re.compile(r"\\(?:\\|u(?!00[0-7]))")
_MARK = b"\xef\xbb\xbf"
_START = re.compile(r'\s*\{(\s*)"(?:[^"\\]|\\.)*"(\s*:\s*)')


class Style(NamedTuple):
    """`indent` and `separators` are json.dumps's, only `ascii`, the `newline`, what comes after the
    `end`, and whether there is a byte order `mark`."""

    indent: str | None
    separators: tuple[str, str]
    ascii: bool
    newline: str
    end: str
    mark: bool


def read(data: bytes) -> tuple[dict[str, Any], Style]:
    """Return the JSON object in data and the style that it is written in.

    Raises ValueError (json.JSONDecodeError and UnicodeDecodeError are ones) or RecursionError when
    there is none.
    """
    mark = data.startswith(_MARK)
    text = data.decode("utf-8-sig")
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value, _style(text, mark)


def write(value: dict[str, Any], style: Style) -> bytes:
    """Return value as JSON in that style; escapes where the text cannot be UTF-8."""
    try:
        return _bytes(value, style, style.ascii)
    except UnicodeEncodeError:  # half a surrogate pair
        return _bytes(value, style, True)


def _bytes(value: dict[str, Any], style: Style, ascii_only: bool) -> bytes:
    text = json.dumps(
        value, ensure_ascii=ascii_only, indent=style.indent, separators=style.separators
    )
    if style.newline != "\n":
        text = text.replace("\n", style.newline)
    data = f"{text}{style.end}".encode()
    return _MARK + data if style.mark else data


def _style(text: str, mark: bool) -> Style:
    start = _START.match(text)
    space, colon = start.groups() if start else ("\n ", ": ")
    end = text[len(text.rstrip()) :]
    escapes = text.isascii() and any(found[0] != r"\\" for found in _ESCAPED.finditer(text))
    newline = "\r\n" if "\r\n" in text else "\n"
    if "\n" in space:
        return Style(space.rpartition("\n")[2], (",", colon), escapes, newline, end, mark)
    comma = ", " if colon.endswith(" ") else ","
    return Style(None, (comma, colon), escapes, newline, end, mark)
