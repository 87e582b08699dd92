"""Three-way merge of one cell: no field of one side is lost, and what a run writes never conflicts."""

from __future__ import annotations

from typing import Any

from nb2prod.git.lines import LABELS, between_markers, merged_lines
from nb2prod.git.match import text
from nb2prod.git.metadata import ABSENT, CLASH, merged_metadata, merged_value

Json = dict[str, Any]

_RUN = ("outputs", "execution_count")  # what only code cells have
_MERGED = ("source", "metadata", "attachments", *_RUN)


def merged_cell(base: Json | None, ours: Json, theirs: Json, marker: int) -> tuple[Json, list[str]]:
    """Return the cell of both sides and what conflicts in it, in words; no base: both added it.

    A conflict of the source stands in the source between markers. Outputs and counts are cleared where
    both sides changed them differently.
    """
    value = merged_value(base, ours, theirs)
    if value is not CLASH:
        return value, []
    base = base or {}
    cell, conflicts = _plain(base, ours, theirs)
    source, clash = merged_lines(text(base), text(ours), text(theirs), marker)
    cell["source"] = _as_written(source, ours, theirs)
    conflicts += ["source"] * clash
    dicts = [_dict(side, "metadata") for side in (base, ours, theirs)]
    cell["metadata"], clash = merged_metadata(*dicts)
    conflicts += ["metadata"] * clash
    _attach(cell, base, ours, theirs, conflicts)
    _run(cell, base, ours, theirs)
    return cell, conflicts


def deleted_cell(edited: Json, deleted_by: str, marker: int) -> Json:
    """Return a cell that one side edited and the other deleted: kept, with that said in its source."""
    ours, theirs = ("", text(edited)) if deleted_by == LABELS[0] else (text(edited), "")
    notes = [
        " (deleted this cell)" if side == deleted_by else "" for side in (LABELS[0], LABELS[2])
    ]
    source = between_markers(ours, theirs, marker, *notes)
    return edited | {"source": _as_written(source, edited, edited)}


def same_content(one: Json, other: Json) -> bool:
    """Say whether two cells differ in nothing that a person wrote: source, kind and attachments."""
    return _content(one) == _content(other)


def _content(cell: Json) -> tuple[Any, ...]:
    return cell.get("cell_type"), text(cell), cell.get("attachments") or {}


def _plain(base: Json, ours: Json, theirs: Json) -> tuple[Json, list[str]]:
    """Merge the fields that are one value: what one side changed, else ours; order of the keys: ours."""
    cell: Json = {}
    conflicts = []
    for key in (*ours, *(key for key in theirs if key not in ours)):
        sides = [side.get(key, ABSENT) for side in (base, ours, theirs)]
        value = merged_value(*sides)
        if value is CLASH:
            value = sides[1] if sides[1] is not ABSENT else sides[2]
            conflicts += ["kind"] * (key == "cell_type")
        if value is not ABSENT or key in _MERGED:
            cell[key] = None if value is ABSENT else value
    return cell, conflicts


def _as_written(source: str, ours: Json, theirs: Json) -> str | list[str]:
    """The source in the form of the side that has it; else as ours writes sources."""
    for side in (ours, theirs):
        if text(side) == source:
            written: str | list[str] = side["source"]
            return written
    return source.splitlines(keepends=True) if isinstance(ours.get("source"), list) else source


def _dict(cell: Json, key: str) -> Json:
    value = cell.get(key)
    return value if isinstance(value, dict) else {}


def _attach(cell: Json, base: Json, ours: Json, theirs: Json, conflicts: list[str]) -> None:
    """Put all attachments into the cell; of two versions of one, theirs gets another name."""
    before, left, right = (_dict(side, "attachments") for side in (base, ours, theirs))
    merged: Json = {}
    for name in (*left, *(name for name in right if name not in left)):
        sides = [side.get(name, ABSENT) for side in (before, left, right)]
        value = merged_value(*sides)
        if value is CLASH and ABSENT not in sides[1:]:
            conflicts.append(f"attachment {name}")
            merged[f"{LABELS[2]}-{name}"] = sides[2]
            value = sides[1]
        if value is CLASH:  # changed by one, removed by the other
            value = next(side for side in sides[1:] if side is not ABSENT)
        if value is not ABSENT:
            merged[name] = value
    cell.pop("attachments", None)
    if merged and cell.get("cell_type") != "code":
        cell["attachments"] = merged


def _run(cell: Json, base: Json, ours: Json, theirs: Json) -> None:
    """Put outputs and counts into a code cell, and none into others."""
    if cell.get("cell_type") != "code":
        for key in _RUN:
            cell.pop(key, None)
        return
    count = merged_value(*(side.get("execution_count") for side in (base, ours, theirs)))
    outputs = merged_value(*(_uncounted(side) for side in (base, ours, theirs)))
    whole = next((side for side in (ours, theirs) if _uncounted(side) == outputs), {})
    cell["outputs"] = _counted(whole.get("outputs") or [], count)
    cell["execution_count"] = None if count is CLASH or outputs is CLASH else count


def _uncounted(cell: Json) -> list[Any]:
    """The outputs without the counts in them, which change with every run."""
    return [
        {k: v for k, v in output.items() if k != "execution_count"}
        for output in cell.get("outputs") or []
    ]


def _counted(outputs: list[Any], count: Any) -> list[Any]:
    number = None if count is CLASH else count
    return [
        output | {"execution_count": number} if "execution_count" in output else output
        for output in outputs
    ]
