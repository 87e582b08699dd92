"""What statements do to names, without running them: branches are joined, loops unrolled while short."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nb2prod.inventory.code import Class, Function, Scope
from nb2prod.inventory.expressions import STEPS, Expressions, certain
from nb2prod.inventory.strings import arithmetic
from nb2prod.inventory.texts import is_absolute, is_url
from nb2prod.inventory.uses import Use
from nb2prod.inventory.values import MANY, UNKNOWN, Value, all_uses, element, elements, join

_TURNS = 64  # of a loop that are followed one by one
_DEPTH = 8  # of calls of the notebook's own functions inside one another
_ENTRIES = 400  # into one function


class Statements(Expressions):
    """Follows statements one after the other."""

    def __init__(self, readers: Any) -> None:
        super().__init__(readers)
        self.functions: list[Function] = []
        self.classes: list[tuple[Class, int]] = []
        self.folder = ""  # the working directory, as seen from the notebook's
        self._returns: list[Value] | None = None
        self._depth = 0
        self._entries: dict[Function, int] = {}
        self._unroll: dict[int, bool] = {}
        self._grows: dict[int, set[str]] = {}  # names that a loop changes from turn to turn

    def execute(self, node: ast.stmt) -> None:
        """Follow one statement."""
        method: Callable[[Any], None] | None = getattr(
            self, f"_execute_{type(node).__name__}", None
        )
        if method is not None:
            method(node)
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.evaluate(child)

    def run(self, body: Iterable[ast.stmt]) -> None:
        """Follow statements in order."""
        for node in body:
            self.execute(node)

    # ---- simple statements

    def _execute_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.readers.use(alias.name)
            root = alias.name.partition(".")[0]
            name = self.readers.canonical(alias.name) if alias.asname else root
            self.scope.bind(alias.asname or root, Value(refers=name))

    def _execute_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        self.readers.use(module)
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(module)
                continue
            name = self.readers.canonical(f"{module}.{alias.name}")
            self.scope.bind(alias.asname or alias.name, Value(refers=name))

    def _execute_Assign(self, node: ast.Assign) -> None:
        value = self.evaluate(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name):
                receive(value, target.id)
            elif isinstance(target, ast.Tuple | ast.List):
                for part, one in zip(
                    target.elts, elements(value) or [element(value)], strict=False
                ):
                    if isinstance(part, ast.Name):
                        receive(one, part.id)
            elif isinstance(target, ast.Attribute | ast.Subscript):
                receive(value, ast.unparse(target)[:80])
            self.bind(target, value)

    def _execute_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            value = self.evaluate(node.value)
            if isinstance(node.target, ast.Name):
                receive(value, node.target.id)
            self.bind(node.target, value)

    def _execute_AugAssign(self, node: ast.AugAssign) -> None:
        left, right = self.evaluate(node.target), self.evaluate(node.value)
        if isinstance(node.op, ast.Add) and left.items is not None:
            left.items.extend(elements(right) or [element(right)])
            return
        if isinstance(node.target, ast.Name):
            self.scope.bind(node.target.id, arithmetic(node.op, left, right))

    def _execute_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.scope.values.pop(target.id, None)

    def _execute_Global(self, node: ast.Global) -> None:
        self.scope.globals.update(node.names)

    def _execute_Return(self, node: ast.Return) -> None:
        value = self.evaluate(node.value)
        if self._returns is not None:
            self._returns.append(value)

    # ---- branches

    def _execute_If(self, node: ast.If) -> None:
        truth = certain(self.evaluate(node.test))
        self._branches([node.body, node.orelse], None if truth is None else (0 if truth else 1))

    def _execute_Match(self, node: ast.Match) -> None:
        self.evaluate(node.subject)
        self._branches([*(case.body for case in node.cases), []], None)

    def _branches(self, bodies: Sequence[Sequence[ast.stmt]], taken: int | None) -> None:
        """Follow all bodies; go on with what holds after the one that is taken, or after any."""
        before, folder = self.scope.values, self.folder
        outcomes, folders = [], []
        for body in bodies:
            self.scope.values, self.folder = dict(before), folder
            self.run(body)
            outcomes.append(self.scope.values)
            folders.append(self.folder)
        changed = [place for place in folders if place != folder]
        if taken is not None:
            self.scope.values, self.folder = outcomes[taken], folders[taken]
        else:
            self.scope.values = _merged(outcomes)
            self.folder = changed[0] if changed else folder

    def _execute_Try(self, node: ast.Try) -> None:
        before = dict(self.scope.values)
        self.run([*node.body, *node.orelse])
        outcomes = [self.scope.values]
        for handler in node.handlers:
            self.scope.values = _merged([before, outcomes[0]])
            self.run(handler.body)
            outcomes.append(self.scope.values)
        self.scope.values = _merged(outcomes)
        self.run(node.finalbody)

    _execute_TryStar = _execute_Try

    def _execute_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            value = self.evaluate(item.context_expr)
            if item.optional_vars is not None:
                if isinstance(item.optional_vars, ast.Name):
                    receive(value, item.optional_vars.id)
                self.bind(item.optional_vars, value)
        self.run(node.body)

    _execute_AsyncWith = _execute_With

    # ---- loops

    def _execute_For(self, node: ast.For | ast.AsyncFor) -> None:
        iterated = self.evaluate(node.iter)
        found = elements(iterated)
        before = dict(self.scope.values)
        if found is not None and self._worth_unrolling(node, found):
            for value in found[:_TURNS]:
                self.bind(node.target, value)
                self.run(node.body)
            left = found[_TURNS:]
            if left:
                self._turn(node, join(left))
        else:
            self._turn(node, element(iterated))
        self.scope.values = _merged([before, self.scope.values]) if not found else self.scope.values
        self.run(node.orelse)

    _execute_AsyncFor = _execute_For

    def _turn(self, node: ast.For | ast.AsyncFor, value: Value) -> None:
        """Follow one turn that stands for many."""
        self._forget(node)
        self.bind(node.target, value)
        self.run(node.body)

    def _execute_While(self, node: ast.While) -> None:
        before = dict(self.scope.values)
        self._forget(node)
        self.evaluate(node.test)
        self.run(node.body)
        self.scope.values = _merged([before, self.scope.values])
        self.run(node.orelse)

    def _forget(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        """Forget the names that a turn makes of what they were, as `i += 1` does."""
        if id(node) not in self._grows:
            parts = (part for statement in node.body for part in ast.walk(statement))
            changed = [part.target for part in parts if isinstance(part, ast.AugAssign)]
            self._grows[id(node)] = {part.id for part in changed if isinstance(part, ast.Name)}
        for name in self._grows[id(node)]:
            value = self.scope.find(name)
            if value is not None and value.items is None and value.mapping is None:
                self.scope.bind(name, UNKNOWN)

    def _worth_unrolling(self, node: ast.For | ast.AsyncFor, found: Sequence[Value]) -> bool:
        """Say whether the turns differ in what matters: in texts, or numbers that become text."""
        if len(found) > MANY or self.steps > STEPS:
            return False
        if any(not value.constants or value.texts for value in found):
            return True
        if id(node) not in self._unroll:
            self._unroll[id(node)] = any(map(_makes_text, ast.walk(node)))
        return self._unroll[id(node)]

    # ---- definitions

    def _execute_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.evaluate(decorator)
        function = self.define(node)
        self.functions.append(function)
        self.scope.bind(node.name, Value(code=function))

    _execute_AsyncFunctionDef = _execute_FunctionDef

    def _execute_ClassDef(self, node: ast.ClassDef) -> None:
        bases = tuple(self.evaluate(base) for base in node.bases)
        outer, self.scope = self.scope, Scope(outer=self.scope)
        first = len(self.functions)
        self.run(node.body)
        members, self.scope = self.scope.values, outer
        made = Class(node.name, members, bases)
        for function in self.functions[first:]:
            function.scope = outer  # a method does not see the names of its class
            function.owner = made
        self.classes.append((made, self.cell))
        self.scope.bind(node.name, Value(code=made))

    def enter(self, function: Function, given: dict[str, Value]) -> Value:
        """Follow a call of a function of the notebook, its parameters bound; return its result."""
        times = self._entries.get(function, 0)
        if self._depth >= _DEPTH or times >= _ENTRIES or (times and self.steps > STEPS):
            return UNKNOWN
        self._entries[function] = times + 1
        function.entered = True
        state = self.scope, self.cell, self._returns
        self.scope = Scope(given, function.scope)
        self.cell, self._returns = function.cell, []
        self._depth += 1
        try:
            self.run(function.body)
            return join(self._returns) if self._returns else UNKNOWN
        finally:
            self._depth -= 1
            self.scope, self.cell, self._returns = state

    def reset(self) -> None:
        """Go back to the top level after a statement that is nested too deeply to be followed."""
        self.scope, self._returns, self._depth = self.scope.module, None, 0

    def change_folder(self, place: Value) -> None:
        """Follow a change of the working directory, where it is known to where."""
        from nb2prod.inventory.texts import below, known

        texts = [text for text in place.texts if known(text)]
        if texts:
            target = texts[0]
            self.folder = (
                target if is_absolute(target) or is_url(target) else below(self.folder, target)
            )


def receive(value: Value, name: str) -> None:
    """Note the name that the data of a read is given to."""
    for use in all_uses(value):
        _name(use, name)


def _name(use: Use, name: str) -> None:
    if use.variable is None or use.handle:
        use.handle = use.variable is None and use.handle
        use.variable = name


def _merged(outcomes: Sequence[dict[str, Value]]) -> dict[str, Value]:
    first = outcomes[0]
    result = dict(first)
    for outcome in outcomes[1:]:
        for name, value in outcome.items():
            if name not in result:
                result[name] = value
            elif result[name] is not value:
                result[name] = join([result[name], value])
    return result


def _makes_text(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
    if isinstance(node, ast.Call):
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        return name in ("format", "str", "zfill")
    return isinstance(node, ast.Subscript)
