"""Random edits of notebooks whose lines are all different, so that a merge can be judged by its lines.

A cell is described by a key that no tool sees; the notebook is made of the description. What an edit
did to which cell is known, so what a merge must keep is known without any matching of cells.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]


@dataclass
class Described:
    """A cell: its key, its lines, which run its outputs are of, and its tags."""

    key: str
    lines: list[str]
    run: str = "first"
    tags: list[str] = field(default_factory=list)
    kind: str = "code"


@dataclass
class Edit:
    """What one person did to a notebook."""

    cells: list[Described]
    name: str
    made: int = 0

    def fresh(self) -> str:
        self.made += 1
        return f"{self.name}{self.made}"

    def apply(self, what: str, at: int, extra: int) -> None:
        """Do an edit; the numbers say where, and how."""
        getattr(self, what)(at % max(len(self.cells), 1), extra)

    def insert(self, at: int, extra: int) -> None:
        key = self.fresh()
        self.cells.insert(
            at, Described(key, [f"{key} = line{n}_{key}" for n in range(extra % 3 + 1)])
        )

    def insert_both(self, at: int, extra: int) -> None:
        name = f"both{extra}"
        self.cells.append(Described(self.fresh(), [f"{name} = {name}"]))

    def delete(self, at: int, extra: int) -> None:
        del self.cells[at : at + 1]

    def move(self, at: int, extra: int) -> None:
        if self.cells:
            self.cells.insert(extra % len(self.cells), self.cells.pop(at))

    def edit(self, at: int, extra: int) -> None:
        if self.cells and self.cells[at].lines:
            lines = self.cells[at].lines
            new = self.fresh()
            lines[extra % len(lines)] = f"edited_{new} = {new}"

    def add_line(self, at: int, extra: int) -> None:
        if self.cells:
            lines = self.cells[at].lines
            new = self.fresh()
            lines.insert(extra % (len(lines) + 1), f"line_{new} = {new}")

    def delete_line(self, at: int, extra: int) -> None:
        if self.cells and self.cells[at].lines:
            lines = self.cells[at].lines
            del lines[extra % len(lines)]

    def split(self, at: int, extra: int) -> None:
        if self.cells and len(self.cells[at].lines) > 1:
            lines = self.cells[at].lines
            cut = extra % (len(lines) - 1) + 1
            below = Described(self.fresh(), lines[cut:], self.name, [], self.cells[at].kind)
            del lines[cut:]
            self.cells.insert(at + 1, below)

    def join(self, at: int, extra: int) -> None:
        if at + 1 < len(self.cells):
            self.cells[at].lines += self.cells.pop(at + 1).lines

    def rerun(self, at: int, extra: int) -> None:
        for cell in self.cells[at:]:
            cell.run = self.name

    def tag(self, at: int, extra: int) -> None:
        if self.cells:
            self.cells[at].tags.append(f"tag{self.fresh()}")


EDITS = "insert insert_both delete move edit add_line delete_line split join rerun tag".split()
_SMALL = st.integers(0, 30)
_STEPS = st.lists(st.tuples(st.sampled_from(EDITS), _SMALL, _SMALL), max_size=6)


@st.composite
def versions(draw: st.DrawFn) -> tuple[list[Described], list[Described], list[Described]]:
    """Draw a notebook and what two people made of it."""
    sizes = draw(st.lists(st.integers(0, 6), max_size=8))
    base = [
        Described(f"base{i}", [f"value_{i}_{n} = base{i}_{n}" for n in range(size)])
        for i, size in enumerate(sizes)
    ]
    for cell in base[::3]:
        cell.kind = "markdown"
    sides = []
    for name in ("ours", "theirs"):
        side = Edit(copy.deepcopy(base), name)
        for step in draw(_STEPS):
            side.apply(*step)
        sides.append(side.cells)
    return base, sides[0], sides[1]


def notebook(cells: list[Described], ids: bool = True, as_lines: bool = False) -> Json:
    """Make the notebook of a description."""
    return {
        "cells": [_cell(cell, ids, as_lines) for cell in cells],
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5 if ids else 4,
    }


def _cell(described: Described, ids: bool, as_lines: bool) -> Json:
    source = "\n".join(described.lines)
    cell: Json = {"cell_type": described.kind}
    if described.kind == "code":
        cell["execution_count"] = len(described.run)
    if ids:
        cell["id"] = f"id-{described.key}-x"
    cell["metadata"] = {"tags": list(described.tags)} if described.tags else {}
    if described.kind == "code":
        text = [f"{described.run} {described.key}\n"]
        cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": text}]
    cell["source"] = source.splitlines(keepends=True) if as_lines else source
    return cell
