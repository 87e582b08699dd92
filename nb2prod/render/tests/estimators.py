"""How the notebook configured its estimators, as scikit-learn's `get_params` says it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nb2prod.render.tests.conditions import NotVisible, resolve
from nb2prod.render.tests.properties import Application, Check, check_of

_LIBRARIES = ("sklearn.", "xgboost.", "lightgbm.", "imblearn.")
_FIRST = {  # the parameters that people give without their names
    "KNeighborsClassifier": ("n_neighbors",),
    "KNeighborsRegressor": ("n_neighbors",),
    "RandomForestClassifier": ("n_estimators",),
    "RandomForestRegressor": ("n_estimators",),
    "KMeans": ("n_clusters",),
    "PCA": ("n_components",),
    "TruncatedSVD": ("n_components",),
    "PolynomialFeatures": ("degree",),
    "Ridge": ("alpha",),
    "Lasso": ("alpha",),
    "GridSearchCV": ("estimator", "param_grid"),
    "RandomizedSearchCV": ("estimator", "param_distributions"),
}
_NO_PARAMETERS = frozenset(
    {"ColumnTransformer", "VotingClassifier", "VotingRegressor", "StackingClassifier"}
)


def parameters(found: Application) -> Iterator[Check]:
    """Yield the checks that estimators made by a step have the parameters that it gives."""
    match found.step.node:
        case ast.Assign(targets=[ast.Name() as target], value=ast.Dict(keys=keys, values=values)):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant):
                    place = ast.Subscript(target, key, ast.Load())
                    yield from _of_estimator(found, place, value)
        case ast.Assign(targets=[ast.Name() as target], value=value):
            yield from _of_estimator(found, target, value)


def _of_estimator(found: Application, target: ast.expr, value: ast.expr) -> Iterator[Check]:
    expected = dict(_expected(found, value, ""))
    if not expected:
        return
    texts, parts = [], []
    for name, node in expected.items():
        if not found.is_calm(node):
            continue
        try:
            part = resolve(node, found.around, found.index, after=False)
        except NotVisible:
            continue
        parts.append(part)
        texts.append(f"{name!r}: {part.text}")
    try:
        made = resolve(target, found.around, found.index, after=True, about="parameters")
    except NotVisible:
        return
    if not texts:
        return
    text = (
        f"parameters = {made.text}.get_params()\n"
        f"expected = {{{', '.join(texts)}}}\n"
        "assert {name: parameters[name] for name in expected} == expected"
    )
    yield check_of("has_its_parameters", text, made, *parts)


def _expected(found: Application, value: ast.expr, prefix: str) -> Iterator[tuple[str, ast.expr]]:
    if not isinstance(value, ast.Call) or not _is_estimator(found, value):
        return
    word = _word(value)
    if word in _NO_PARAMETERS:
        return
    if word == "make_pipeline":
        names = [_word(a).lower() if isinstance(a, ast.Call) else "" for a in value.args]
        for name, argument in zip(names, value.args, strict=True):
            if names.count(name) == 1:
                yield from _expected(found, argument, f"{prefix}{name}__")
        return
    if word == "Pipeline":
        yield from _in_steps(found, value, prefix)
        return
    given = dict(zip(_FIRST.get(word, ()), value.args, strict=False))
    given |= {k.arg: k.value for k in value.keywords if k.arg}
    for name, argument in given.items():
        if isinstance(argument, ast.Call):
            yield from _expected(found, argument, f"{prefix}{name}__")
        elif name != "estimator" and not isinstance(argument, ast.Lambda):
            yield f"{prefix}{name}", argument


def _in_steps(found: Application, value: ast.Call, prefix: str) -> Iterator[tuple[str, ast.expr]]:
    steps = value.args[0] if value.args else next((k.value for k in value.keywords), None)
    if not isinstance(steps, ast.List):
        return
    for step in steps.elts:
        match step:
            case ast.Tuple(elts=[ast.Constant(value=str(name)), made]):
                yield from _expected(found, made, f"{prefix}{name}__")


def _is_estimator(found: Application, call: ast.Call) -> bool:
    """Say whether a call makes an estimator of a library that has `get_params`."""
    word = _word(call)
    calls = found.around.plan.analysis.facts[found.step.position].calls
    names = [n for n in calls if n.rpartition(".")[2] == word and n.startswith(_LIBRARIES)]
    if not names:
        return False
    if word in ("make_pipeline", "Pipeline"):
        return True
    lineage = found.knowledge.lineage(names[0])
    return word[:1].isupper() and "sklearn.Estimator" in lineage


def _word(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
