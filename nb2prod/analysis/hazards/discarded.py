"""New values that a statement makes and throws away, where a change was surely meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nb2prod.analysis.hazards.steps import Step
from nb2prod.analysis.hazards.table import finding
from nb2prod.analysis.hazards.words import words
from nb2prod.model import Diagnostic, Program

# Methods of pandas that leave their object as it is and return another.
_RETURNING = words(
    "drop dropna fillna replace rename sort_values sort_index reset_index set_index astype "
    "drop_duplicates merge join append assign interpolate ffill bfill clip round"
)
# Nothing but pandas has methods of these names.
_TELLING = words("dropna fillna sort_values reset_index drop_duplicates")


def found(program: Program, steps: Sequence[Step]) -> Iterator[Diagnostic]:
    """Yield calls such as `df.dropna()` that stand alone, neither kept nor displayed."""
    for step in steps:
        for statement in _alone(step):
            call = statement.value
            if isinstance(call, ast.Call) and _returns_another(step, call):
                assert isinstance(call.func, ast.Attribute)
                owner = ast.unparse(call.func.value)
                owner = f"`{owner}`" if len(owner) < 40 else "what it is called on"
                message = f"`{call.func.attr}` returns a new object, and {owner} stays as it was"
                yield finding("NB207", message, step.at(statement))


def _alone(step: Step) -> Iterator[ast.Expr]:
    """Yield the expressions that stand as statements and are not displayed, also inside blocks."""
    for part in step.parts:
        if isinstance(part, ast.Expr) and not (part is step.node and step.statement.display):
            yield part


def _returns_another(step: Step, call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _RETURNING:
        return False
    if any(keyword.arg in (None, "inplace") for keyword in call.keywords):
        return False
    if call.func.attr in ("rename", "drop_duplicates", "fillna") and len(call.args) > 2:
        return False
    pandas = step.qualified(call).startswith(("pandas.DataFrame.", "pandas.Series."))
    return call.func.attr in _TELLING or (pandas and call.func.attr in _RETURNING)
