"""Data of unknown origin: how was it obtained, who may see it, how is it brought up to date?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from nb2prod.model import Analysis, Question

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
    groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
    written: set[str] = set()
    for position, facts in enumerate(analysis.facts):
        for use in facts.uses:
            if use.direction == "write":
                written.add(use.location or "")
            elif use.kind in _UNKNOWN and use.location and use.location not in written:
                path = PurePosixPath(use.location.replace("\\", "/"))
                groups[f"{use.kind} {path.parent}"].append((position, path.name))
    prose = "\n".join(c.source for c in analysis.program.cells if c.kind == "markdown")
    for members in groups.values():
        names = list(dict.fromkeys(name for _, name in members))
        if not _is_told(prose, names):
            position = members[0][0]
            key = f"origin-{'-'.join(sorted(names))}"
            origin = analysis.statements[position].origin
            yield Question(key, _asked(names), _WHY, origin, _COST, position)


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
