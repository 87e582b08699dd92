"""What of the notebook the pipeline needs, what only shows something, and what is left out."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from nb2prod.analysis.tree import walk
from nb2prod.model import Analysis
from nb2prod.plan.lifting import Lifting, bound_names
from nb2prod.plan.liveness import flow_of

_FIGURE_LIBRARIES = ("matplotlib", "seaborn", "plotly", "missingno", "wordcloud", "altair", "bokeh")
_FIGURE_METHODS = frozenset("plot hist boxplot scatter bar show imshow pairplot heatmap".split())
# The metrics of scikit-learn that draw themselves, and what other libraries call their plots.
_FIGURE_CALLS = re.compile(r"Display\.from_(estimator|predictions)$|\.plot_\w+$|^networkx\.draw")
# Libraries of which some part draws with pyplot, without the notebook importing that.
_DRAW_WITH_PYPLOT = frozenset(
    "geopandas lightgbm matplotlib missingno mlxtend networkx pandas scikitplot scipy seaborn shap"
    " sklearn statsmodels wordcloud xarray xgboost yellowbrick".split()
)
# Displays of these stages are results: they get a name and are returned instead of shown.
_RESULT_STAGES = frozenset({"evaluate", "predict"})
_SCALAR_METRICS = ("score", "accuracy", "error", "r2", "auc", "f1", "precision", "recall", "loss")


@dataclass(frozen=True, slots=True)
class Selection:
    """Statement positions by what becomes of them."""

    kept: tuple[int, ...]
    explored: frozenset[int]  # of the kept: run only with explore=True
    shown: frozenset[int]  # of the kept: displayed results, to be returned
    left_out: tuple[tuple[int, str], ...]  # position, reason


def select(analysis: Analysis, lifting: Lifting) -> Selection:
    """Decide for every statement that is not at module level."""
    inside = [p for p in range(len(analysis.statements)) if p not in lifting.lifted]
    left_out: dict[int, str] = {}
    shown: set[int] = set()
    together = {p for low, high in lifting.together for p in range(low, high + 1)}
    for position in inside:
        node = analysis.statements[position].node
        facts = analysis.facts[position]
        if isinstance(node, ast.Delete) and all(isinstance(t, ast.Name) for t in node.targets):
            if position not in together and not _perhaps_bound_again(analysis, position):
                left_out[position] = "frees a name; the package's names end with their function"
        elif not isinstance(node, ast.Expr) or position in together:
            continue
        elif isinstance(node.value, ast.Constant):
            left_out[position] = "a value alone does nothing"
        elif facts.pure and not facts.draws and not draws_figure(node, facts.calls):
            if analysis.statements[position].display and _is_result(node.value, facts.stage):
                shown.add(position)
            else:
                left_out[position] = "only shows a value in the notebook and changes nothing"
    kept = tuple(p for p in inside if p not in left_out)
    explored = _explored(analysis, lifting, kept, together)
    return Selection(
        kept=kept,
        explored=explored,
        shown=frozenset(shown - explored),
        left_out=tuple(sorted(left_out.items())),
    )


def _perhaps_bound_again(analysis: Analysis, position: int) -> bool:
    """Whether the next statement that binds a name deleted here does so on some paths only."""
    names = set(analysis.names[position].deletes)
    for use in analysis.names[position + 1 :]:
        names -= use.writes
        if names & (use.maybe | use.rebinds):
            return True
    return False


def _is_result(value: ast.expr, stage: str) -> bool:
    """Whether a displayed expression computes something that a reader of the package wants."""
    if stage not in _RESULT_STAGES or not isinstance(value, ast.Call):
        return False
    called = value.func.attr if isinstance(value.func, ast.Attribute) else ""
    called = called or getattr(value.func, "id", "")
    return stage == "predict" or any(word in called for word in _SCALAR_METRICS)


def may_draw(analysis: Analysis) -> bool:
    """Whether the notebook imports anything that draws with pyplot."""
    return any(
        imported.split(".")[0] in _DRAW_WITH_PYPLOT
        for use in analysis.names
        for imported in use.imports.values()
    )


def draws_figure(node: ast.AST, calls: Sequence[str]) -> bool:
    """Whether a statement draws a figure."""
    return any(
        call.startswith(_FIGURE_LIBRARIES) or _FIGURE_CALLS.search(call) for call in calls
    ) or any(
        isinstance(part, ast.Call)
        and isinstance(part.func, ast.Attribute)
        and part.func.attr in _FIGURE_METHODS
        for part in walk(node)
    )


def _explored(
    analysis: Analysis, lifting: Lifting, kept: Sequence[int], together: set[int]
) -> frozenset[int]:
    """Return the plots (and what only feeds them) that nothing kept depends on.

    Pyplot keeps its current figure from call to call, so the plots of a cell go together; a plot that
    may draw random numbers stays where a later draw would notice.
    """
    unsafe_cells = {
        analysis.statements[p].origin.cell
        for p in kept
        if not analysis.facts[p].pure
        and any(call.startswith("matplotlib") for call in analysis.facts[p].calls)
    }
    plots = {p for p in kept if draws_figure(analysis.statements[p].node, analysis.facts[p].calls)}
    while True:
        explored = _free(analysis, lifting, kept, together, plots, unsafe_cells)
        parted = {analysis.statements[p].origin.cell for p in plots - explored} - unsafe_cells
        if not parted:
            return explored
        unsafe_cells |= parted


def _free(
    analysis: Analysis,
    lifting: Lifting,
    kept: Sequence[int],
    together: set[int],
    plots: Set[int],
    unsafe_cells: Set[int],
) -> frozenset[int]:
    """Return the plots outside of `unsafe_cells` without which everything else stays the same."""
    bound = bound_names(analysis)
    explored: set[int] = set()
    needed: set[str] = set()  # by a kept statement further down
    wanted: set[str] = set()  # by a plot further down
    later_draw = False
    for position in reversed(kept):
        statement, facts = analysis.statements[position], analysis.facts[position]
        flow = flow_of(analysis, lifting, position, bound)
        makes = flow.writes | flow.maybe
        free = (
            facts.pure
            and position not in together
            and not makes & needed
            and not (facts.draws and later_draw)
            and statement.origin.cell not in unsafe_cells
            and (position in plots or (makes & wanted and facts.stage == "explore"))
        )
        if free:
            explored.add(position)
            wanted = (wanted - flow.writes) | flow.reads
        else:
            later_draw = later_draw or facts.draws
            needed = (needed - flow.writes) | flow.reads
    return frozenset(explored)
