"""One file of tests for each module of the package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from nb2prod.knowledge.tables import Knowledge
from nb2prod.model import Function, Plan
from nb2prod.render.code import ModuleWriter
from nb2prod.render.tests.conditions import Scope, scope
from nb2prod.render.tests.effects import drawn, printed, written
from nb2prod.render.tests.estimators import parameters
from nb2prod.render.tests.loading import loaded_columns
from nb2prod.render.tests.properties import Application, Check
from nb2prod.render.tests.relations import existence, relation
from nb2prod.render.tests.steps import steps

_FIXTURES = ("same", "config")


def module_tests(plan: Plan) -> dict[PurePosixPath, str]:
    """Return the source of the test files by path, one for each module with tested functions."""
    knowledge = Knowledge()
    writer = ModuleWriter(plan)
    found = {}
    for module in dict.fromkeys(f.module for f in plan.functions):
        functions = [f for f in plan.functions if f.module == module]
        tests = [test for f in functions for test in _tests(plan, f, knowledge)]
        if tests:
            path = PurePosixPath("tests", f"test_{module.replace('.', '_')}.py")
            found[path] = _file(plan, writer, module, tests)
    return found


class Test:
    """A test function: a title and the checks that it makes."""

    def __init__(self, around: Scope, title: str, checks: Sequence[Check]) -> None:
        self.around, self.title, self.checks = around, title, checks

    def names(self) -> Iterator[str]:
        """Yield the imports and helpers of the notebook that the test uses."""
        for check in self.checks:
            yield from check.names

    def lines(self) -> Iterator[str]:
        """Yield the source."""
        body = "\n".join(check.text for check in self.checks)
        given = set().union(*(check.given for check in self.checks))
        returned = set().union(*(check.returned for check in self.checks))
        for name in sorted(given - returned):
            body = re.sub(rf"\b{name}_before\b", name, body)
        head = list(self._head(sorted(given), returned, body))
        fixtures = ["calls"] if head or "call" in body else []
        fixtures += [f for f in _FIXTURES if re.search(rf"\b{f}[.(]", body)]
        yield f"def test_{self.around.function.name}_{self.title}({', '.join(fixtures)}):"
        yield from (f"    {line}" for line in (*head, *body.split("\n")))

    def _head(self, given: Sequence[str], returned: set[str], body: str) -> Iterator[str]:
        """Yield the lines that take values from the recorded call."""
        settings = sorted(set().union(*(check.settings for check in self.checks)))
        taken = [*given, *settings]
        rerun = any(check.rerun for check in self.checks)
        call = f'calls["{self.around.function.name}"]'
        several = bool(taken) + bool(returned) + rerun + ("call." in body)
        if several > 1 or "call." in body or rerun or len(taken) > 1:
            yield f"call = {call}"
            call = "call"
        if rerun:
            yield "call.again()"
        for name in taken:
            target = f"{name}_before" if name in returned else name
            yield f'{target} = {call}.given["{name}"]'
        if returned:
            yield f"{self._unpacked(returned)} = {call}.returned"

    def _unpacked(self, returned: set[str]) -> str:
        outputs = self.around.outputs
        if len(outputs) == 1:
            return outputs[0]
        return ", ".join(name if name in returned else "_" for name in outputs)


def _tests(plan: Plan, function: Function, knowledge: Knowledge) -> list[Test]:
    if plan.namespace:
        return []
    around = scope(plan, function, steps(plan, function))
    by_title: dict[str, dict[str, Check]] = {}
    for check in _checks(around, knowledge):
        by_title.setdefault(check.title, {}).setdefault(check.text, check)
    return [Test(around, title, list(checks.values())) for title, checks in by_title.items()]


def _checks(around: Scope, knowledge: Knowledge) -> Iterator[Check]:
    yield from loaded_columns(around)
    for index, step in enumerate(around.steps):
        if not step.certain:
            continue
        found = Application(step, index, around, knowledge)
        more, said = True, False
        for row, check in found.checks():
            yield check
            said, more = True, more and row.more
        for check in parameters(found):
            yield check
            said, more = True, False
        last = (relation(found) if more else None) or (None if said else existence(found))
        if last:
            yield last
    yield from written(around)
    yield from printed(around)
    yield from drawn(around)


def _file(plan: Plan, writer: ModuleWriter, module: str, tests: Sequence[Test]) -> str:
    names = sorted({name for test in tests for name in test.names()})
    body = "\n\n\n".join("\n".join(test.lines()) for test in tests)
    lines = [f'"""Tests of {plan.package}.{module}, on the recorded run."""', ""]
    lines += import_lines(plan, writer, names)
    own = {line for test in tests for check in test.checks for line in check.imports}
    lines += sorted(own - set(lines))
    if re.search(r"\bPath\(", body) and "from pathlib import Path" not in lines:
        lines.append("from pathlib import Path")
    return "\n".join(lines) + "\n\n\n" + body + "\n"


def import_lines(plan: Plan, writer: ModuleWriter, names: Iterable[str]) -> list[str]:
    """Return the statements that import what tests use of the notebook's imports and helpers."""
    lines: list[str] = []
    for name in names:
        if name in plan.imports:
            lines += writer.import_lines(name)
        else:
            lines.append(f"from {plan.package}.{writer.homes[name]} import {name}")
    return list(dict.fromkeys(lines))
