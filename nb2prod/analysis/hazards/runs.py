"""Cells that never ran, or that failed when they did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nb2prod.analysis.hazards.steps import Step
from nb2prod.analysis.hazards.table import finding
from nb2prod.model import Cell, Diagnostic, Origin, Program

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_ARROW = re.compile(r"^-+> ?(\d+) ", re.MULTILINE)
_LONGEST = 90


def found(program: Program, steps: Sequence[Step]) -> Iterator[Diagnostic]:
    """Yield the cells that did not run although others did, and those that ended in an error."""
    lines: dict[int, tuple[int, int]] = {}
    for step in steps:
        origin = step.statement.origin
        first, last = lines.get(step.cell, (origin.line, origin.end_line))
        lines[step.cell] = min(first, origin.line), max(last, origin.end_line)
    has_run = any(cell.execution_count is not None for cell in program.cells)
    for cell in program.cells:
        if cell.index not in lines:
            continue
        if has_run and cell.execution_count is None and not cell.outputs:
            origin = Origin(cell.index, *lines[cell.index])
            yield finding("NB204", "this cell never ran, but others did", origin)
        yield from _failure(cell, lines[cell.index])


def _failure(cell: Cell, lines: tuple[int, int]) -> Iterator[Diagnostic]:
    if "raises-exception" in cell.tags:
        return
    for output in cell.outputs:
        if output.get("output_type") == "error":
            line = _failed_line(output.get("traceback"), lines)
            message = f"the run that was saved ended here: {_sentence(output)}"
            yield finding("NB205", message, Origin(cell.index, line, line))
            return


def _sentence(output: object) -> str:
    """Return the exception as Python prints it, shortened."""
    assert hasattr(output, "get")
    kind, text = str(output.get("ename") or "an error"), str(output.get("evalue") or "")
    if kind == "KeyboardInterrupt":
        return "somebody stopped it (KeyboardInterrupt)"
    text = _COLOURS.sub("", text).strip().partition("\n")[0]
    text = "" if text == "ignored" else text  # what Colab saves
    text = text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + " ..."
    return f"{kind}: {text}" if text else kind


def _failed_line(traceback: object, lines: tuple[int, int]) -> int:
    """Return the line that the traceback's first arrow points at: the one in the cell itself."""
    text = "\n".join(map(str, traceback)) if isinstance(traceback, list | tuple) else ""
    arrow = _ARROW.search(_COLOURS.sub("", text))
    line = int(arrow[1]) if arrow else lines[0]
    return line if lines[0] <= line <= lines[1] else lines[0]
