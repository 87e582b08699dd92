"""Models chosen by how they do on the test rows, whose score is then no test any more."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from nb2prod.analysis.hazards.flow import Event, Flow
from nb2prod.analysis.hazards.leakage import is_test
from nb2prod.analysis.hazards.lineage import Value
from nb2prod.analysis.hazards.steps import Step, called_word
from nb2prod.analysis.hazards.table import finding
from nb2prod.model import Diagnostic

_Loop = ast.For | ast.While | ast.ListComp | ast.DictComp
_CHOICES = frozenset("argmax argmin nanargmax nanargmin idxmax idxmin index argsort".split())
_EVALUATED = frozenset({"eval_set", "validation_data", "evals"})


def found(flow: Flow) -> Iterator[Diagnostic]:
    """Yield loops that keep what scores best on test rows, and trainings that these rows stop."""
    judged: dict[int, list[Event]] = defaultdict(list)
    for event in flow.events:
        if event.kind == "fit":
            yield from _stopped_early(flow, event)
        elif event.kind == "judge" and _on_test(flow, event):
            judged[id(event.step)].append(event)
    for position, step in enumerate(flow.steps):
        for event in judged.get(id(step), ()):
            yield from _chosen(event, flow.steps[position + 1 :])


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
    """Return the features of the last pair in `[(X, y), (X_test, y_test)]` or `(X_test, y_test)`."""
    if isinstance(node, ast.List) and node.elts and value.items:
        node, value = node.elts[-1], value.items[-1]
    if isinstance(node, ast.Tuple) and node.elts and value.items:
        node, value = node.elts[0], value.items[0]
    return node, value


def _chosen(event: Event, later: Sequence[Step]) -> Iterator[Diagnostic]:
    """Report a judgement inside a loop that goes by it, or whose results are chosen from later."""
    for loop in event.step.parts:
        if not isinstance(loop, _Loop) or not _contains(loop, event.call):
            continue
        scores = _scores(event, loop)
        if _keeps_best(loop, event.call, scores) or _picks(later, scores):
            message = f"the best of several is chosen by `{ast.unparse(event.call)}`: test data"
            yield finding("NB233", message, event.step.at(event.call))
            return


def _contains(node: ast.AST, part: ast.AST) -> bool:
    return any(inner is part for inner in ast.walk(node))


def _scores(event: Event, loop: _Loop) -> set[str]:
    """Return the names that hold the judgement: assigned, or lists that it is put into."""
    root = event.step.node if isinstance(loop, ast.ListComp | ast.DictComp) else loop
    names: set[str] = set()
    for _ in range(2):  # a score, then the list it goes into
        for part in ast.walk(root):
            if isinstance(part, ast.Assign) and _holds(part.value, event.call, names):
                names.update(filter(None, map(_root, part.targets)))
            elif isinstance(part, ast.Call) and called_word(part.func) == "append":
                if any(_holds(argument, event.call, names) for argument in part.args):
                    names.add(_root(part.func))
    return names - {""}


def _holds(node: ast.AST, call: ast.Call, names: Iterable[str]) -> bool:
    return _contains(node, call) or _mentions(node, names)


def _mentions(node: ast.AST, names: Iterable[str]) -> bool:
    return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node))


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _keeps_best(loop: _Loop, call: ast.Call, scores: set[str]) -> bool:
    """Return whether an `if` compares the judgement with a name that its body then assigns."""
    for part in ast.walk(loop):
        if isinstance(part, ast.If) and isinstance(part.test, ast.Compare):
            if _holds(part.test, call, scores):
                compared = {n.id for n in ast.walk(part.test) if isinstance(n, ast.Name)}
                stored = (n for s in part.body for n in ast.walk(s) if isinstance(n, ast.Name))
                if any(n.id in compared for n in stored if isinstance(n.ctx, ast.Store)):
                    return True
    return False


def _picks(later: Iterable[Step], scores: set[str]) -> bool:
    """Return whether a later statement looks up where the scores are best."""
    for step in later:
        for call in step.calls if step.names.reads & scores else ():
            word = called_word(call.func)
            by_key = word == "max" and any(keyword.arg == "key" for keyword in call.keywords)
            if (word in _CHOICES or by_key) and _mentions(call, scores):
                return True
    return False
