"""The lines of a text that are worth a closer look."""

from __future__ import annotations

from collections.abc import Iterable

_LONG = 2_000  # characters; of a longer line only what is around an anchor counts
_BEFORE, _AFTER = 200, 600


def lines_with(text: str, anchors: Iterable[str]) -> list[tuple[int, int]]:
    """Return where lines start and end in which an anchor stands: parts of very long lines."""
    spans: set[tuple[int, int]] = set()
    for anchor in anchors:
        at = text.find(anchor)
        while at >= 0:
            start, end = _around(text, at)
            spans.add((start, end))
            at = text.find(anchor, max(end, at + 1))
    return _merged(sorted(spans))


def _around(text: str, at: int) -> tuple[int, int]:
    start = text.rfind("\n", max(at - _LONG, 0), at) + 1
    if not start:  # none near
        start = max(at - _BEFORE, 0)
    end = text.find("\n", at, at + _LONG)
    return start, end if end >= 0 else min(at + _AFTER, len(text))


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def lower(text: str) -> str:
    """Return a text in lower case, each letter in its place."""
    made = text.lower()
    return made if len(made) == len(text) else text.encode("ascii", "replace").decode().lower()
