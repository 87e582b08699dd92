"""The law of merging: what neither side deleted is in the result, whatever both did."""

from __future__ import annotations

import copy
import sys
import warnings
from collections import Counter

import pytest
from edits import Described, notebook, versions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nb2prod.git.match import text
from nb2prod.git.notebooks import Json, merge_notebooks

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # slow, not needed

from nbformat import validate  # noqa: E402

Cells = list[Described]
Three = tuple[Cells, Cells, Cells]

_FAST = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_MANY = settings(_FAST, max_examples=2000)


def check(three: Three, ids: bool, as_lines: bool) -> None:
    written = [notebook(cells, ids, as_lines) for cells in three]
    result, conflicts = merge_notebooks(*copy.deepcopy(written))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # validate() mends ids that are there twice, and warns
        validate(copy.deepcopy(result))
    check_lines(three, result, conflicts, ids)
    if ids:
        check_cells(three, result, conflicts)


def check_lines(three: Three, result: Json, conflicts: list[str], ids: bool) -> None:
    """No line is lost, none comes back, none stands twice that one side has once."""
    base, ours, theirs = ([line for cell in side for line in cell.lines] for side in three)
    merged = Counter(line for cell in result["cells"] for line in text(cell).splitlines())
    new = (set(ours) | set(theirs)) - set(base)
    in_all = set(base) & set(ours) & set(theirs)
    assert not (new | in_all) - set(merged), "lost"
    if conflicts:
        return
    assert not set(merged) - set(ours) - set(theirs), "neither side has it"
    placed = [set(_placed(three[0], side, ids)) for side in three[1:]]
    for line, count in merged.items():
        sides = ours.count(line), theirs.count(line)
        both = line in placed[0] & placed[1]
        assert count <= (sum(sides) if both else max(sides)), "duplicated"


def _placed(base: Cells, side: Cells, ids: bool) -> list[str]:
    """The lines that a side put into a cell; without ids what it changed may as well be a new one."""
    if ids:
        before = {(cell.key, line) for cell in base for line in cell.lines}
        return [line for c in side for line in c.lines if (c.key, line) not in before]
    old = [cell.lines for cell in base]
    return [line for cell in side if cell.lines not in old for line in cell.lines]


def check_cells(three: Three, result: Json, conflicts: list[str]) -> None:
    """Cells that ids name are there, or deleted by one side and unchanged by the other."""
    base, ours, theirs = ({cell.key: cell for cell in side} for side in three)
    merged = {cell["id"]: cell for cell in result["cells"]}
    assert len(merged) == len(result["cells"])
    if not all(base.keys() & side.keys() for side in (ours, theirs)):
        return  # ids say nothing there, and likeness decides
    copied = _copied(base, ours) | _copied(base, theirs)
    hard = bool(copied)
    for key in base.keys() - copied:
        sides = [side[key] for side in (ours, theirs) if key in side]
        edited = [side.lines != base[key].lines for side in sides]
        assert (f"id-{key}-x" in merged) == (len(sides) == 2 or any(edited))
        hard |= any(edited) and (len(sides) == 1 or all(edited))
        if len(sides) == 2 and base[key].kind == "code":
            check_outputs(base[key], sides, merged[f"id-{key}-x"])
    for side in (ours, theirs):
        for key in side.keys() - base.keys() - copied:
            source = "\n".join(side[key].lines)
            assert any(source in text(cell) for cell in result["cells"])
    if not hard:
        assert conflicts == []


def _copied(base: dict[str, Described], side: dict[str, Described]) -> set[str]:
    """Cells whose source another cell has: made anew, or joined to an empty one. The same, or not?"""
    gone, come = ([cell for cell in one.values() if cell.lines != _lines(other, cell.key)]
                  for one, other in ((base, side), (side, base)))  # fmt: skip
    pairs = [(old, new) for old in gone for new in come if old.lines == new.lines]
    return {cell.key for pair in pairs for cell in pair}


def _lines(cells: dict[str, Described], key: str) -> list[str] | None:
    return cells[key].lines if key in cells else None


def check_outputs(base: Described, sides: Cells, merged: Json) -> None:
    """Outputs are those of the side that ran the cell; none where both did, differently."""
    runs = {side.run for side in sides} - {base.run}
    shown = {"".join(output["text"]).split()[0] for output in merged["outputs"]}
    assert shown == (set() if len(runs) > 1 else runs or {base.run})


@pytest.mark.parametrize("ids", [True, False])
@given(three=versions(), as_lines=st.booleans())
@_FAST
def test_no_cell_is_lost(three: Three, ids: bool, as_lines: bool) -> None:
    check(three, ids, as_lines)


@pytest.mark.slow
@pytest.mark.parametrize("ids", [True, False])
@given(three=versions(), as_lines=st.booleans())
@_MANY
def test_no_cell_is_lost_in_thousands_of_merges(three: Three, ids: bool, as_lines: bool) -> None:
    check(three, ids, as_lines)


@given(three=versions(), ids=st.booleans())
@_FAST
def test_what_one_side_did_alone_is_the_result(three: Three, ids: bool) -> None:
    base, ours, _ = (notebook(cells, ids) for cells in three)
    assert merge_notebooks(base, ours, base) == (ours, [])
    assert merge_notebooks(base, base, ours) == (ours, [])
    assert merge_notebooks(base, ours, ours) == (ours, [])


@given(three=versions())
@_FAST
def test_both_ways_of_merging_have_the_same_lines(three: Three) -> None:
    base, ours, theirs = (notebook(cells) for cells in three)
    one, conflicts = merge_notebooks(base, ours, theirs)
    other, also = merge_notebooks(base, theirs, ours)
    assert bool(conflicts) == bool(also)
    if not conflicts:
        assert sorted(map(text, one["cells"])) == sorted(map(text, other["cells"]))
