"""A program whose author changed what the cells' metadata ask for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nb2prod.model import Diagnostic, Program
from nb2prod.notebook.cells import wishes

_NO_STAGE = "NB109"


def restaged(program: Program, metadata: Sequence[Mapping[str, Any]]) -> Program:
    """Return the program with the stages, names and answers that its cells' metadata now hold.

    The notebook that it keeps is still the former one: it is for planning, not for writing.
    """
    cells, problems = [], []
    for cell, own in zip(program.cells, metadata, strict=True):
        changed, problem = wishes(cell, own)
        cells.append(changed)
        problems += [problem] if problem else []
    return replace(program, cells=tuple(cells), diagnostics=tuple(_merged(program, problems)))


def _merged(program: Program, problems: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the diagnostics in the order of a reading: about the notebook, its cells, the rest."""
    kept = [found for found in program.diagnostics if found.code != _NO_STAGE]
    head = [found for found in kept if not found.origin]
    yield from (*head, *problems, *(found for found in kept if found.origin))
