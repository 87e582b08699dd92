"""Which results are metrics, and whether more of them is better or less."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Literal

from nb2prod.analysis.tree import walk
from nb2prod.model import Analysis

Better = Literal["more", "less"]
_LESS = frozenset("error errors loss losses deviance rmse mse mae mape rmsle".split())
_MORE = frozenset(
    """score scores accuracy accuracies acc auc f1 precision recall r2 specificity sensitivity kappa
    mcc""".split()
)
_NAMED = {"davies_bouldin_score": "less", "false_positive_rate": "less"}  # against their words
_OF_CALLS = re.compile(r"sklearn\.metrics\.|.*\.score$|.*cross_val_score$")
_STAGES = frozenset({"train", "evaluate", "predict"})


def metrics(analysis: Analysis, results: Mapping[str, str]) -> dict[str, Better]:
    """Return the metrics among the results of run(), given by the notebook's name and run()'s.

    One that the notebook computes by a function for metrics, a list or dictionary that it fills with
    such, or one that it calls like a metric where it trains or evaluates.
    """
    makers: dict[str, int] = {}
    fillers: dict[str, list[Better | None]] = {}
    for position, use in enumerate(analysis.names):
        makers |= dict.fromkeys(use.writes, position)
        for name, value in _filled(analysis.statements[position].node):
            fillers.setdefault(name, []).append(_by_call(analysis, position, value))
    found: dict[str, Better] = {}
    for key, name in results.items():
        maker = makers.get(name)
        better = _agreed(fillers.get(name, ()))
        if maker is not None and not better:
            better = _by_call(analysis, maker, analysis.statements[maker].node)
        staged = maker is None or analysis.facts[maker].stage in _STAGES
        better = better or (_by_name(key) if staged else None)
        if better:
            found[key] = better
    return found


def _filled(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    """Yield the containers that a statement fills one by one, and what it puts into them."""
    bound = {
        part.targets[0].id: part.value
        for part in walk(node)
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name)
    }
    for part in walk(node):
        match part:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))], value=value):
                pass
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[value]):
                pass
            case _:
                continue
        yield name, bound.get(value.id, value) if isinstance(value, ast.Name) else value


def _agreed(ways: Iterator[Better | None] | list[Better | None] | tuple[()]) -> Better | None:
    found = set(ways)
    return found.pop() if len(found) == 1 else None


def _by_call(analysis: Analysis, position: int, value: ast.AST) -> Better | None:
    """Judge a value by the metric that it calls, where nothing turns it round."""
    if any(isinstance(part, ast.Sub | ast.USub) for part in walk(value)):
        return None
    called = {_last(part.func) for part in walk(value) if isinstance(part, ast.Call)}
    calls = [call for call in analysis.facts[position].calls if _OF_CALLS.match(call)]
    names = {call.rpartition(".")[2] for call in calls} & called
    return _agreed([way for name in names if (way := _by_name(name))])


def _last(func: ast.expr) -> str:
    match func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _by_name(name: str) -> Better | None:
    lower = name.lower()
    words = set(re.split(r"_|\d+$", lower))
    if lower in _NAMED:
        return "less"
    if words & _LESS and "neg" not in words:
        return "less"
    return "more" if words & (_LESS | _MORE) or "f1" in lower.split("_") else None
