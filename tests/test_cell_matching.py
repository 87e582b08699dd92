"""Which cell is which, and what is said of it."""

from __future__ import annotations

import random
import re
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from repositories import code, markdown, notebook, picture, printed

from nb2prod.git import driver

A = "import pandas as pd\ndf = pd.read_csv('a.csv')\ndf.head()"
B = "def total(frame):\n    return frame.sum()\n\n\ndef mean(frame):\n    return frame.mean()"
C = "model = fit(df)\nmodel.score()"


def shown(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[str]:
    """Return the heads of cells and the lines about outputs."""
    paper = driver.Paper(driver.Style())
    driver.compare(driver.Notebook(notebook(old)), driver.Notebook(notebook(new)), paper)
    return [line for line in paper.lines if line.startswith(("@@", "output"))]


CASES = {
    "nothing": ([code(A, "a")], [code(A, "a", execution_count=9)], []),
    "moved": (
        [code(A, "a"), code(B, "b"), code(C, "c")],
        [code(B, "b"), code(C, "c"), code(A, "a")],
        ["@@ cell 2 (was 0) @@ code, moved"],
    ),
    "moved together": (
        [code(A), code(B), *(code(f"x{i} = {i}") for i in range(9))],
        [*(code(f"x{i} = {i}") for i in range(9)), code(A), code(B)],
        ["@@ cells 9, 10 (was 0, 1) @@ moved"],
    ),
    "moved and edited": (
        [code(A, "a"), code(B, "b"), code(C, "c")],
        [code(B, "b"), code(C, "c"), code(A + "\ndf.tail()", "a")],
        ["@@ cell 2 (was 0) @@ code, moved, modified"],
    ),
    "edited without ids": (
        [code(A), code(B), code(C)],
        [code(A), code(B.replace("frame", "table")), code(C.replace("fit", "train"))],
        ["@@ cell 1 @@ code, modified", "@@ cell 2 @@ code, modified"],
    ),
    "one of equal cells removed": (
        [code(C), code(A), code(C), code(B), code(C)],
        [code(A), code(C), code(B), code(C)],
        ["@@ cell 0 @@ code, removed"],
    ),
    "one more equal cell": (
        [code(A), code(C), code(B), code(C)],
        [code(C), code(A), code(C), code(B), code(C)],
        ["@@ cell 0 @@ code, added"],
    ),
    "one of equal cells moved": (
        [code(C), code(A), code(C), code(B)],
        [code(A), code(C), code(B), code(C)],
        ["@@ cell 3 (was 0) @@ code, moved"],
    ),
    "a number": ([code("x = 1")], [code("x = 2")], ["@@ cell 0 @@ code, modified"]),
    "another cell": (
        [code(A)],
        [code("print('something else altogether')")],
        ["@@ cell 0 @@ code, removed", "@@ cell 0 @@ code, added"],
    ),
    "added and removed": (
        [code(A, "a"), code(C, "c")],
        [code(A, "a"), markdown("# New", "n")],
        ["@@ cell 1 @@ code, removed", "@@ cell 1 @@ markdown, added"],
    ),
    "split": (
        [code(A, "a"), code(B, "b")],
        [code(A, "a"), code(B[:43].rstrip(), "b"), code(B[43:].strip(), "new")],
        ["@@ cells 1, 2 (was 1) @@ code, split"],
    ),
    "split in three, the last keeps the id": (
        [code(A, "a"), code(C, "c")],
        [*(code(line, f"n{i}" if i < 2 else "a") for i, line in enumerate(A.split("\n"))), code(C, "c")],
        ["@@ cells 0-2 (was 0) @@ code, split"],
    ),
    "split without ids": (
        [code(A), code(B)],
        [code(A), code(B[:43].rstrip()), code(B[43:].strip())],
        ["@@ cells 1, 2 (was 1) @@ code, split"],
    ),
    "merged": (
        [code(A, "a"), code(B, "b"), code(C, "c")],
        [code(A, "a"), code(f"{B}\n{C}", "b")],
        ["@@ cell 1 (was 1, 2) @@ code, merged"],
    ),
    "merged into the second": (
        [code(A, "a"), code(B, "b"), code(C, "c")],
        [code(A, "a"), code(f"{B}\n{C}", "c")],
        ["@@ cell 1 (was 1, 2) @@ code, merged"],
    ),
    "new ids": (
        [code(A, "a"), code(B, "b")],
        [code(A, "x"), code(B, "y")],
        ["@@ ids @@ of 2 cells changed"],
    ),
    "ids that are numbers of cells": (
        [code(text, f"cell-{i}") for i, text in enumerate([A, B, C])],
        [code(text, f"cell-{i}") for i, text in enumerate(["print('new one')", A, B, C])],
        ["@@ cell 0 @@ code, added", "@@ ids @@ of 3 cells changed"],
    ),
    "an id twice": (
        [code(A, "a"), code(B, "a")],
        [code(B, "a"), code(A, "a")],
        ["@@ cell 0 (was 1) @@ code, moved"],
    ),
    "renamed": (
        [code(A, "a", metadata={"nb2prod": {"name": "load"}})],
        [code(A, "a", metadata={"nb2prod": {"name": "read"}})],
        ['@@ cell 0 @@ code, renamed "load" to "read"'],
    ),
    "tags": (
        [code(A, "a", metadata={"tags": ["one", "two"]})],
        [code(A, "a", metadata={"tags": ["two", "parameters"], "collapsed": True})],
        ["@@ cell 0 @@ code, tags removed: one, tags added: parameters"],
    ),
    "another kind": ([code(A, "a")], [markdown(A, "a")], ["@@ cell 0 @@ markdown, code became markdown"]),
    "attachment": (
        [{**markdown("![x](attachment:x.png)", "a"), "attachments": {"x.png": {"image/png": "A"}}}],
        [{**markdown("![x](attachment:x.png)", "a"), "attachments": {"x.png": {"image/png": "B"}}}],
        ["@@ cell 0 @@ markdown, attachment x.png changed"],
    ),
    "blank cells come and go": (
        [code(A), code(""), code(B)],
        [code(""), code(A), code(B), code(" ")],
        ["@@ cell 3 @@ code, added"],
    ),
    "a picture": (
        [code(C, "c", outputs=[picture("A")])],
        [code(C, "c", outputs=[picture("B")])],
        ["@@ cell 0 @@ code", "output: image/png 75 kB changed"],
    ),
    "an error": (
        [code(C, "c", outputs=[printed("fine\n")])],
        [code(C, "c", outputs=[{"output_type": "error", "ename": "KeyError", "evalue": "'x'"}])],
        ["@@ cell 0 @@ code", 'output: stdout "fine" became KeyError "\'x\'"'],
    ),
    "cleared": (
        [code(C, "c", outputs=[printed("1"), picture("A")])],
        [code(C, "c")],
        ["@@ cell 0 @@ code", "output: 2 outputs cleared"],
    ),
    "addresses and pieces of a stream": (
        [code(C, "c", outputs=[printed("a\n"), printed("<f at 0x7f0011223344>")])],
        [code(C, "c", outputs=[printed("a\n<f at 0x7f9911223344>")])],
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_said(name: str) -> None:
    old, new, expected = CASES[name]
    assert shown(old, new) == expected


def test_kernel_language_and_format_are_said() -> None:
    old = notebook(
        [], kernelspec={"name": "python3"}, language_info={"name": "python", "version": "3.8.5"}
    )
    new = notebook(
        [], kernelspec={"name": "env"}, language_info={"name": "python", "version": "3.11.1"}
    )
    paper = driver.Paper(driver.Style())
    driver.body(old, new.replace(b'"nbformat_minor": 5', b'"nbformat_minor": 4'), paper)
    assert paper.lines == [
        "@@ kernel @@ python3 became env",
        "@@ language @@ python 3.8 became python 3.11",
        "@@ notebook format @@ 4.5 became 4.4",
    ]  # fmt: skip


_SOURCES = st.lists(st.sampled_from(["a", "b = 1", "print(c)", "", "d()", "    e"]), max_size=6)
_CELLS = st.lists(
    st.tuples(_SOURCES.map("\n".join), st.sampled_from(["i", "j", "k", None, "l", "m"])), max_size=8
)


@given(_CELLS, _CELLS)
def test_every_cell_that_changed_is_in_one_change(old: Any, new: Any) -> None:
    before, after = (
        [driver.Cell(i, code(source, id)) for i, (source, id) in enumerate(cells)]
        for cells in (old, new)
    )
    found = driver.match(before, after)
    assert len(set(found.values())) == len(found)
    made = driver.changes(before, after)
    told_old = [cell.index for change in made for cell in change.old]
    told_new = [cell.index for change in made for cell in change.new]
    assert len(set(told_old)) == len(told_old) and len(set(told_new)) == len(told_new)
    for cell in after:
        if (
            cell.index not in told_new
        ):  # unsaid: it is as it was, and nothing was put in or taken out
            assert before[found[cell.index]].source == cell.source
    for cell in before:
        if cell.index not in told_old:
            assert cell.index in found.values()


@given(_SOURCES, _SOURCES)
def test_the_old_lines_and_the_signs_give_the_new_lines(old: list[str], new: list[str]) -> None:
    made = list(driver.edits(old, new))
    assert [line for _, sign, line in made if sign != "+"] == old
    assert [line for _, sign, line in made if sign != "-"] == new
    shown = [op for hunk in driver.hunks(driver.opcodes(old, new), 1) for op in hunk]
    assert [op for op in shown if op[0] != "equal"] == [
        op for op in driver.opcodes(old, new) if op[0] != "equal"
    ]


def test_only_the_lines_around_a_change_are_shown() -> None:
    lines = [f"x{number} = {number}" for number in range(40)]
    changed = [*lines[:9], "first", *lines[10:30], "second", *lines[31:]]
    paper = driver.Paper(driver.Style({"diff.context": "2"}))
    old, new = (notebook([code("\n".join(text), "a")]) for text in (lines, changed))
    driver.body(old, new, paper)
    assert paper.lines == [
        "@@ cell 0 @@ code, modified",
        "@@ cell 0, line 8 @@",
        *[" x7 = 7", " x8 = 8", "-x9 = 9", "+first", " x10 = 10", " x11 = 11"],
        "@@ cell 0, line 29 @@",
        *[" x28 = 28", " x29 = 29", "-x30 = 30", "+second", " x31 = 31", " x32 = 32"],
    ]


@example("\na\n", "a\na(")
@given(st.text("ab (\n\x1b", max_size=30), st.text("ab (\n\x1b", max_size=30))
def test_marking_words_changes_no_letter(old: str, new: str) -> None:
    paper = driver.Paper(driver.Style(colour=True))
    paper.block(old.split("\n"), new.split("\n"))
    lines = [re.sub("\033\\[[0-9]*m", "", line) for line in paper.lines]
    expected = [f"-{line}" for line in old.split("\n")] + [f"+{line}" for line in new.split("\n")]
    assert lines == [driver.visible(line) for line in expected]


def _many(number: int, prefix: str = "c") -> list[dict[str, Any]]:
    draw = random.Random(0)
    return [
        code("".join(f"name{draw.randrange(60)} = call(x, {draw.randrange(999)})\n" for _ in range(8)),
             f"{prefix}{i}")
        for i in range(number)
    ]  # fmt: skip


def _rewritten(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**cell, "source": cell["source"].replace("(", "(y, ")} for cell in cells]


def _without_ids(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in cell.items() if key != "id"} for cell in cells]


SIZES = {
    "200 rewritten": (_many(200), _rewritten(_many(200))),
    "200 rewritten without ids": (_without_ids(_many(200)), _without_ids(_rewritten(_many(200)))),
    "500 new ids": (_many(500), _many(500, "d")),
    "500 shuffled": (_many(500), random.Random(1).sample(_many(500), 500)),
    "500 alike": ([code("x\n" * 9)] * 500, [code("x\n" * 8 + "y")] * 500),
    "a long line": ([code("x " * 100_000)], [code("y " * 100_000)]),
    "many lines alike": ([code("x\ny\n" * 5_000)], [code("y\nx\nz\n" * 4_000)]),
}


@pytest.mark.parametrize("name", SIZES)
def test_the_cost_is_bounded(name: str) -> None:
    old, new = map(notebook, SIZES[name])
    start = time.process_time()
    driver.body(old, new, driver.Paper(driver.Style(colour=True)))
    assert time.process_time() - start < 0.6  # on a calm machine 0.1; nbdime's diff: up to 56
