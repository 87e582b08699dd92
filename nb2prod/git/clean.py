"""The clean filter: `git add` stores notebooks without outputs and execution counts.

Git starts this one file of the standard library once for all files of a command, with `-I -S`, so it
imports nothing of nb2prod, nothing of the repository and nothing slow (not even json, but the half of it
that is written in C). The two speak the long-running filter process protocol: gitattributes(5), "Long
Running Filter Process".

What goes is cut out of the text, so that all else stays as it is, letter for letter.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

    Member = tuple[str, Any, int, int, int]  # name, value, where they start and where it ends
    Edit = tuple[int, int, str]  # where it starts and ends, and what stands there instead

PACKET = 65516  # bytes of content in one packet, the most that git's pkt-line allows
TIMES = ("ExecuteTime", "execution")  # metadata that say when a cell ran
COUNTS = ("execution_count", "prompt_number")
_BLANK = " \t\n\r"

# The command for git's setting filter.<name>.process; {folder} is this file's. The file is imported,
# since Python keeps no bytecode of scripts. With a command that is not there `git add` ends ("the
# remote end hung up unexpectedly"), so where Python or this file is gone, a shell tells git that the
# filter can do nothing, and git stores the files as they are.
COMMAND = (
    "if test -x {python} && test -f {folder}/clean.py; then exec {python} -I -S"
    " -c 'import sys; sys.path.append(sys.argv[1]); import clean; clean.main()' {folder}; fi;"
    r" printf '0016git-filter-server\n000eversion=2\n00000000'; cat >/dev/null"
)


class _Parsing:
    """How json parses by default, for its half that is written in C."""

    strict = True
    object_hook = object_pairs_hook = array_hook = None
    parse_float = parse_constant = float
    parse_int = int


try:
    from _json import make_scanner

    _scan = make_scanner(_Parsing)  # type: ignore[arg-type]
except ImportError:  # not CPython
    import json

    _scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]


class Object:
    """An object in JSON: values by name, and its members with their places in the text."""

    __slots__ = ("members", "values")

    def __init__(self, members: list[Member]) -> None:
        self.members = members
        self.values = {name: value for name, value, *_ in members}


# Shapes say which objects have to be known with their places: the shapes of members that are not
# parsed in C, and in a list that of an array's elements.
_CELL: Any = {}
_NOTEBOOK: Any = {"cells": [_CELL], "worksheets": [{"cells": [_CELL]}]}  # sheets: nbformat 3


def clean(data: bytes) -> bytes:
    """Return a notebook without its outputs, execution counts and times; all else as it is.

    The tag `keep_output` (nbstripout's) and the metadata `nb2prod.keep_outputs` keep the outputs of a
    cell; the metadata of the notebook those of all. Bytes that are no notebook, and a notebook with
    nothing to remove, come back as they are.
    """
    try:
        text = data.decode()
        notebook, end = _value(text, _skip(text, text.startswith("\ufeff")), _NOTEBOOK)
        if text[end:].strip(_BLANK):
            raise ValueError("more than one value")
        return _edited(text, sorted(_edits(text, notebook))).encode()
    except Exception:  # whatever it is, `git add` stores the file
        return data


def _edited(text: str, edits: list[Edit]) -> str:
    parts, done = [], 0
    for start, end, instead in edits:
        parts += [text[done:start], instead]
        done = end
    return "".join([*parts, text[done:]])


def _edits(text: str, notebook: Object) -> Iterator[Edit]:
    keep_all = keep_widgets = _keeps(notebook)
    for sheet in (notebook, *_objects(notebook, "worksheets")):
        for cell in _objects(sheet, "cells"):
            if cell.values.get("cell_type") == "code":
                keep = keep_all or _keeps(cell)
                keep_widgets |= keep
                yield from _cell_edits(text, cell, keep)
    if not keep_widgets:
        yield from _without(text, notebook, ("widgets",))  # what outputs show


def _objects(parent: Object, name: str) -> list[Object]:
    value = parent.values.get(name)
    return [each for each in value if isinstance(each, Object)] if isinstance(value, list) else []


def _keeps(part: Object) -> bool:
    metadata = part.values.get("metadata")
    if not isinstance(metadata, dict):
        return False
    tags, ours = metadata.get("tags"), metadata.get("nb2prod")
    return (
        (isinstance(tags, list) and "keep_output" in tags)
        or metadata.get("nb2prod.keep_outputs") is True
        or (isinstance(ours, dict) and ours.get("keep_outputs") is True)
    )


def _cell_edits(text: str, cell: Object, keep: bool) -> Iterator[Edit]:
    yield from _without_counts(cell)
    yield from _without(text, cell, TIMES)
    for name, value, _, start, end in cell.members:
        if name == "outputs" and value and not keep:
            yield start, end, "[]"
        elif name == "outputs" and isinstance(value, list):
            for output in _value(text, start, [{}])[0]:
                if isinstance(output, Object):
                    yield from _without_counts(output)


def _without_counts(part: Object) -> Iterator[Edit]:
    for name, value, _, start, end in part.members:
        if name in COUNTS and value is not None:
            yield start, end, "null"


def _without(text: str, part: Object, names: tuple[str, ...]) -> Iterator[Edit]:
    """Yield the edits that take these names out of the metadata."""
    for name, value, _, start, end in part.members:
        if name == "metadata" and isinstance(value, dict) and not value.keys().isdisjoint(names):
            yield from _without_members(_value(text, start, {})[0].members, start, end, names)


def _without_members(
    members: list[Member], start: int, end: int, names: tuple[str, ...]
) -> Iterator[Edit]:
    first = next((i for i, member in enumerate(members) if member[0] not in names), None)
    if first is None:
        yield start, end, "{}"
        return
    for number, (name, _, begin, _, stop) in enumerate(members):
        if name in names and number < first:
            yield begin, members[number + 1][2], ""  # with the comma behind it
        elif name in names:
            yield members[number - 1][4], stop, ""


# Where values stand in JSON


def _value(text: str, at: int, shape: Any) -> tuple[Any, int]:
    """Return the value that starts there, and where it ends. Raises ValueError where there is none."""
    if isinstance(shape, dict) and text[at] == "{":
        return _object(text, at, shape)
    if isinstance(shape, list) and text[at] == "[":
        return _array(text, at, shape[0])
    found: tuple[Any, int] = _scan(text, at)
    return found


def _object(text: str, at: int, shape: dict[str, Any]) -> tuple[Object, int]:
    members: list[Member] = []
    at = _skip(text, at + 1)
    while text[at] != "}" or members:
        if text[at] != '"':
            raise ValueError("no name")
        name, end = _scan(text, at)
        begin = _after(text, end, ":")
        value, end = _value(text, begin, shape[name]) if name in shape else _scan(text, begin)
        members.append((name, value, at, begin, end))
        at = _skip(text, end)
        if text[at] == "}":
            break
        at = _after(text, at, ",")
    return Object(members), at + 1


def _array(text: str, at: int, shape: Any) -> tuple[list[Any], int]:
    values: list[Any] = []
    at = _skip(text, at + 1)
    while text[at] != "]" or values:
        value, end = _value(text, at, shape)
        values.append(value)
        at = _skip(text, end)
        if text[at] == "]":
            break
        at = _after(text, at, ",")
    return values, at + 1


def _after(text: str, at: int, sign: str) -> int:
    """Return where something follows a sign, which is the next thing there."""
    at = _skip(text, at)
    if text[at] != sign:
        raise ValueError(f"no {sign}")
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while text[at] in _BLANK:
        at += 1
    return at


# Git's protocol


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
    _put(sink, "status=success")
    for at in range(0, len(content), PACKET):
        part = content[at : at + PACKET]
        sink.write(b"%04x" % (len(part) + 4) + part)
    sink.write(b"0000")
    _put(sink)  # the status did not change meanwhile
    sink.flush()


def _send(sink: BinaryIO, *lines: str) -> None:
    _put(sink, *lines)
    sink.flush()


def _put(sink: BinaryIO, *lines: str) -> None:
    for line in lines:
        sink.write(b"%04x%s\n" % (len(line) + 5, line.encode()))
    sink.write(b"0000")


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
