"""Test rows that were known before they were meant to be: in a fit, or in what judges it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from nb2prod.analysis.hazards import learners
from nb2prod.analysis.hazards.flow import Event, Flow
from nb2prod.analysis.hazards.lineage import Fit, Value
from nb2prod.analysis.hazards.parts import TEST, part_called
from nb2prod.analysis.hazards.steps import called_word
from nb2prod.analysis.hazards.table import finding
from nb2prod.model import Diagnostic


def found(flow: Flow) -> Iterator[Diagnostic]:
    """Yield fits before the split and fits on test rows, and scores on rows that were fitted."""
    trained = _trained(flow)
    for node, value in flow.splits:
        for fit in value.learned if not value.parts else ():
            yield from _leak(fit, f"before `{ast.unparse(node)}` is split")
    for event in flow.events:
        if event.kind == "transform":
            yield from _learned_from_all(flow, event)
        elif event.kind == "fit":
            yield from _fitted_on_test(flow, event, trained)
        else:
            yield from _judged_on_known(flow, event)


def is_test(node: ast.expr, value: Value, flow: Flow) -> bool:
    """Return whether a value is the test rows: by the split, or by its name beside a `train`."""
    if value.parts:
        return value.parts == {TEST} and "test" in _root(node).lower()
    return part_called(_root(node), flow.bound) == TEST


def _root(node: ast.expr) -> str:
    """Return the name that a chain of calls, attributes and subscripts starts with."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _learned_from_all(flow: Flow, event: Event) -> Iterator[Diagnostic]:
    """Report what was fitted on the rows before the split and is applied to a part after it."""
    fit = event.estimator.fit
    for argument, value in event.arguments[:1]:
        if fit is not None and value.parts and fit.rows & flow.family(value.rows):
            yield from _leak(fit, f"and `{ast.unparse(argument)}` is only a part of that")


def _leak(fit: Fit, when: str) -> Iterator[Diagnostic]:
    learning = {c for c in fit.classes if learners.STATISTICS.fullmatch(c)}
    learning |= fit.classes & {*learners.LEARNING_FUNCTIONS, "resample"}
    listing = {c for c in fit.classes if learners.CATEGORIES.fullmatch(c)}
    names = sorted(learning or listing)
    if not names:
        return
    verb = "learns" if len(names) == 1 else "learn"
    written = " and ".join(f"`{name}`" for name in names)
    message = f"{written} {verb} from all of `{fit.data}`, test rows included, {when}"
    diagnostic = finding("NB231", message, fit.step.at(fit.call))
    # A list of categories tells little.
    yield diagnostic if learning else replace(diagnostic, severity="note")


def _trained(flow: Flow) -> frozenset[str]:
    """Return the classes of which something is fitted on other than test rows."""
    fits = (event for event in flow.events if event.kind == "fit")
    elsewhere = (event for event in fits if not is_test(*event.arguments[0], flow))
    return frozenset[str]().union(*(event.estimator.classes for event in elsewhere))


def _fitted_on_test(flow: Flow, event: Event, trained: frozenset[str]) -> Iterator[Diagnostic]:
    """Report a fit on the test rows: of a model, or of a transformer also fitted on others.

    Of any other transformer the test rows may be the purpose: a plot, a model's explanation.
    """
    if not all(is_test(argument, value, flow) for argument, value in event.arguments[:2]):
        return
    argument, value = event.arguments[0]
    classes = event.estimator.classes
    if called_word(event.call.func) == "partial_fit" or not (classes or value.parts):
        return
    stateless = any(map(learners.STATELESS.fullmatch, classes))
    if len(event.arguments) == 1 and (stateless or not classes & trained):
        return
    written = ast.unparse(argument)
    if any(map(learners.SEARCH.fullmatch, classes)):
        message = f"the search chooses its parameters on the test data `{written}`"
        yield finding("NB233", message, event.step.at(event.call))
    else:
        assert isinstance(event.call.func, ast.Attribute)
        message = f"`{ast.unparse(event.call.func)}` fits on the test data `{written}`"
        yield finding("NB232", message, event.step.at(event.call))


def _judged_on_known(flow: Flow, event: Event) -> Iterator[Diagnostic]:
    """Report a score on test rows of a model that was fitted on rows which contain them."""
    seen = {fit for _, value in event.arguments for fit in value.seen}
    for _, value in event.arguments[:1]:
        seen |= flow.known_to(event.estimator.fit, value)
    for fit in seen:
        where = fit.step.at(fit.call)
        message = (
            f"the model judged here was fitted on `{fit.data}` (cell {where.cell}, line "
            f"{where.line}), which contains these test rows"
        )
        yield finding("NB234", message, event.step.at(event.call))
        return
