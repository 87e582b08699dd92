"""What headings and comments say of the code below them: weak evidence, next to what the code does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nb2prod.analysis.evidence import Evidence
from nb2prod.knowledge.conventions import stages_of_text
from nb2prod.model import Cell, Stage, Statement

_HEADING = re.compile(r"^#{1,6}\s*(.+?)\s*#*$", re.MULTILINE)
_AGREES = 1.3  # what evidence counts that prose agrees with
_ALONE = 8  # what a heading counts over code that says nothing
_SAYS_NOTHING = 4
# Stages that the same code may belong to: prose decides, unless the code is clear.
_ALIKE: frozenset[Stage] = frozenset({"clean", "feature"})
_ALIKE_UP_TO = 31

Said = tuple[str, frozenset[Stage]]  # "heading 'Load'" and the stages that it names
_SILENCE: Said = ("", frozenset())


class Prose:
    """The headings and comments of a notebook, by the code that they stand above."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._headings = dict(_headings(cells))
        self._lines = {cell.index: cell.source.split("\n") for cell in cells if cell.kind == "code"}

    def weigh(self, evidence: Evidence, statement: Statement) -> Evidence:
        """Return the evidence for a statement, taking into account what is said above it."""
        origin = statement.origin
        heading = self._headings.get(origin.cell, _SILENCE)
        comment = _comment(self._lines.get(origin.cell, ()), origin.line)
        for text, stages in (comment, heading):
            if evidence.stage in stages and not evidence.glance:
                return replace(evidence.scaled(_AGREES), reason=f"{evidence.reason}, {text}")
            nearby = stages & _ALIKE
            if evidence.stage in _ALIKE and evidence.weight <= _ALIKE_UP_TO and len(nearby) == 1:
                (stage,) = nearby
                return replace(evidence, stage=stage, reason=f"{evidence.reason}, {text}")
            if evidence.weight <= _SAYS_NOTHING and len(stages) == 1 and not evidence.glance:
                (stage,) = stages
                return Evidence(stage, _ALONE, text)
        return evidence


def _headings(cells: Iterable[Cell]) -> Iterable[tuple[int, Said]]:
    """Yield each cell's index with the nearest heading above it."""
    above = _SILENCE
    for cell in cells:
        if cell.kind == "markdown":
            for text in _HEADING.findall(cell.source):
                above = (f"heading '{text[:60]}'", stages_of_text(text))
        yield cell.index, above


def _comment(lines: Sequence[str], line: int) -> Said:
    """Return what the comment directly above a line says."""
    words: list[str] = []
    for text in reversed(lines[: line - 1]):
        if not text.lstrip().startswith("#"):
            break
        words.insert(0, text.strip(" #\t"))
    text = " ".join(words)[:200]
    return (f"comment '{text[:60]}'", stages_of_text(text)) if text else _SILENCE
