"""Data of unknown origin: how was it obtained, who may see it, how is it brought up to date?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from nb2prod.model import Analysis, Origin, Question, Source

_COST = 100
_UNKNOWN = frozenset({"file", "database", "object store", "model"})  # the others say where they are
_TOLD = re.compile(
    r"\b(download|obtain|kaggle|provided by|collected by|available (at|from|on|here)|source[sd]?\b|"
    r"data ?set (is|was|from|can)|taken from|comes? from|exported|survey)",
    re.I,
)
_LINK = re.compile(r"https?://|\bwww\.|\bdoi\b", re.I)
_FEW = 5
_WHY = "The model can be rebuilt, checked and brought up to date only by who can get the data."


def found(analysis: Analysis) -> Iterator[Question]:
    """Yield a question for each folder, database or store whose data the notebook does not explain."""
    groups: dict[str, list[Source]] = defaultdict(list)
    for source in analysis.sources:
        if source.direction == "read" and source.kind in _UNKNOWN and not source.obtained_by:
            groups[f"{source.kind} {_path(source).parent}"].append(source)
    prose = "\n".join(c.source for c in analysis.program.cells if c.kind == "markdown")
    for members in groups.values():
        names = list(dict.fromkeys(_path(source).name for source in members))
        if not _is_told(prose, names):
            place = Origin(members[0].cell, members[0].line, members[0].line)
            key = f"origin-{'-'.join(sorted(names))}"
            position = _position(analysis, place)
            yield Question(key, _asked(names), _WHY, place, _COST, position)


def _path(source: Source) -> PurePosixPath:
    """Return where a source lies, the expression for it where that is not known."""
    text = source.location if source.resolved is None else source.resolved
    return PurePosixPath(text.replace("\\", "/"))


def _position(analysis: Analysis, place: Origin) -> int | None:
    """Return the statement that stands there."""
    for position, statement in enumerate(analysis.statements):
        origin = statement.origin
        if origin.cell == place.cell and origin.line <= place.line <= origin.end_line:
            return position
    return None


def _asked(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name[:60]}`" for name in names[:_FEW])
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    verb = "do" if len(names) > 1 else "does"
    return (
        f"Where {verb} {shown}{more} come from, who may see the data, and how is it brought up to "
        "date?"
    )


def _is_told(prose: str, names: Sequence[str]) -> bool:
    """Return whether the prose links to where data comes from, or speaks of the files by name."""
    if _LINK.search(prose) and _TOLD.search(prose):
        return True
    return all(name in prose for name in names) and bool(_TOLD.search(prose))
