"""A model that was chosen without a comparison that the notebook records."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nb2prod.analysis.tree import walk
from nb2prod.handover.explained import is_explained
from nb2prod.model import Analysis, Question

_COST = 65
_SEARCHES = ("SearchCV", "cross_val", "cross_validate", "validation_curve", "optuna", "hyperopt")
_PREPARES = (
    "preprocessing",
    "decomposition",
    "impute",
    "feature_",
    "compose",
    "manifold",
    "cluster",
)
_LIBRARIES = ("sklearn.", "xgboost.", "lightgbm.", "catboost.", "keras.", "tensorflow.", "torch.")
_HARMLESS = frozenset({"random_state", "n_jobs", "verbose", "seed", "max_iter", "silent"})
_WHY = "Whoever retrains it must know whether something simpler was tried, and what it must beat."


def found(analysis: Analysis) -> Iterator[Question]:
    """Yield one question where the only kind of model that is fitted is compared with nothing."""
    fitted: dict[str, list[int]] = {}
    types: dict[str, str] = {}
    calls: set[str] = set()
    for position, facts in enumerate(analysis.facts):
        types |= facts.types
        calls |= set(facts.calls)
        for name in facts.fits:
            if _is_model(kind := types.get(name, "")):
                fitted.setdefault(kind, []).append(position)
    if len(fitted) != 1 or any(search in call for call in calls for search in _SEARCHES):
        return
    ((kind, positions),) = fitted.items()
    statement = analysis.statements[positions[-1]]
    if is_explained(analysis.program, statement.origin, [kind.rpartition(".")[2]]):
        return
    name = kind.rpartition(".")[2]
    settings = _settings(analysis, name)
    text = f"Why {name}, and what was it compared with?"
    if settings:
        text = f"{text[:-1]}; where do its settings come from ({', '.join(settings)})?"
    yield Question(f"model-{name}", text, _WHY, statement.origin, _COST, positions[-1])


def _is_model(kind: str) -> bool:
    return kind.startswith(_LIBRARIES) and not any(part in kind for part in _PREPARES)


def _settings(analysis: Analysis, name: str) -> list[str]:
    """Return the settings that the notebook gives the model as literals, as they are written."""
    for statement in analysis.statements:
        for part in walk(statement.node):
            match part:
                case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)):
                    if called == name:
                        return [
                            f"{k.arg}={k.value.value!r}"
                            for k in part.keywords
                            if k.arg not in _HARMLESS and isinstance(k.value, ast.Constant)
                        ][:4]
    return []
