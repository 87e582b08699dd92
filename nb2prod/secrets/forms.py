"""The forms that a value takes in files: escaped, quoted, encoded."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

_LONG = 9  # characters, from which the encoded middle of a value is no chance
_LINE = 20  # characters of one line of a key that are the key's


def texts(value: str) -> tuple[str, ...]:
    """Return the texts that a value may stand as, longest first."""
    found = dict.fromkeys(_texts(value))
    return tuple(sorted((text for text in found if text), key=len, reverse=True))


def _texts(value: str) -> Iterator[str]:
    escaped = json.dumps(value)[1:-1]
    yield from (
        value,
        escaped,
        json.dumps(value, ensure_ascii=False)[1:-1],
        json.dumps(escaped)[1:-1],
    )
    yield from (
        repr(value)[1:-1],
        repr("\"'" + value)[4:-1],
        html.escape(value),
        html.escape(value, quote=False),
    )
    yield from (quote(value), quote_plus(value), quote(value, safe=""))
    if len(value) >= _LONG:
        yield from encoded(value.encode("utf-8", "replace"))
    lines = [line.strip() for line in value.replace("\\n", "\n").split("\n")]
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= _LINE and not line.startswith("---"))


def encoded(data: bytes) -> Iterator[str]:
    """Yield what of data's Base64 is the same whatever stands before and after it, and its hex."""
    for before in range(3):
        first = -(-before * 8 // 6)  # characters that the bytes before have a part in
        last = (before + len(data)) * 8 // 6
        yield base64.b64encode(b"\0" * before + data)[first:last].decode()
    yield data.hex()


def binary(value: str) -> Iterator[bytes]:
    """Yield a value as bytes of files: of texts in UTF-8, and in the encodings of arrays."""
    for text in texts(value):
        yield text.encode("utf-8", "replace")
    yield value.encode("utf-16-le", "replace")
    yield value.encode("utf-32-le", "replace")
