"""Where figures end: Jupyter shows and closes them with their cell, a program has to say so."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping

from nb2prod.analysis.tree import walk
from nb2prod.model import Analysis
from nb2prod.plan.lifting import Lifting
from nb2prod.plan.selection import draws_figure, may_draw

# What looks at the figure that is open: where the notebook does, figures must end as they did there.
_OBSERVERS = frozenset({"savefig", "gca", "gcf", "get_fignums", "fignum_exists", "get_figlabels"})
_PYPLOT = "matplotlib.pyplot"

# Options of the libraries that draw: such a call draws nothing.
_OPTION = re.compile(
    r"matplotlib(\.pyplot)?\.(rcParams|style|rc|rcdefaults|use)\b|seaborn\.(set(_\w+)?|color_palette)$"
)
_LIMITS = frozenset({"axis", "axes", "xlim", "ylim", "xticks", "yticks"})
_FIGURES = frozenset(f"{_PYPLOT}.{name}" for name in ("figure", "subplots", "subplot", "axes"))


def figure_ends(
    analysis: Analysis, lifting: Lifting, kept: Iterable[int], taken: Collection[str]
) -> tuple[str, Mapping[int, tuple[str, ...]]]:
    """Return the name of pyplot, and by statement the code that ends its figures.

    A cell that draws and does not call show() gets the call; `close` follows where a later cell looks
    at the current figure. "" when pyplot cannot be named, or nothing imported draws with it.
    """
    pyplot = _pyplot(analysis, lifting, taken) if may_draw(analysis) else ""
    if not pyplot:
        return "", {}
    observed = any(_observes(s.node) for s in analysis.statements) or _drawn_over(analysis)
    last: dict[int, int] = {}
    shows: set[int] = set()
    for position in kept:
        statement, facts = analysis.statements[position], analysis.facts[position]
        drawing = [call for call in facts.calls if not _OPTION.match(call)]
        if draws_figure(statement.node, drawing):
            last[statement.origin.cell] = position
            if isinstance(statement.node, ast.Expr) and facts.calls[-1:] == (f"{_PYPLOT}.show",):
                shows.add(position)
    close = (f'{pyplot}.close("all")',) if observed else ()
    ends = {p: (f"{pyplot}.show()", *close) for p in last.values() if p not in shows}
    if close:
        ends |= dict.fromkeys(shows, close)
    return pyplot, ends


def _observes(node: ast.stmt) -> bool:
    """Whether a statement looks at the open figure: by a call that does, or by keeping its limits."""
    named = {
        part.attr if isinstance(part, ast.Attribute) else part.id
        for part in walk(node)
        if isinstance(part, ast.Attribute | ast.Name)
    }
    return bool(named & _OBSERVERS or (isinstance(node, ast.Assign) and named & _LIMITS))


def _drawn_over(analysis: Analysis) -> bool:
    """Whether a variable holds a figure, or axes, on which the plots of a later cell would draw."""
    held: int | None = None
    for statement, facts in zip(analysis.statements, analysis.facts, strict=True):
        makes = not _FIGURES.isdisjoint(facts.calls)
        if makes and isinstance(statement.node, ast.Assign):
            held = statement.origin.cell
        elif makes or held in (None, statement.origin.cell):
            held = None if makes else held
        elif any(call.startswith(_PYPLOT) and not _OPTION.match(call) for call in facts.calls):
            return True
    return False


def _pyplot(analysis: Analysis, lifting: Lifting, taken: Collection[str]) -> str:
    """Return the notebook's name for pyplot; "plt" where it has none and the name is free."""
    for name, positions in sorted(lifting.imports.items()):
        if any(analysis.names[p].imports.get(name) == _PYPLOT for p in positions):
            return name
    return "plt" if "plt" not in taken else ""
