"""Which results are metrics, and whether more of them is better or less."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Literal

from nb2prod.model import Analysis

Better = Literal["more", "less"]
_LESS = re.compile(
    r"(error|loss|deviance|rmse|mse|mae|mape|rmsle|davies_bouldin_score|false_positive_rate)(?![a-z])"
)
_MORE = re.compile(
    r"((?<![a-z])|_)(score|accuracy|auc|f1|precision|recall|r2|specificity|sensitivity|kappa|mcc)(?![a-z])"
)
_OF_CALLS = re.compile(r"sklearn\.metrics\.|.*\.score$|.*cross_val_score$")
_STAGES = frozenset({"train", "evaluate", "predict"})


def metrics(analysis: Analysis, results: Mapping[str, str]) -> dict[str, Better]:
    """Return the metrics among the results of run(), given by the notebook's name and run()'s.

    One that the notebook computes by a function for metrics, or that it calls like one where it
    trains or evaluates.
    """
    makers: dict[str, int] = {}
    for position, use in enumerate(analysis.names):
        makers |= dict.fromkeys(use.writes, position)
    found: dict[str, Better] = {}
    for key, name in results.items():
        maker = makers.get(name)
        better = _by_call(analysis, maker) if maker is not None else None
        staged = maker is None or analysis.facts[maker].stage in _STAGES
        better = better or (_by_name(key) if staged else None)
        if better:
            found[key] = better
    return found


def _by_call(analysis: Analysis, position: int) -> Better | None:
    """Judge by the metric that is called, where nothing turns it round."""
    node = analysis.statements[position].node
    if any(isinstance(part, ast.Sub | ast.USub) for part in ast.walk(node)):
        return None
    calls = [call for call in analysis.facts[position].calls if _OF_CALLS.match(call)]
    ways = {way for call in calls if (way := _by_name(call.rpartition(".")[2]))}
    return ways.pop() if len(ways) == 1 else None


def _by_name(name: str) -> Better | None:
    lower = name.lower()
    return "less" if _LESS.search(lower) else "more" if _MORE.search(lower) else None
