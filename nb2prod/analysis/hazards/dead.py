"""Cells whose results nothing reads and that show nothing."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from nb2prod.analysis.hazards.steps import Step
from nb2prod.analysis.hazards.table import finding
from nb2prod.analysis.hazards.words import words
from nb2prod.model import Cell, Diagnostic, Origin, Program

_WORD = re.compile(r"[^\W\d]\w*")
_FIGURES = words(
    "matplotlib seaborn plotly altair bokeh folium missingno wordcloud IPython ipywidgets"
)
_FIGURE_WORDS = words("plot hist boxplot scatter bar show imshow display figure")


def found(program: Program, steps: Sequence[Step]) -> Iterator[Diagnostic]:
    """Yield the cells that could go without anything noticing.

    A name is taken for read where its word stands in the code of another cell: magics, texts and
    code that could not be parsed read names as well.
    """
    if any(step.names.dynamic for step in steps):
        return
    cells = {cell.index: cell for cell in program.cells}
    mentioned = _mentions(program.cells)
    untold = {item.origin.cell for item in program.left_out}
    for index, group in groupby(steps, key=lambda step: step.cell):
        lines = list(group)
        cell = cells[index]
        if cell.outputs or cell.parameters or index in untold or not all(map(_is_silent, lines)):
            continue
        bound = frozenset[str]().union(*(line.names.writes | line.names.maybe for line in lines))
        if bound and all(mentioned[name] <= {index} and name[:1] != "_" for name in bound):
            names = ", ".join(f"`{name}`" for name in sorted(bound)[:3])
            more = ", ..." if len(bound) > 3 else ""
            message = f"nothing reads {names}{more}, and the cell shows nothing"
            first, last = lines[0].statement.origin, lines[-1].statement.origin
            yield finding("NB206", message, Origin(index, first.line, last.end_line))


def _mentions(cells: Sequence[Cell]) -> Mapping[str, set[int]]:
    """Return in which cells of code each word stands."""
    mentioned: dict[str, set[int]] = defaultdict(set)
    for cell in cells:
        if cell.kind != "markdown":
            for word in _WORD.findall(cell.source):
                mentioned[word].add(cell.index)
    return mentioned


def _is_silent(step: Step) -> bool:
    """Return whether a statement only binds names: it displays, draws and changes nothing."""
    if isinstance(step.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return not step.node.decorator_list
    if not step.facts.pure or step.facts.draws or step.names.mutates:
        return False
    return not isinstance(step.node, ast.Expr) and not any(map(_shows, step.facts.calls))


def _shows(name: str) -> bool:
    library, _, rest = name.partition(".")
    return library in _FIGURES or not _FIGURE_WORDS.isdisjoint(rest.split("."))
