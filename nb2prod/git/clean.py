"""The clean filter: `git add` stores notebooks without outputs and execution counts.

Git starts this one file of the standard library once for all files of a command, with `-I -S`, so it
imports nothing of nb2prod, nothing of the repository and nothing slow (no dataclasses, no typing). The
two speak the long-running filter process protocol: gitattributes(5), "Long Running Filter Process".
"""

from __future__ import annotations

import json
import re
import sys
from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

PACKET = 65516  # bytes of content in one packet, the most that git's pkt-line allows
TIMES = ("ExecuteTime", "execution")  # metadata that say when a cell ran

# The command for git's setting filter.<name>.process; {folder} is this file's. The file is imported,
# since Python keeps no bytecode of scripts. With a command that is not there `git add` ends ("the
# remote end hung up unexpectedly"), so where Python or this file is gone, a shell tells git that the
# filter can do nothing, and git stores the files as they are.
COMMAND = (
    "if test -x {python} && test -f {folder}/clean.py; then exec {python} -I -S"
    " -c 'import sys; sys.path.append(sys.argv[1]); import clean; clean.main()' {folder}; fi;"
    r" printf '0016git-filter-server\n000eversion=2\n00000000'; cat >/dev/null"
)

# A character beyond ASCII that is written as an escape, or a backslash that is.
_ESCAPED = re.compile(r"\\(?:\\|u(?!00[0-7]))")
_MARK = b"\xef\xbb\xbf"
_START = re.compile(r'\s*\{(\s*)"(?:[^"\\]|\\.)*"(\s*:\s*)')


# How a file writes its JSON, so that what changes nothing leaves the text alone: `indent` and
# `separators` as json.dumps has them, only `ascii`, `newline`, what comes after the `end`, and whether
# there is a byte order `mark`.
Style = namedtuple("Style", "indent separators ascii newline end mark")


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


def clean(data: bytes) -> bytes:
    """Return a notebook without its outputs, execution counts and times; all else as it is.

    The tag `keep_output` (nbstripout's) and the metadata `nb2prod.keep_outputs` keep the outputs of a
    cell; the metadata of the notebook those of all. Bytes that are no notebook, and a notebook with
    nothing to remove, come back as they are.
    """
    try:
        notebook, style = read(data)
        return write(notebook, style) if _strip(notebook) else data
    except Exception:  # whatever it is, `git add` stores the file
        return data


def _strip(notebook: dict[str, Any]) -> bool:
    """Remove what runs leave in a notebook; say whether there was any."""
    keep_all = _keeps(notebook)
    cells = list(_code_cells(notebook))
    changed = [_strip_cell(cell, keep_all or _keeps(cell)) for cell in cells]
    metadata = notebook.get("metadata")
    if not keep_all and not any(map(_keeps, cells)) and isinstance(metadata, dict):
        changed.append(metadata.pop("widgets", None) is not None)  # what outputs show
    return any(changed)


def _code_cells(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    sheets = notebook.get("worksheets")  # nbformat 3 and older
    for sheet in [notebook, *(sheets if isinstance(sheets, list) else [])]:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else []:
            if isinstance(cell, dict) and cell.get("cell_type") == "code":
                yield cell


def _keeps(part: dict[str, Any]) -> bool:
    metadata = part.get("metadata")
    if not isinstance(metadata, dict):
        return False
    tags, ours = metadata.get("tags"), metadata.get("nb2prod")
    return (
        (isinstance(tags, list) and "keep_output" in tags)
        or metadata.get("nb2prod.keep_outputs") is True
        or (isinstance(ours, dict) and ours.get("keep_outputs") is True)
    )


def _strip_cell(cell: dict[str, Any], keep: bool) -> bool:
    changed = False
    outputs = cell.get("outputs")
    if outputs and not keep:
        cell["outputs"] = outputs = []
        changed = True
    counted = [o for o in outputs if isinstance(o, dict)] if isinstance(outputs, list) else []
    for part in (cell, *counted):
        for count in ("execution_count", "prompt_number"):
            if part.get(count) is not None:
                part[count] = None
                changed = True
    metadata = cell.get("metadata")
    if isinstance(metadata, dict):
        for time in TIMES:
            changed |= metadata.pop(time, None) is not None
    return changed


def main() -> None:
    """Serve git until it closes the pipe."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    try:
        _greet(source, sink)
        while (request := _lines(source)) is not None:
            content = b"".join(_packets(source))
            _answer(sink, clean(content) if "command=clean" in request else content)
    except (BrokenPipeError, EOFError, KeyboardInterrupt):
        pass  # git is gone


def _greet(source: BinaryIO, sink: BinaryIO) -> None:
    _lines(source)  # git-filter-client, and the versions that it speaks
    _send(sink, "git-filter-server", "version=2")
    offered = _lines(source) or []
    _send(sink, *(c for c in ("capability=clean", "capability=smudge") if c in offered))


def _answer(sink: BinaryIO, content: bytes) -> None:
    _send(sink, "status=success")
    for at in range(0, len(content), PACKET):
        part = content[at : at + PACKET]
        sink.write(b"%04x" % (len(part) + 4) + part)
    sink.write(b"0000")
    _send(sink)  # the status did not change meanwhile


def _send(sink: BinaryIO, *lines: str) -> None:
    for line in lines:
        sink.write(b"%04x%s\n" % (len(line) + 5, line.encode()))
    sink.write(b"0000")
    sink.flush()


def _lines(source: BinaryIO) -> list[str] | None:
    """Return the lines of text up to the next flush packet; None at the end of the input."""
    try:
        return [p.rstrip(b"\n").decode("utf-8", "replace") for p in _packets(source)]
    except EOFError:
        return None


def _packets(source: BinaryIO) -> Iterator[bytes]:
    """Yield packets up to the next flush packet. Raises EOFError when the input ends before."""
    while size := int(_exactly(source, 4), 16):
        yield _exactly(source, size - 4)


def _exactly(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) < size:
        raise EOFError
    return data


if __name__ == "__main__":
    main()
