"""Models chosen by how they do on the test rows, whose score is then no test any more."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from nb2prod.analysis.hazards.flow import Event, Flow
from nb2prod.analysis.hazards.leakage import is_test
from nb2prod.analysis.hazards.lineage import Value
from nb2prod.analysis.hazards.steps import Step, called_word
from nb2prod.analysis.hazards.table import finding
from nb2prod.analysis.hazards.words import words
from nb2prod.analysis.tree import walk
from nb2prod.model import Diagnostic

_Loop = ast.For | ast.While | ast.ListComp | ast.DictComp
_CHOICES = words("argmax argmin nanargmax nanargmin idxmax idxmin index argsort")
_EVALUATED = frozenset({"eval_set", "validation_data", "evals"})


def found(flow: Flow) -> Iterator[Diagnostic]:
    """Yield loops that keep what scores best on test rows, and trainings that these rows stop."""
    judged: dict[int, list[Event]] = defaultdict(list)
    for event in flow.events:
        if event.kind == "fit":
            yield from _stopped_early(flow, event)
        elif event.kind == "judge" and _on_test(flow, event):
            judged[id(event.step)].append(event)
    choices = _choices(flow.steps) if judged else {}
    for position, step in enumerate(flow.steps):
        for event in judged.get(id(step), ()):
            yield from _chosen(event, position, choices)


def _on_test(flow: Flow, event: Event) -> bool:
    return any(is_test(node, value, flow) for node, value in event.arguments[:2])


def _stopped_early(flow: Flow, event: Event) -> Iterator[Diagnostic]:
    given = {keyword.arg: (keyword.value, value) for keyword, value in event.keywords}
    stops = "EarlyStopping" in event.estimator.classes or "early_stopping_rounds" in given
    if "callbacks" in given:
        stops = stops or "EarlyStopping" in given["callbacks"][1].classes
    for keyword in _EVALUATED & given.keys() if stops else ():
        node, value = _features(*given[keyword])
        if is_test(node, value, flow):
            message = f"training stops where `{ast.unparse(node)}` scores best: the test data"
            yield finding("NB233", message, event.step.at(event.call))


def _features(node: ast.expr, value: Value) -> tuple[ast.expr, Value]:
    """Return the features of the last pair in `[(X, y), (X_test, y_test)]`."""
    if isinstance(node, ast.List) and node.elts and value.items:
        node, value = node.elts[-1], value.items[-1]
    if isinstance(node, ast.Tuple) and node.elts and value.items:
        node, value = node.elts[0], value.items[0]
    return node, value


def _choices(steps: Sequence[Step]) -> dict[str, int]:
    """Map each name to the last statement that looks up where it is best."""
    return {
        name: position
        for position, step in enumerate(steps)
        for call in step.calls
        if _looks_up(call)
        for name in _names(call)
    }


def _chosen(event: Event, position: int, choices: Mapping[str, int]) -> Iterator[Diagnostic]:
    """Report a judgement inside a loop that goes by it, or whose results are chosen from later."""
    for loop in event.step.parts:
        if not isinstance(loop, _Loop) or not _contains(loop, event.call):
            continue
        scores = _scores(event, loop)
        looked_up = any(choices.get(name, -1) > position for name in scores)
        if looked_up or _keeps_best(loop, event.call, scores):
            message = f"the best of several is chosen by `{ast.unparse(event.call)}`: test data"
            yield finding("NB233", message, event.step.at(event.call))
            return


def _contains(node: ast.AST, part: ast.AST) -> bool:
    return any(inner is part for inner in walk(node))


def _scores(event: Event, loop: _Loop) -> set[str]:
    """Return the names that hold the judgement: assigned, or lists that it is put into."""
    root = event.step.node if isinstance(loop, ast.ListComp | ast.DictComp) else loop
    names: set[str] = set()
    for _ in range(2):  # a score, then the list it goes into
        for part in walk(root):
            if any(_holds(value, event.call, names) for value in _stored(part)):
                targets = part.targets if isinstance(part, ast.Assign) else [part]
                names.update(map(_root, targets))
    return names - {""}


def _stored(part: ast.AST) -> Sequence[ast.expr]:
    """Return what an assignment or `append` stores."""
    if isinstance(part, ast.Assign):
        return [part.value]
    appends = isinstance(part, ast.Call) and called_word(part.func) == "append"
    return part.args if appends and isinstance(part, ast.Call) else []


def _holds(node: ast.AST, call: ast.Call, names: set[str]) -> bool:
    return _contains(node, call) or bool(_names(node) & names)


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _keeps_best(loop: _Loop, call: ast.Call, scores: set[str]) -> bool:
    """Return whether an `if` compares the judgement with a name that its body then assigns."""
    return any(
        _holds(part.test, call, scores) and _names(part.test) & _assigned(part.body)
        for part in walk(loop)
        if isinstance(part, ast.If) and isinstance(part.test, ast.Compare)
    )


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in walk(node) if isinstance(part, ast.Name)}


def _assigned(body: Iterable[ast.stmt]) -> set[str]:
    """Return the names that statements bind."""
    names = (part for node in body for part in walk(node) if isinstance(part, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}


def _looks_up(call: ast.Call) -> bool:
    word = called_word(call.func)
    by_key = word in ("max", "min") and any(keyword.arg == "key" for keyword in call.keywords)
    return word in _CHOICES or by_key
