"""What would change in a file, as a unified diff that no terminal misreads."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

_LONGEST = 20_000  # lines; beyond it a file is only said to differ


def file_diff(path: PurePosixPath, old: bytes | None, new: bytes | None) -> Iterator[str]:
    """Yield the unified diff from old to new bytes; None where there is no file."""
    before = f"a/{path}" if old is not None else "/dev/null"
    after = f"b/{path}" if new is not None else "/dev/null"
    lines = [_lines(data) for data in (old or b"", new or b"")]
    if None in lines or sum(map(len, filter(None, lines))) > _LONGEST:
        yield f"Files {before} and {after} differ\n"
        return
    for line in difflib.unified_diff(lines[0] or [], lines[1] or [], before, after):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(data: bytes) -> list[str] | None:
    """Split text, control characters made visible; None for what is not text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if "\0" in text:
        return None
    visible = re.sub(r"[\x01-\x08\x0b-\x1f\x7f-\x9f]", lambda m: f"\\x{ord(m[0]):02x}", text)
    return re.findall(r"[^\n]*\n|[^\n]+", visible)
