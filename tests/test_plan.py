"""Plans: nothing is lost, nothing twice, calls in the notebook's order, every value at hand."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from hypothesis import given, settings
from programs import notebook, programs

from nb2prod import api
from nb2prod.model import Function, Plan

PlanOf = Callable[[Path], Plan]


def places(plan: Plan) -> Iterator[int]:
    """Yield the position of every statement, once for each place of the package that it is in."""
    for function in plan.functions:
        yield from function.statements
    for definition in plan.definitions:
        yield definition.statement
    yield from {p for found in plan.imports.values() for p in found.statements}
    yield from constants(plan)


def constants(plan: Plan) -> Iterator[int]:
    """Yield the statements that became settings: a setting's variable has only one."""
    variables = {setting.variable for setting in plan.settings} - {None}
    for position, names in enumerate(plan.analysis.names):
        if names.writes & variables:
            yield position


def assert_nothing_is_lost(plan: Plan) -> None:
    statements = plan.analysis.statements
    counted = Counter(places(plan))
    assert all(count == 1 for count in counted.values())
    listed = {(item.origin, item.code) for item in plan.left_out}
    for position, statement in enumerate(statements):
        is_listed = (statement.origin, ast.unparse(statement.node)) in listed
        if isinstance(statement.node, ast.Import | ast.ImportFrom):
            assert is_listed or position in counted
        else:
            assert is_listed != (position in counted), ast.unparse(statement.node)
    assert all(item.reason for item in plan.left_out)


def assert_values_are_at_hand(plan: Plan, calls: list[Function]) -> set[str]:
    """Check what the calls take; return what is held in the end."""
    held = {*plan.parameters, *plan.builtins}
    for function in calls:
        assert set(function.inputs) <= held, function.name
        held |= {*function.outputs, *function.shown.values()}
    return held


def assert_sound(plan: Plan) -> None:
    """Check everything that a plan promises."""
    assert_nothing_is_lost(plan)
    order = [position for function in plan.functions for position in function.statements]
    assert order == sorted(order)
    assert len({(f.module, f.name) for f in plan.functions}) == len(plan.functions)
    for function in plan.functions:
        names = [plan.analysis.names[p] for p in function.statements]
        bound = {n for use in names for n in use.writes | use.maybe | use.rebinds | use.mutates}
        assert set(function.outputs) <= bound | set(function.inputs), function.name
        assert len(set(function.inputs)) == len(function.inputs)
        assert len(set(function.outputs)) == len(function.outputs)
        assert set(function.settings) <= {setting.name for setting in plan.settings}
        assert set(function.shown) <= set(function.statements)
    if plan.namespace:
        return
    assert_values_are_at_hand(plan, list(plan.functions))
    always = [function for function in plan.functions if not function.explore]
    assert set(plan.results.values()) <= assert_values_are_at_hand(plan, always)


def test_traps_and_samples(program: Path, plan_of: PlanOf) -> None:
    assert_sound(plan_of(program))


@given(programs())
@settings(max_examples=50)
def test_random_programs(cells: list[str]) -> None:
    assert_sound(api.make_plan(api.analyse(api.read(notebook(cells), name="notebook"))))


def test_calls_stand_in_the_order_of_the_source(program: Path, plan_of: PlanOf) -> None:
    plan = plan_of(program)
    if plan.analysis.order == "document":
        origins = [
            (plan.analysis.statements[p].origin.cell, plan.analysis.statements[p].origin.line)
            for function in plan.functions
            for p in function.statements
        ]
        assert origins == sorted(origins)


def test_functions_fit_on_a_screen(plan_of: PlanOf, program: Path) -> None:
    """Only what must stay together may be long, and only one statement may take many parameters."""
    plan = plan_of(program)
    for function in plan.functions:
        nodes = [plan.analysis.statements[p].node for p in function.statements]
        lines = sum((node.end_lineno or node.lineno) - node.lineno + 1 for node in nodes)
        assert lines <= 80 or len(nodes) == 1 or plan.namespace


def test_only_what_draws_gets_the_call_that_shows_it() -> None:
    cells = [
        "import matplotlib.pyplot as plt\nimport seaborn as sns\nsns.set_style('dark')\n"
        "plt.rcParams['figure.dpi'] = 50\nplt.rcParams.update({'figure.figsize': (6, 3)})",
        "plt.style.use('ggplot')",
        "xs = [1, 2]\nplt.plot(xs)",
    ]
    package = api.render(api.make_plan(api.analyse(api.read(notebook(cells))), package="shop"))
    code = [text.decode() for path, text in package.files.items() if path.parts[0] == "src"]
    assert sum(text.count("plt.show()") for text in code) == 1


def test_a_value_that_exploration_changes_is_no_result() -> None:
    cells = (
        "import pandas as pd",
        "import seaborn as sns",
        "costs = pd.read_csv('costs.csv')",
        "ax = costs.sample(3)\nprint(len(costs))",
        "ax = sns.boxplot(x=costs['smoker'], y=costs['price'])",
    )
    plan = api.make_plan(api.analyse(api.read(notebook(cells))))
    assert any(function.explore for function in plan.functions)
    assert "ax" not in plan.results
