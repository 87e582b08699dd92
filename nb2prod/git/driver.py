"""Git's two doors for notebooks: the external diff command, and textconv.

Git starts this file once for every notebook, with `python -I -S` (see entries.py), so it is one file of
the standard library that imports nothing of nb2prod and nothing slow. `re`, `json`, `difflib` and
`collections` would double the time of a start: functions that need them, for few notebooks, import them.
It executes nothing of a notebook, and it never ends a diff: what cannot be read as a notebook is shown
as git would show it, and the exit status is 0, because git gives up the diff of all remaining files
when a driver fails.

    driver.py PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE NEW-HEX NEW-MODE [NEW-PATH HEADER]
    driver.py PATH                     git's way to say that the file has a conflict
    driver.py --textconv=FORMAT FILE   the notebook as text, for log -p, show, blame and grep

With `--clean` before these, files of the work tree that our filter cleans are compared as `git add`
would store them.

Cells are matched by id, then by source, then by likeness: a bounded number of candidates that share
rare words or lines, so the cost grows with the notebook's size and not with its square. Lines are
compared by patience diff (Bram Cohen), then by difflib between its anchors.
"""

from __future__ import annotations

import os
import sys
from bisect import bisect_left

TYPE_CHECKING = False  # typing takes longer to import than most diffs to make
if TYPE_CHECKING:
    import re
    from collections import Counter
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
    from typing import Any


Opcode = tuple[str, int, int, int, int]
Span = tuple[int, int]

# Git keeps what textconv gave under the command that gave it: raise this whenever its text changes.
FORMAT = "1"

_TOKEN = r"\w+|[^\w\s]|\s+"
_ADDRESS = r"\b0x[0-9a-fA-F]{6,16}\b"
# What a terminal would obey or be misled by: control characters, directions, half surrogates.
UNSAFE = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
# Between the words of a source: what is not a letter, a digit or an underscore, as far as ASCII goes.
_BETWEEN = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}
_ALIKE = 0.5  # share of words and lines that makes two cells one
_ALIKE_IN_PLACE = 0.3  # ... where they also stand in the same place
_RARE = 16  # a word in more cells than this says nothing about which cell it is
_TELLING = 64  # words and lines looked up for one cell
_PIECE = 0.8  # share of a cell's lines that another cell lost, for the one to be a piece of it
_LEAF = 100_000  # pairs of lines that are compared between two anchors, at most
_MARKED = 6_000  # pairs of words that are compared in one changed block, at most
_MARKS = 150_000  # ... and in the whole diff
_LONG_LINE = 2_000  # characters of a line that are searched for changed words
_CONTEXT = 3


# The notebook


class Cell:
    """A cell as far as a diff looks at it; `index` counts from 0, as everywhere in nb2prod."""

    __slots__ = ("_features", "attachments", "id", "index", "kind", "lines", "name", "outputs",
                 "source", "tags")  # fmt: skip

    def __init__(self, index: int, given: Mapping[str, Any]) -> None:
        metadata = _mapping(given.get("metadata"))
        self.index = index
        self.kind = str(given.get("cell_type", "raw"))
        self.id = given.get("id") if isinstance(given.get("id"), str) else None
        self.source = _text(given.get("source", given.get("input")))
        self.lines = self.source.split("\n") if self.source else []
        self.tags = _tags(metadata)
        name = metadata.get("name") or _mapping(metadata.get("nb2prod")).get("name")
        self.name = name if isinstance(name, str) else None
        self.outputs = list(_outputs(given.get("outputs")))
        self.attachments = _mapping(given.get("attachments"))
        self._features: frozenset[str] | None = None

    @property
    def features(self) -> frozenset[str]:
        """The words and lines of the cell."""
        if self._features is None:
            lines = (line.strip() for line in self.lines)
            self._features = frozenset(self.source.translate(_BETWEEN).split()).union(
                filter(None, lines)
            )
        return self._features

    @property
    def blank(self) -> bool:
        """Is there nothing in it?"""
        return not self.source.strip()


class Notebook:
    """The cells, and what of the metadata matters to a reader: `about` maps a label to a value."""

    __slots__ = ("about", "cells")

    def __init__(self, data: bytes) -> None:
        """Raise ValueError for what is no notebook."""
        value = parsed(data) if data.strip() else None
        if not isinstance(value, dict):
            raise ValueError("no notebook")
        cells: Any = value.get("cells")
        sheets = value.get("worksheets")  # of nbformat 3 and older
        if isinstance(sheets, list):
            cells = [cell for sheet in sheets for cell in _mapping(sheet).get("cells", ())]
        if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
            raise ValueError("no notebook")
        self.cells = [Cell(index, cell) for index, cell in enumerate(cells)]
        self.about = _about(value)


class _Parsing:
    """How `json` parses by default, for its half that is written in C."""

    strict = True
    object_hook = object_pairs_hook = array_hook = None
    parse_float = parse_constant = float
    parse_int = int


def parsed(data: bytes) -> Any:
    """Return what json.loads does, without its import where that can be: it takes as long as all else."""
    try:
        from _json import make_scanner

        text = data.decode()
        value, end = make_scanner(_Parsing)(  # type: ignore[arg-type]
            text, len(text) - len(text.lstrip(_BLANK))
        )
        if text[end:].strip(_BLANK):
            raise ValueError("more than one value")
    except Exception:  # another Python, another encoding, or no JSON: json itself says which
        import json

        return json.loads(data)
    return value


_BLANK = " \t\n\r"


def _about(value: Mapping[str, Any]) -> dict[str, str]:
    metadata = _mapping(value.get("metadata"))
    kernel = _mapping(metadata.get("kernelspec"))
    language = _mapping(metadata.get("language_info"))
    version = ".".join(str(language.get("version", "")).split(".")[:2])
    names = dict.fromkeys(str(kernel[key]) for key in ("display_name", "name") if kernel.get(key))
    found = {
        "kernel": ", ".join(names),
        "language": f"{language.get('name', '')} {version}".strip(),
        "notebook format": ".".join(
            str(value[key]) for key in ("nbformat", "nbformat_minor") if key in value
        ),
    }
    return {label: text for label, text in found.items() if text}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """Return a multi-line text, which may be a list of lines, as one."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _tags(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the cell's tags, and what nb2prod and JupyterLab take as such."""
    given = metadata.get("tags")
    tags = [tag for tag in given if isinstance(tag, str)] if isinstance(given, list) else []
    stage = _mapping(metadata.get("nb2prod")).get("stage")
    if isinstance(stage, str):
        tags.append(f"nb2prod:{stage}")
    return tuple(dict.fromkeys(tags))


class Output:
    """One output: what it is called, its text, and all of its content for the comparison."""

    __slots__ = ("content", "label", "size", "text")

    def __init__(self, label: str, text: str | None, content: Any, size: int) -> None:
        self.label, self.text, self.content, self.size = label, text, content, size

    def __str__(self) -> str:
        if self.text is None:
            return f"{self.label} {_size(self.size)}"
        lines = (line.strip() for line in self.text.split("\n"))
        return f"{self.label} {_quoted(' | '.join(filter(None, lines)))}"


def _outputs(given: Any) -> Iterator[Output]:
    """Yield the outputs; what was printed in several pieces is one."""
    printed: dict[str, list[str]] = {}
    for output in given if isinstance(given, list) else ():
        output = _mapping(output)
        if output.get("output_type") == "stream":
            name = str(output.get("name", output.get("stream", "stdout")))
            if name not in printed and printed:
                yield from _streams(printed)
                printed = {}
            printed.setdefault(name, []).append(_text(output.get("text")))
            continue
        yield from _streams(printed)
        printed = {}
        yield _output(output)
    yield from _streams(printed)


def _streams(printed: Mapping[str, list[str]]) -> Iterator[Output]:
    for name, parts in printed.items():
        text = "".join(parts)
        yield Output(name, text, _without_addresses(text), len(text))


def _output(output: Mapping[str, Any]) -> Output:
    if output.get("output_type") in ("error", "pyerr"):
        name, value = str(output.get("ename", "error")), _text(output.get("evalue"))
        return Output(name, value, (name, value), len(value))
    data = _mapping(output.get("data"))
    if not data:  # nbformat 3 has the formats beside the type
        other = ("output_type", "metadata", "prompt_number", "execution_count", "data")
        data = {_MIME.get(key, key): value for key, value in output.items() if key not in other}
    content = {mime: _text(value) or value for mime, value in data.items()}
    plain = content.get("text/plain")
    rich = next((m for m in content if m.startswith(("image/", "application/", "video/"))), None)
    if isinstance(plain, str):
        content["text/plain"] = _without_addresses(plain)
    if rich and not rich.endswith("+json" if isinstance(plain, str) else "\0"):
        size = _length(content[rich])
        return Output(rich, None, content, size * 3 // 4 if rich in _BASE64 else size)
    if isinstance(plain, str):
        return Output("result", plain, content, len(plain))
    mime = next(iter(content), "output")
    return Output(mime, None, content, _length(content.get(mime)))


def _without_addresses(text: str) -> str:
    if "0x" not in text:
        return text
    import re

    return re.sub(_ADDRESS, "0x", text)


_BASE64 = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf")
_MIME = {
    "text": "text/plain",
    "html": "text/html",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "svg": "image/svg+xml",
    "latex": "text/latex",
}


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    import json

    return len(json.dumps(value))


def _size(size: int) -> str:
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} kB" if size < 999_500 else f"{size / 1e6:.1f} MB"


def _quoted(text: str, limit: int = 60) -> str:
    return f'"{text}"' if len(text) <= limit else f'"{text[:limit]}..."'


# Which cell is which


def match(old: Sequence[Cell], new: Sequence[Cell], likely: bool = True) -> dict[int, int]:
    """Return the old cell's index by that of the new one: by id, then source, then likeness.

    Without `likely` there is no guess by likeness.
    """
    found = match_ids(old, new)
    _match_sources(old, new, found, lambda cell: not cell.blank)
    if likely:
        _match_likeness(old, new, found)
    _match_sources(old, new, found, lambda cell: cell.blank)
    return found


def match_ids(old: Sequence[Cell], new: Sequence[Cell]) -> dict[int, int]:
    """Pair equal ids.

    Some tools number the cells, so that the ids move when a cell is put in. A pair that is not alike
    is no pair when one of the two stands, letter for letter, somewhere on the other side.
    """
    found: dict[int, int] = {}
    of_old, of_new = _unique_ids(old), _unique_ids(new)
    pairs = [(of_old[key], of_new[key]) for key in of_new if key in of_old]
    for before, after in pairs:
        if before.source == after.source:
            found[after.index] = before.index
    matched_old = set(found.values())
    open_old = {cell.source for cell in old if cell.index not in matched_old}
    open_new = {cell.source for cell in new if cell.index not in found}
    for before, after in pairs:
        if before.source != after.source and (
            not (before.source in open_new or after.source in open_old)
            or likeness(before, after) >= _ALIKE_IN_PLACE
        ):
            found[after.index] = before.index
    return found


def _unique_ids(cells: Sequence[Cell]) -> dict[str, Cell]:
    counts = _counts(cell.id for cell in cells)
    return {cell.id: cell for cell in cells if cell.id and counts[cell.id] == 1}


def _match_sources(
    old: Sequence[Cell],
    new: Sequence[Cell],
    found: dict[int, int],
    wanted: Callable[[Cell], bool],
) -> None:
    """Pair cells of the same kind and source: first those whose order agrees, then what moved."""
    taken = set(found.values())
    left = [cell for cell in old if cell.index not in taken and wanted(cell)]
    right = [cell for cell in new if cell.index not in found and wanted(cell)]
    keys = [[(cell.kind, cell.source) for cell in cells] for cells in (left, right)]
    moved: dict[tuple[str, str], list[int]] = {}
    ops = opcodes(*keys)
    for tag, i1, i2, j1, _ in ops:
        for i in range(i1, i2):
            if tag == "equal":
                found[right[j1 + i - i1].index] = left[i].index
            else:
                moved.setdefault(keys[0][i], []).append(left[i].index)
    for tag, _, _, j1, j2 in ops:
        for j in range(j1, j2) if tag != "equal" else ():
            if rest := moved.get(keys[1][j]):
                found[right[j].index] = rest.pop(0)


def _match_likeness(old: Sequence[Cell], new: Sequence[Cell], found: dict[int, int]) -> None:
    """Pair the cells that have most in common, among few candidates for each."""
    taken = set(found.values())
    left = [cell for cell in old if cell.index not in taken and not cell.blank]
    right = [cell for cell in new if cell.index not in found and not cell.blank]
    if not left or not right:
        return
    places = _places(left, right, found)
    index: dict[str, list[int]] = {}
    for cell in right:
        for feature in cell.features:
            index.setdefault(feature, []).append(cell.index)
    scored = []
    for cell in left:
        place = places[cell.index]
        for other in {*_sharing(cell, index), *place}:
            score = likeness(cell, new[other])
            if score >= (_ALIKE_IN_PLACE if other in place else _ALIKE):
                scored.append((-score, abs(cell.index - other), cell.index, other))
    for _, _, before, after in sorted(scored):
        if before not in taken and after not in found:
            found[after] = before
            taken.add(before)


def likeness(one: Cell, other: Cell) -> float:
    """Return the share of words and lines that two cells have in common (Dice's coefficient)."""
    total = len(one.features) + len(other.features)
    return 2 * len(one.features & other.features) / total if total else 0.0


def _sharing(cell: Cell, index: Mapping[str, list[int]]) -> list[int]:
    """Return the cells that share most of what is rare in this one."""
    rare = [cells for f in cell.features if (cells := index.get(f)) and len(cells) <= _RARE]
    rare.sort(key=len)
    votes = _counts(other for cells in rare[:_TELLING] for other in cells)
    return sorted(votes, key=votes.__getitem__, reverse=True)[:3]


def _counts(values: Iterable[Hashable]) -> dict[Any, int]:
    counts: dict[Any, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts


def _places(
    left: Sequence[Cell], right: Sequence[Cell], found: Mapping[int, int]
) -> dict[int, list[int]]:
    """Return the new cells that stand where each old one stood, seen from its matched neighbour."""
    matched = sorted((before, after) for after, before in found.items())
    anchors = [before for before, _ in matched]
    opened = [cell.index for cell in right]
    places = {}
    for cell in left:
        nearest = bisect_left(anchors, cell.index) - 1
        before, after = matched[nearest] if nearest >= 0 else (-1, -1)
        expected = bisect_left(opened, after + cell.index - before)
        places[cell.index] = opened[max(expected - 1, 0) : expected + 2]
    return places


def increasing(values: Sequence[int]) -> list[int]:
    """Return the positions of a longest increasing subsequence (patience sorting)."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for position, value in enumerate(values):
        place = bisect_left(tails, value)
        previous.append(ends[place - 1] if place else -1)
        tails[place : place + 1] = [value]
        ends[place : place + 1] = [position]
    chain = []
    position = ends[-1] if ends else -1
    while position >= 0:
        chain.append(position)
        position = previous[position]
    return chain[::-1]


# What changed


class Change:
    """What became of a cell: old and new cells, of which either may be none, and more where it was
    split or merged; `notes` are about its metadata and `outputs` about its outputs, in words."""

    __slots__ = ("moved", "new", "notes", "old", "outputs", "text")

    def __init__(self, old: list[Cell], new: list[Cell], moved: bool = False) -> None:
        self.old, self.new, self.moved = old, new, moved
        lines = [self.before, self.after]
        if len(old) + len(new) > 2:  # blank lines where a cell was cut are no edit
            lines = [[line for line in each if line.strip()] for each in lines]
        self.text = lines[0] != lines[1]
        self.notes = list(_notes(old[0], new[0])) if old and new else []
        if not old or not new:
            self.outputs = "; ".join(_some([str(o) for c in (*old, *new) for o in c.outputs]))
        else:
            outputs = [[o for c in cells for o in c.outputs] for cells in (old, new)]
            self.outputs = output_changes(*outputs)

    @property
    def kind(self) -> str:
        """In one word, what happened."""
        if not self.old:
            return "added"
        if not self.new:
            return "removed"
        if len(self.new) > 1:
            return "split"
        if len(self.old) > 1:
            return "merged"
        if self.moved:
            return "moved"
        if self.text:
            return "modified"
        return "unchanged"

    @property
    def before(self) -> list[str]:
        """The lines that were."""
        return [line for cell in self.old for line in cell.lines]

    @property
    def after(self) -> list[str]:
        """The lines that are."""
        return [line for cell in self.new for line in cell.lines]

    def __bool__(self) -> bool:
        return self.kind != "unchanged" or bool(self.notes or self.outputs)

    def json(self) -> dict[str, Any]:
        """Return the change as JSON data: lines start with a space, `-` or `+` as in a diff."""
        return {
            "change": self.kind,
            "moved": self.moved,
            "type": (self.new or self.old)[0].kind,
            "old": [{"cell": cell.index, "id": cell.id} for cell in self.old],
            "new": [{"cell": cell.index, "id": cell.id} for cell in self.new],
            "source": (
                [sign + line for _, sign, line in edits(self.before, self.after)]
                if self.text
                else []
            ),
            "notes": self.notes,
            "outputs": self.outputs,
        }


def changes(
    old: Sequence[Cell], new: Sequence[Cell], found: Mapping[int, int] | None = None
) -> list[Change]:
    """Return what became of every cell that changed, in the order of the new notebook.

    A removed cell stands after the cell that it stood after. `found` is the matching, where it is
    at hand.
    """
    found = match(old, new) if found is None else found
    split = {min(parts): (home, parts) for home, parts in _torn(old, new, found).items()}
    torn = {home for home, _ in split.values()}
    merged = {
        after: parts
        for after, parts in _torn(new, old, {b: a for a, b in found.items()}).items()
        if found[after] not in torn
    }
    order = [after for after in range(len(new)) if after in found]
    stay = {order[p] for p in increasing([found[after] for after in order])}
    follow = {part for first, (_, parts) in split.items() for part in parts if part != first}
    gone = set(range(len(old))) - set(found.values())
    gone -= {part for parts in merged.values() for part in parts}
    anchors = sorted(found[after] for after in stay)
    behind: dict[int, list[Change]] = {-1: []}
    for before in sorted(gone):
        place = bisect_left(anchors, before) - 1
        after = anchors[place] if place >= 0 else -1
        behind.setdefault(after, []).append(Change([old[before]], []))
    made = behind[-1]
    for cell in new:
        after = cell.index
        if after in split:
            home, parts = split[after]
            made.append(Change([old[home]], [new[i] for i in parts], stay.isdisjoint(parts)))
        elif after in found and after not in follow:
            befores = [old[i] for i in merged.get(after, [found[after]])]
            made.append(Change(befores, [cell], after not in stay and not cell.blank))
        elif after not in follow:
            made.append(Change([], [cell]))
        if after in stay:
            made += behind.get(found[after], ())
    return [change for change in made if change]


def _torn(
    whole: Sequence[Cell], parts: Sequence[Cell], found: Mapping[int, int]
) -> dict[int, list[int]]:
    """Return by a cell the parts that it fell into; `found` maps a part to its cell.

    An unmatched part belongs to its neighbour's cell if that cell lost most of the part's lines.
    """
    homes = dict(found)
    first = {home: part for part, home in found.items()}
    lost: dict[int, Counter[str]] = {}
    pieces: dict[int, list[int]] = {}
    for step in (1, -1):
        for part in parts[::step]:
            home = homes.get(part.index - step)
            if part.index in homes or part.blank or home is None:
                continue
            if home not in lost:
                lost[home] = _line_counts(whole[home]) - _line_counts(parts[first[home]])
            lines = _line_counts(part)
            shared = lines & lost[home]
            if _weight(shared) >= _PIECE * _weight(lines):
                lost[home] -= shared
                homes[part.index] = home
                pieces.setdefault(home, [first[home]]).append(part.index)
    return {home: sorted(group) for home, group in pieces.items()}


def _line_counts(cell: Cell) -> Counter[str]:
    from collections import Counter

    return Counter(stripped for line in cell.lines if (stripped := line.strip()))


def _weight(lines: Counter[str]) -> int:
    return sum(len(line) * count for line, count in lines.items())


def _notes(before: Cell, after: Cell) -> Iterator[str]:
    """Say what changed in a cell's metadata, where it matters."""
    if before.kind != after.kind:
        yield f"{before.kind} became {after.kind}"
    if before.name != after.name:
        yield f"renamed {_quoted(before.name or '')} to {_quoted(after.name or '')}"
    gone = [tag for tag in before.tags if tag not in after.tags]
    come = [tag for tag in after.tags if tag not in before.tags]
    if gone:
        yield f"tags removed: {', '.join(gone)}"
    if come:
        yield f"tags added: {', '.join(come)}"
    for name in dict.fromkeys([*before.attachments, *after.attachments]):
        if before.attachments.get(name) != after.attachments.get(name):
            verb = ("changed", "removed", "added")[
                1 if name not in after.attachments else 2 * (name not in before.attachments)
            ]
            yield f"attachment {name} {verb}"


def output_changes(old: Sequence[Output], new: Sequence[Output]) -> str:
    """Say in one line what changed in the outputs; execution counts and addresses are no change."""
    if [o.content for o in old] == [o.content for o in new]:
        return ""
    if not new:
        return f"{_counted(len(old))} cleared"
    said = [
        _output_change(before, after)
        for before, after in zip(old, new)  # noqa: B905 (the rest is said below)
        if before.content != after.content
    ]
    said += [f"{output} removed" for output in old[len(new) :]]
    said += [f"{output} added" for output in new[len(old) :]]
    return "; ".join(_some(said))


def _some(phrases: list[str]) -> list[str]:
    return phrases if len(phrases) <= 3 else [*phrases[:3], f"{len(phrases) - 3} more"]


def _counted(number: int) -> str:
    return f"{number} output{'s' * (number != 1)}"


def _output_change(before: Output, after: Output) -> str:
    if before.label != after.label:
        return f"{before} became {after}"
    if after.text is None or before.text is None or before.text == after.text:
        return f"{after.label} {_size(after.size)} changed"
    was, now = before.text.split("\n"), after.text.split("\n")
    shortest = min(len(was), len(now))
    line = next((i for i in range(shortest) if was[i] != now[i]), shortest)
    first, second = (_shown(lines[line : line + 1]) for lines in (was, now))
    place = f"{after.label} line {line + 1}" if max(len(was), len(now)) > 2 else after.label
    return f"{place}: {first} became {second}"


def _shown(line: list[str]) -> str:
    return _quoted(line[0].strip()) if line else "nothing"


# Lines and words


def opcodes(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Opcode]:
    """Return how to make the new lines of the old ones, as difflib says it."""
    raw: list[Opcode] = []
    _compare(old, new, 0, len(old), 0, len(new), raw)
    done: list[Opcode] = []
    for tag, i1, i2, j1, j2 in raw:  # neighbours of one kind become one
        if done and (done[-1][0] == tag or "equal" not in (done[-1][0], tag)):
            first = done.pop()
            tag = tag if first[0] == tag else "replace"
            i1, j1 = first[1], first[3]
        done.append((tag, i1, i2, j1, j2))
    return done


def _compare(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    low: int,
    high: int,
    start: int,
    end: int,
    made: list[Opcode],
) -> None:
    """Append the opcodes from old[low:high] to new[start:end]."""
    head = 0
    while low + head < high and start + head < end and old[low + head] == new[start + head]:
        head += 1
    if head:
        made.append(("equal", low, low + head, start, start + head))
        low, start = low + head, start + head
    tail = 0
    while low < high - tail and start < end - tail and old[high - tail - 1] == new[end - tail - 1]:
        tail += 1
    _compare_middle(old, new, low, high - tail, start, end - tail, made)
    if tail:
        made.append(("equal", high - tail, high, end - tail, end))


def _compare_middle(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    low: int,
    high: int,
    start: int,
    end: int,
    made: list[Opcode],
) -> None:
    if low == high or start == end:
        if low < high or start < end:
            made.append(("insert" if low == high else "delete", low, high, start, end))
        return
    anchors = _anchors(old, new, low, high, start, end)
    if anchors:
        for before, after in anchors:
            _compare(old, new, low, before, start, after, made)
            made.append(("equal", before, before + 1, after, after + 1))
            low, start = before + 1, after + 1
        _compare(old, new, low, high, start, end, made)
    elif set(old[low:high]).isdisjoint(new[start:end]) or (high - low) * (end - start) > _LEAF:
        made.append(("replace", low, high, start, end))
    else:
        from difflib import SequenceMatcher

        matcher = SequenceMatcher(None, old[low:high], new[start:end])
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            made.append((tag, low + i1, low + i2, start + j1, start + j2))


def _anchors(
    old: Sequence[Hashable], new: Sequence[Hashable], low: int, high: int, start: int, end: int
) -> list[tuple[int, int]]:
    """Return the lines that both have exactly once, as far as their order agrees."""
    counts_old = _counts(old[low:high])
    counts_new = _counts(new[start:end])
    place = {line: i for i, line in enumerate(old[low:high], low) if counts_old[line] == 1}
    pairs = [
        (place[line], j)
        for j, line in enumerate(new[start:end], start)
        if counts_new[line] == 1 and line in place
    ]
    return [pairs[position] for position in increasing([before for before, _ in pairs])]


def edits(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Yield every line with its number in the new text (from 1) and its sign: space, `-` or `+`."""
    for tag, i1, i2, j1, j2 in opcodes(old, new):
        if tag == "equal":
            yield from ((j + 1, " ", new[j]) for j in range(j1, j2))
        else:
            yield from ((j1 + 1, "-", line) for line in old[i1:i2])
            yield from ((j + 1, "+", new[j]) for j in range(j1, j2))


def hunks(ops: Sequence[Opcode], context: int) -> Iterator[list[Opcode]]:
    """Yield runs of changes with so many equal lines around them."""
    group: list[Opcode] = []
    for position, (tag, i1, i2, j1, j2) in enumerate(ops):
        if tag != "equal":
            group.append((tag, i1, i2, j1, j2))
            continue
        last = position == len(ops) - 1
        if group and (last or i2 - i1 > 2 * context):
            size = min(context, i2 - i1)
            yield [*group, ("equal", i1, i1 + size, j1, j1 + size)]
            group = []
        if last:
            continue
        size = min(context, i2 - i1) if not group else i2 - i1
        group.append(("equal", i2 - size, i2, j2 - size, j2))
    if any(tag != "equal" for tag, *_ in group):
        yield group


def marked(
    old: Sequence[str], new: Sequence[str]
) -> tuple[list[list[Span]], list[list[Span]], int]:
    """Return by line which characters of a changed block are other words, and what that cost.

    Nothing is marked where the two have little in common, since then all is new, or are too long.
    """
    none: tuple[list[list[Span]], list[list[Span]]] = ([[] for _ in old], [[] for _ in new])
    if max(map(len, (*old, *new))) > _LONG_LINE:
        return (*none, 0)
    import re
    from difflib import SequenceMatcher

    one, other = (re.findall(_TOKEN, "\n".join(lines)) for lines in (old, new))
    head = _common(one, other)
    tail = _common(one[head:][::-1], other[head:][::-1])
    first, second = one[head : len(one) - tail], other[head : len(other) - tail]
    cost = len(first) * len(second)
    if cost > _MARKED:
        return (*none, 0)
    ops = [(0, len(first), 0, len(second))]
    if len(first) > 1 < len(second):
        matcher = SequenceMatcher(None, first, second, autojunk=False)
        ops = [tuple(op[1:]) for op in matcher.get_opcodes() if op[0] != "equal"]  # type: ignore[misc]
    before = _characters(one, [(head + i1, head + i2) for i1, i2, _, _ in ops])
    after = _characters(other, [(head + j1, head + j2) for _, _, j1, j2 in ops])
    size = sum(map(len, old)) + sum(map(len, new))
    if sum(high - low for low, high in (*before, *after)) > 0.75 * size:
        return (*none, cost)
    return _by_line(old, before), _by_line(new, after), cost


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    position = 0
    for first, second in zip(one, other):  # noqa: B905 (the shorter one ends it)
        if first != second:
            break
        position += 1
    return position


def _characters(tokens: Sequence[str], ranges: Sequence[Span]) -> list[Span]:
    """Return the characters that ranges of tokens cover."""
    ends = [0]
    for token in tokens:
        ends.append(ends[-1] + len(token))
    return [(ends[first], ends[last]) for first, last in ranges if first < last]


def _by_line(lines: Sequence[str], spans: Sequence[Span]) -> list[list[Span]]:
    """Return by line the parts of spans of the whole text that are not blank."""
    found: list[list[Span]] = []
    begin = 0
    for text in lines:
        parts = ((max(low - begin, 0), min(high - begin, len(text))) for low, high in spans)
        found.append([(i, j) for i, j in parts if i < j and text[i:j].strip()])
        begin += len(text) + 1
    return found


# On paper


class Style:
    """How git would show it: colours by slot (none at all when empty), lines of context, prefixes."""

    __slots__ = ("abbrev", "context", "paint", "prefixes", "quotes")

    def __init__(self, settings: Mapping[str, str] | None = None, colour: bool = False) -> None:
        given = settings or {}
        self.paint = _colours(given) if colour else {}
        told = os.environ.get("GIT_DIFF_OPTS", "")
        lines = [told[len(o) :] for o in ("-u", "--unified=") if told.startswith(o)]
        self.context = _number(lines[0] if lines else given.get("diff.context"), _CONTEXT)
        self.abbrev = _number(given.get("core.abbrev"), 7)
        self.prefixes = ("", "") if _true(given.get("diff.noprefix", "false")) else ("a/", "b/")
        self.quotes = _true(given.get("core.quotepath", "true"))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default


def _true(text: str) -> bool:
    return text.lower() in ("true", "yes", "on", "1", "")


class Paper:
    """The lines of a diff, painted."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.lines: list[str] = []
        self.marks = _MARKS if style.paint else 0

    def put(self, slot: str, text: str, spans: Sequence[Span] = ()) -> None:
        """Add a line; `spans` of it, after the first character, are changed words."""
        start = self.style.paint.get(slot, "")
        text = "".join(_with_marks(text, spans)) if spans and start else visible(text)
        self.lines.append(f"{start}{text}\033[m" if start else text)

    def cell(self, where: str, what: str) -> None:
        """Add the head of what follows."""
        start, about = self.style.paint.get("frag", ""), self.style.paint.get("func", "")
        where, what = visible(f"@@ {where} @@"), visible(what)
        if start:
            where = f"{start}{where}\033[m"
        if about and what:
            what = f"{about}{what}\033[m"
        self.lines.append(f"{where} {what}".rstrip())

    def block(self, old: Sequence[str], new: Sequence[str]) -> None:
        """Add lines that were, then lines that are, with changed words marked."""
        whole: list[tuple[Sequence[str], Sequence[str]]] = [(old, new)]
        pairs = list(zip(([line] for line in old), ([line] for line in new), strict=False))
        spans: tuple[list[list[Span]], list[list[Span]]] = ([], [])
        for one, other in pairs if len(old) == len(new) else whole:
            if one and other and self.marks > 0:
                *found, cost = marked(one, other)
                self.marks -= cost + len(one) + len(other)
            else:
                found = [[[] for _ in one], [[] for _ in other]]
            spans[0].extend(found[0])
            spans[1].extend(found[1])
        for line, changed in zip(old, spans[0], strict=True):
            self.put("old", f"-{line}", changed)
        for line, changed in zip(new, spans[1], strict=True):
            self.put("new", f"+{line}", changed)


def visible(text: str) -> str:
    """Return a text without what a terminal would obey or be misled by."""
    if text.replace("\t", "").isprintable():
        return text
    import re

    return re.sub(UNSAFE, _escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def _with_marks(text: str, spans: Sequence[Span]) -> Iterator[str]:
    done = 0
    for low, high in spans:
        yield visible(text[done : low + 1])
        yield f"\033[7m{visible(text[low + 1 : high + 1])}\033[27m"
        done = high + 1
    yield visible(text[done:])


def compare(old: Notebook | None, new: Notebook | None, paper: Paper) -> None:
    """Put on paper what changed between two notebooks; None where there is none."""
    if old and new:
        for label in dict.fromkeys([*old.about, *new.about]):
            was, now = old.about.get(label, "none"), new.about.get(label, "none")
            if was != now:
                paper.cell(label, f"{was} became {now}")
    before, after = (notebook.cells if notebook else [] for notebook in (old, new))
    found = match(before, after)
    for run in _runs(changes(before, after, found)):
        _show_run(run, paper)
    ids = sum(before[b].id != after[a].id for a, b in found.items())
    if ids:
        paper.cell("ids", f"of {ids} cell{'s' * (ids > 1)} changed")


def _runs(found: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield cells that moved together and are otherwise the same as one, others by themselves."""
    run: list[Change] = []
    for change in found:
        same = change.kind == "moved" and not (change.text or change.notes or change.outputs)
        follows = (
            run
            and change.old
            and change.new
            and change.old[0].index == run[-1].old[0].index + 1
            and change.new[0].index == run[-1].new[0].index + 1
        )
        if run and not (same and follows):
            yield run
            run = []
        if same:
            run.append(change)
        else:
            yield [change]
    if run:
        yield run


def _show_run(run: Sequence[Change], paper: Paper) -> None:
    change = run[0]
    old = [cell.index for each in run for cell in each.old]
    new = [cell.index for each in run for cell in each.new]
    where = _cells(new or old)
    if old and new and old != new:
        where += f" (was {_numbers(old)})"
    cell = (change.new or change.old)[0]
    words = [cell.kind] if len(run) == 1 else []
    if change.kind != "unchanged":
        words.append(change.kind)
    if change.kind == "moved" and change.text:
        words.append("modified")
    if change.kind in ("added", "removed"):
        words += [f"named {_quoted(cell.name)}"] if cell.name else []
        words += [f"tags: {', '.join(cell.tags)}"] if cell.tags else []
    paper.cell(where, ", ".join([*words, *change.notes]))
    if change.text:
        _show_source(change, where, paper)
    if change.outputs:
        paper.put("meta", f"output: {change.outputs}")


def _cells(indexes: Sequence[int]) -> str:
    return f"cell{'s' * (len(indexes) > 1)} {_numbers(indexes)}"


def _numbers(indexes: Sequence[int]) -> str:
    if len(indexes) > 2 and indexes[-1] - indexes[0] == len(indexes) - 1:
        return f"{indexes[0]}-{indexes[-1]}"
    return ", ".join(map(str, indexes))


def _show_source(change: Change, where: str, paper: Paper) -> None:
    old, new = change.before, change.after
    for number, hunk in enumerate(hunks(opcodes(old, new), paper.style.context)):
        _, i1, _, j1, _ = hunk[0]
        if number or max(i1, j1):
            paper.cell(f"{where}, line {j1 + 1}", "")
        for tag, i1, i2, j1, j2 in hunk:
            if tag == "equal":
                for line in new[j1:j2]:
                    paper.put("context", f" {line}")
            else:
                paper.block(old[i1:i2], new[j1:j2])


# The header, as git writes it


class File:
    """One side of a diff, as git hands it over: where its bytes are, its hash and its mode; and
    whether our filter is to clean it."""

    __slots__ = ("filtered", "hex", "mode", "path")

    def __init__(self, path: str, hex: str = "", mode: str = "") -> None:
        self.path, self.hex, self.mode = path, hex, mode
        self.filtered = False

    @property
    def there(self) -> bool:
        """Is there a file at all?"""
        return self.path != os.devnull and self.mode != "."

    def hash(self) -> str:
        """Return git's hash, which it leaves to us for a file of the work tree."""
        if not self.there:
            return "0" * 40
        if self.hex.strip("0") or len(self.hex) != 40:
            return self.hex
        try:
            from _sha1 import sha1  # hashlib loads OpenSSL first, which takes milliseconds

            data = self.read()
        except (ImportError, OSError):
            return self.hex
        digest: str = sha1(b"blob %d\0" % len(data) + data).hexdigest()
        return digest

    def read(self) -> bytes:
        """Return the file's bytes, without outputs if it is filtered."""
        with open(self.path, "rb") as stream:
            data = stream.read()
        if self.filtered:
            from clean import clean  # type: ignore[import-not-found] # beside this file

            data = clean(data)
        return data

    def cleaned_by_add(self) -> bool:
        """Is it a file of the work tree, and does git's filter for it belong to us?

        Git hands such a file over by its path there, and puts others into a temporary folder.
        """
        if not self.there or os.path.isabs(self.path):
            return False
        return git("check-attr", "-z", "filter", "--", self.path).endswith(b"\0nb2prod\0")


def header(
    names: tuple[str, str], old: File, new: File, renamed: str, paper: Paper
) -> tuple[str, str]:
    """Put git's header on paper; return what the two sides are called."""
    style = paper.style
    called = [quoted_path(p + n, style) for p, n in zip(style.prefixes, names, strict=True)]
    paper.put("meta", f"diff --git {called[0]} {called[1]}")
    if not old.there:
        paper.put("meta", f"new file mode {new.mode}")
    elif not new.there:
        paper.put("meta", f"deleted file mode {old.mode}")
    elif old.mode != new.mode:
        paper.put("meta", f"old mode {old.mode}")
        paper.put("meta", f"new mode {new.mode}")
    for line in renamed.splitlines():
        if not line.startswith("index "):
            paper.put("meta", line)
    hashes = [file.hash()[: style.abbrev] for file in (old, new)]
    same_mode = f" {new.mode}" if old.mode == new.mode else ""
    if hashes[0] != hashes[1]:
        paper.put("meta", f"index {hashes[0]}..{hashes[1]}{same_mode}")
    sides = [n if f.there else "/dev/null" for n, f in zip(called, (old, new), strict=True)]
    return sides[0], sides[1]


def quoted_path(path: str, style: Style) -> str:
    """Return a path as git prints it: in quotes and with escapes where it holds anything unusual."""
    data = os.fsencode(path)
    plain = range(32, 127) if style.quotes else (*range(32, 127), *range(128, 256))
    if all(byte in plain and byte not in b'"\\' for byte in data):
        return path
    done = bytearray()
    for byte in data:
        if byte in _NAMED:
            done += b"\\" + _NAMED[byte]
        elif byte in plain:
            done.append(byte)
        else:
            done += b"\\%03o" % byte
    return f'"{os.fsdecode(bytes(done))}"'


_NAMED = dict(zip(b'\a\b\t\n\v\f\r"\\', (b'a b t n v f r " \\').split(), strict=True))


def put_sides(called: tuple[str, str], paper: Paper) -> None:
    """Put the lines of a header on paper that name the two sides."""
    # git ends a name with a space in it by a tab, so that programs find its end
    for sign, name in zip(("---", "+++"), called, strict=True):
        paper.put("meta", f"{sign} {name}")
        paper.lines[-1] += "\t" if " " in name else ""


# Git's settings


_SETTINGS = (
    r"^(color\.(ui|diff|pager|diff\..*)|diff\.(context|noprefix|color.*)|core\.(quotepath|abbrev))$"
)
_SLOTS = {
    "meta": ("bold", ("diff.color.meta", "color.diff.meta")),
    "frag": ("cyan", ("diff.color.frag", "color.diff.frag")),
    "func": ("", ("diff.color.func", "color.diff.func")),
    "old": ("red", ("diff.color.old", "color.diff.old")),
    "new": ("green", ("diff.color.new", "color.diff.new")),
    "context": ("", ("color.diff.plain", "color.diff.context")),
}
_COLOURS = "black red green yellow blue magenta cyan white".split()
_ATTRIBUTES = {"bold": 1, "dim": 2, "italic": 3, "ul": 4, "blink": 5, "reverse": 7, "strike": 9}


def git_settings() -> dict[str, str]:
    """Return git's settings that bear on how a diff looks; none where git cannot be asked."""
    found = {}
    for entry in git("config", "-z", "--get-regexp", _SETTINGS).split(b"\0"):
        key, _, value = entry.decode("utf-8", "replace").partition("\n")
        found[key] = value
    return found


def git(*arguments: str) -> bytes:
    """Return what a git command prints; nothing when it fails to start."""
    if not hasattr(os, "posix_spawnp"):
        import subprocess

        try:
            return subprocess.run(["git", *arguments], stdout=-1, stderr=-3, check=False).stdout
        except OSError:
            return b""
    reading, writing = os.pipe()
    actions = [
        (os.POSIX_SPAWN_DUP2, writing, 1),
        (os.POSIX_SPAWN_CLOSE, reading),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    try:
        process = os.posix_spawnp("git", ["git", *arguments], os.environ, file_actions=actions)
    except OSError:
        os.close(reading)
        return b""
    finally:
        os.close(writing)
    with open(reading, "rb") as stream:
        data = stream.read()
    os.waitpid(process, 0)
    return data


def coloured(settings: Mapping[str, str], stream: int = 1) -> bool:
    """Would git colour this diff? Not in a file or pipe, unless a pager reads it or it is told to."""
    wanted = settings.get("color.diff", settings.get("color.ui", "auto")).lower()
    if wanted == "always":
        return True
    if wanted in ("never", "false", "no", "off", "0") or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("TERM") == "dumb":
        return False
    pager = os.environ.get("GIT_PAGER_IN_USE") == "true" and _true(
        settings.get("color.pager", "true")
    )
    return pager or os.isatty(stream)


def _colours(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the escape sequence of each slot; those without one are not painted."""
    found = {}
    for slot, (default, keys) in _SLOTS.items():
        given = next((settings[key] for key in reversed(keys) if key in settings), default)
        found[slot] = escape_sequence(given) or escape_sequence(default)
    return {slot: sequence for slot, sequence in found.items() if sequence}


def escape_sequence(words: str) -> str:
    """Return the escape sequence of a colour as git's settings spell it; none of what it is not."""
    given = words.lower().split()
    codes = [str(code) for word, code in _ATTRIBUTES.items() if word in given]
    base = 30
    for word in given:
        name = word.removeprefix("bright")
        if word == "normal":
            base = 40
        elif word in _COLOURS or (name != word and name in _COLOURS):
            codes.append(str(base + _COLOURS.index(name) + 60 * (name != word)))
            base = 40
        elif word.isdecimal() and int(word) < 256:
            codes.append(f"{base + 8};5;{word}")
            base = 40
        elif len(word) == 7 and word[0] == "#" and not word[1:].strip("0123456789abcdef"):
            red, green, blue = (int(word[i : i + 2], 16) for i in (1, 3, 5))
            codes.append(f"{base + 8};2;{red};{green};{blue}")
            base = 40
    return f"\033[{';'.join(codes)}m" if codes else ""


# The two doors


def external_diff(arguments: Sequence[str], style: Style, filtered: bool = False) -> bytes:
    """Return the diff for the arguments that git gives an external diff command.

    `filtered` says that our filter is installed: what it will take out is no change.
    """
    paper = Paper(style)
    if len(arguments) < 7:
        paper.put("", f"* Unmerged path {quoted_path(arguments[0], style)}")
        return _bytes(paper)
    old, new = File(*arguments[1:4]), File(*arguments[4:7])
    for side in (old, new):
        side.filtered = filtered and side.cleaned_by_add()
    names = (arguments[0], arguments[7] if len(arguments) > 7 else arguments[0])
    renamed = arguments[8] if len(arguments) > 8 else ""
    called = header(names, old, new, renamed, paper)
    top = len(paper.lines)
    try:
        given = [file.read() if file.there else None for file in (old, new)]
        if given[0] == given[1]:
            return _bytes(paper)  # only the mode or the name changed
        put_sides(called, paper)
        body(given[0], given[1], paper)
    except Exception:  # whatever a file makes JSON or the comparison raise
        del paper.lines[top:]
        return _bytes(paper) + plain_diff(old, new, called, style)
    return _bytes(paper)


def body(old: bytes | None, new: bytes | None, paper: Paper) -> None:
    """Put the diff of two notebooks on paper; raise ValueError where one is no notebook."""
    start = len(paper.lines)
    notebooks = [None if data is None else Notebook(data) for data in (old, new)]
    compare(notebooks[0], notebooks[1], paper)
    if len(paper.lines) == start:
        paper.cell(
            "notebook", "only execution counts, other metadata or the layout of the file differ"
        )


def plain_diff(old: File, new: File, called: tuple[str, str], style: Style) -> bytes:
    """Return git's own diff of two files, under their own names instead of temporary ones."""
    import re

    colour = f"--color={'always' if style.paint else 'never'}"
    data = git(
        *("--no-pager", "diff", "--no-index", "--no-ext-diff", "--no-textconv", colour),
        *(f"--unified={style.context}", "--", old.path, new.path),
    )
    lines = data.split(b"\n")
    for number, line in enumerate(lines):
        bare = re.sub(rb"^(\033\[[\d;]*m)+", b"", line)
        if bare.startswith(b"@@ "):
            paper = Paper(style)
            put_sides(called, paper)
            return _bytes(paper) + b"\n".join(lines[number:])
        if bare.startswith(b"Binary files "):
            break
    return f"Binary files {called[0]} and {called[1]} differ\n".encode("utf-8", "surrogateescape")


def _bytes(paper: Paper) -> bytes:
    text = "".join(f"{line}\n" for line in paper.lines)
    return text.encode("utf-8", "surrogateescape")


def textconv(data: bytes) -> bytes:
    """Return a notebook as text that says the same as long as it is the same.

    A line for each line of source, each output and each tag; no execution counts, no ids and no
    numbers of cells, which would change with every cell put in above. What is no notebook comes back
    as it is, but for what git calls binary.
    """
    try:
        notebook = Notebook(data)
        text = "\n".join(_page(notebook)) + "\n"
    except Exception:  # whatever a file makes JSON raise
        if b"\0" not in data[:8000]:
            return data
        text = f"binary file of {_size(len(data))} {_mark(data.hex())}\n"
    return text.encode("utf-8", "backslashreplace")


def _page(notebook: Notebook) -> Iterator[str]:
    for label, value in notebook.about.items():
        yield visible(f"# {label}: {value}")
    for cell in notebook.cells:
        words = ["# %%", f"[{cell.kind}]" if cell.kind != "code" else ""]
        words += [f"name={cell.name}" if cell.name else ""]
        words += [f"tags={','.join(cell.tags)}" if cell.tags else ""]
        yield ""
        yield visible(" ".join(filter(None, words)))
        yield from map(visible, cell.lines)
        for name in cell.attachments:
            yield visible(f"#> attachment {name} {_mark(cell.attachments[name])}")
        for output in cell.outputs:
            yield visible(f"#> {output} {_mark(output.content)}")


def _mark(content: Any) -> str:
    """Return a few letters that change with the content."""
    from zlib import crc32

    if isinstance(content, str):
        text = content
    else:
        import json

        text = json.dumps(content, sort_keys=True)
    return f"({crc32(text.encode('utf-8', 'surrogatepass')):08x})"


def write(data: bytes, stream: int = 1) -> bool:
    """Write it all, and say whether somebody read it: a closed pager is no error."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(stream, view) :]
    except OSError:
        return False
    return True


def main(arguments: Sequence[str]) -> int:
    """Answer git; the exit status is 0 whatever the files hold."""
    filtered = bool(arguments) and arguments[0] == "--clean"
    arguments = arguments[filtered:]
    if arguments and arguments[0].startswith("--textconv"):
        file = File(arguments[-1])
        file.filtered = filtered and file.cleaned_by_add()
        write(textconv(file.read()))
        return 0
    production = bool(arguments) and arguments[0] == "--production"
    arguments = arguments[production:]
    if not arguments:
        write((__doc__ or "").encode())
        return 0
    settings = git_settings()
    style = Style(settings, coloured(settings))
    if write(external_diff(arguments, style, filtered)) and production and len(arguments) >= 7:
        _production(arguments)
    return 0


def _production(arguments: Sequence[str]) -> None:
    """Add what changes in the package, which takes nb2prod itself and a second or two."""
    import subprocess

    command = [sys.executable, "-P", "-m", "nb2prod", "diff", "--production", "--no-header"]
    files = [arguments[1], arguments[4]]
    try:
        subprocess.run([*command, "--", *files], stdin=-3, stderr=-3, timeout=120, check=False)
    except (OSError, subprocess.SubprocessError):
        return


def run(arguments: Sequence[str]) -> None:
    """Answer git and end: with 1 only where nothing was printed, and then git's own diff follows."""
    try:
        sys.exit(main(arguments))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:
        sys.exit(1)


if __name__ == "__main__":
    run(sys.argv[1:])
