"""What a statement calls: imports resolved to qualified names, types followed through assignments.

An abstract interpreter: it runs the program over what is known of values instead of the values. It
never knows a type that a proof must not rest on: where two paths differ, or a loop may have changed
a name, nothing is known; what the name of a variable suggests is marked as a guess.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from nb2prod.analysis.effects import may_draw
from nb2prod.analysis.expressions import Expressions
from nb2prod.analysis.reading import Function, Reading
from nb2prod.analysis.scope import Scope
from nb2prod.analysis.tree import walk
from nb2prod.analysis.values import UNKNOWN, Value, arithmetic, element, join
from nb2prod.knowledge.tables import Knowledge

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor | ast.While

_LOOP_DEPTH = 3  # of loops that are followed twice; deeper ones forget what they assign
_DATA = ("pandas.", "numpy.ndarray", "polars.")


class Interpreter(Expressions):
    """Follows a notebook's statements, one after the other."""

    def __init__(self, knowledge: Knowledge, unstable: frozenset[str] = frozenset()) -> None:
        super().__init__(knowledge, unstable)
        self._top = self.scope
        self._returns: list[Value] | None = None
        self._loops = 0

    def read(self, node: ast.stmt) -> Reading:
        """Follow one top-level statement and return what it does."""
        self.reading = Reading()
        self.execute(node)
        return self.reading

    def value(self, name: str) -> Value:
        """Return what is known of a module-level name."""
        return self._top.values.get(name, UNKNOWN)

    def doubt(self) -> None:
        """Make everything known a guess: code that cannot be seen may have changed it."""
        self.scope, self.deferred, self._returns, self._loops = self._top, False, None, 0
        values = self._top.values.items()
        self._top.values = {name: value.guessed() for name, value in values}

    def execute(self, node: ast.stmt) -> None:
        """Follow a statement."""
        self.reading.begin(node)
        method = getattr(self, f"_execute_{type(node).__name__}", None)
        if method is not None:
            method(node)
        else:
            self.evaluate_children(node)

    def _run(self, body: Iterable[ast.stmt]) -> None:
        for node in body:
            self.execute(node)

    def _header(self, node: ast.expr) -> Value:
        """Evaluate an expression in the header of a compound statement."""
        self.reading.begin(node)
        return self.evaluate(node)

    # ---- simple statements

    def _execute_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = self.knowledge.canonical(alias.name)
            root = alias.name.partition(".")[0]
            self.roots[name.partition(".")[0]] = None
            self.bind_name(alias.asname or root, Value(refers=name if alias.asname else root))

    def _execute_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = self.knowledge.canonical("." * node.level + (node.module or ""))
        self.roots[module.partition(".")[0]] = None
        for alias in node.names:
            if alias.name == "*":
                self._import_all(module)
            else:
                name = self.knowledge.canonical(f"{module}.{alias.name}")
                self.bind_name(alias.asname or alias.name, Value(refers=name))

    def _import_all(self, module: str) -> None:
        """Take note of a star import, which may rebind any name."""
        self.stars.append(module)
        for name, value in self.scope.values.items():
            self.scope.values[name] = value.guessed()

    def _execute_Assign(self, node: ast.Assign) -> None:
        value = self.evaluate(node.value)
        for target in node.targets:
            self.bind(target, value)
            self._note_frame(target, value)

    def _execute_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            value = self.evaluate(node.value)
            self.bind(node.target, value)
            self._note_frame(node.target, value)

    def _execute_AugAssign(self, node: ast.AugAssign) -> None:
        left = self.evaluate(node.target)
        result = arithmetic(node.op, left, self.evaluate(node.value), self.knowledge)
        self._note_frame(node.target, result)
        if isinstance(node.target, ast.Name):
            self.bind_name(node.target.id, result)

    def _note_frame(self, target: ast.expr, value: Value) -> None:
        """Note whether an assignment is one of, or to a part of, a frame, column or array."""
        owner = target
        while isinstance(owner, ast.Attribute | ast.Subscript):
            owner = owner.value
        known = value
        if owner is not target:
            known = self.known(owner.id) if isinstance(owner, ast.Name) else UNKNOWN
        unknown = owner is not target and not known.type and not known.refers
        if unknown or _is_data(known):
            self.reading.part.framed = True

    def _execute_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.scope.values.pop(target.id, None)
            else:
                self.evaluate_children(target)

    def _execute_Return(self, node: ast.Return) -> None:
        value = self.evaluate(node.value) if node.value else Value("None")
        if self._returns is not None:
            self._returns.append(value)

    # ---- branches

    def _execute_If(self, node: ast.If) -> None:
        self._header(node.test)
        self._branches([node.body, node.orelse])

    def _execute_Match(self, node: ast.Match) -> None:
        self._header(node.subject)
        for case in node.cases:
            for name in _captured(case.pattern):
                self.bind_name(name, UNKNOWN)
        self._branches([*(case.body for case in node.cases), []])

    def _execute_With(self, node: ast.With | ast.AsyncWith) -> None:
        for context in node.items:
            value = self._header(context.context_expr)
            if context.optional_vars is not None:
                # Most context managers give themselves; a file is sure to.
                entered = value if value.type == "file" else value.guessed()
                self.bind(context.optional_vars, entered)
        # It may swallow an exception, so that the body stops anywhere.
        self._branches([node.body, []])

    _execute_AsyncWith = _execute_With

    def _execute_Try(self, node: ast.Try) -> None:
        before = self.scope
        self.scope = partly = Scope(before)
        self._run([*node.body, *node.orelse])
        outcomes = [partly]
        for handler in node.handlers:
            # Anything in the body may not have happened.
            self.scope = Scope(before)
            lost = (*partly.values, *([handler.name] if handler.name else []))
            self.scope.values.update(dict.fromkeys(lost, UNKNOWN))
            self._run(handler.body)
            outcomes.append(self.scope)
        self._merge(before, outcomes)
        self._run(node.finalbody)

    _execute_TryStar = _execute_Try

    def _branches(self, bodies: Sequence[Sequence[ast.stmt]]) -> None:
        """Follow bodies of which one runs."""
        before = self.scope
        outcomes = []
        for body in bodies:
            self.scope = Scope(before)
            self._run(body)
            outcomes.append(self.scope)
        self._merge(before, outcomes)

    def _merge(self, before: Scope, outcomes: Sequence[Scope]) -> None:
        """Go on with what holds after each of the outcomes.

        A name that some of them leave unbound is bound when it is read at all.
        """
        self.scope = before
        for name in {name: None for outcome in outcomes for name in outcome.values}:
            values = (outcome.get(name) for outcome in outcomes)
            bound = [value for value in values if value is not None]
            self.assign(name, join(bound, self.knowledge))

    # ---- loops

    def _execute_For(self, node: ast.For | ast.AsyncFor) -> None:
        iterated = self._header(node.iter)
        self.check_iteration(node.iter, iterated)
        header, each = self.reading.part, element(iterated, self.knowledge)
        header.binds.update(_names(node.target))

        def turn() -> None:
            self.bind(node.target, each)
            self._run(node.body)

        self._repeat(node, turn)
        self._branches([node.orelse, []])

    _execute_AsyncFor = _execute_For

    def _execute_While(self, node: ast.While) -> None:
        def turn() -> None:
            self._header(node.test)
            self._run(node.body)

        self._repeat(node, turn)
        self._branches([node.orelse, []])

    def _repeat(self, node: Loop, turn: Callable[[], None]) -> None:
        """Follow a loop: what a name is at its start is what it was before and after a turn."""
        before = self.scope
        bound = Counter(_bound_names(node))
        jumps = any(isinstance(inner, ast.Break | ast.Continue) for inner in walk(node))
        # A jump leaves a turn at any point: of a name bound twice it is open which value it has.
        lost = {name: UNKNOWN for name, times in bound.items() if jumps and times > 1}
        self._loops += 1
        start = self._loop_start(before, bound, turn)
        self.scope = after = Scope(before)
        after.values.update(start | lost)
        turn()
        after.values.update(lost)
        self._loops -= 1
        self._merge(before, [after, Scope(before)])

    def _loop_start(
        self, before: Scope, bound: Iterable[str], turn: Callable[[], None]
    ) -> dict[str, Value]:
        """Return the values, at the start of any turn, of the names that a turn changes."""
        start = {name: value for name in bound if (value := before.get(name)) is not None}
        if not start or self._loops > _LOOP_DEPTH:
            return dict.fromkeys(start, UNKNOWN)
        for _ in range(2):
            after = self._trial(before, start, turn)
            joined = {
                name: join((value, after.get(name, value)), self.knowledge)
                for name, value in start.items()
            }
            if joined == start:
                return start
            start = joined
        return dict.fromkeys(start, UNKNOWN)

    def _trial(
        self, before: Scope, start: dict[str, Value], turn: Callable[[], None]
    ) -> dict[str, Value]:
        """Follow one turn without recording it and return the values that it leaves."""
        mark, returns = self.reading.mark(), self._returns
        self._returns = None
        self.scope = trial = Scope(before)
        trial.values.update(start)
        turn()
        self.scope, self._returns = before, returns
        self.reading.rewind(mark)
        return trial.values

    # ---- definitions

    def _execute_FunctionDef(self, node: FunctionNode) -> None:
        defaults = (*node.args.defaults, *filter(None, node.args.kw_defaults))
        for outside in (*node.decorator_list, *defaults):
            self.evaluate(outside)
        function = self._follow(node)
        if node.decorator_list or isinstance(node, ast.AsyncFunctionDef):
            function = replace(function, returns=UNKNOWN)
        self.bind_name(node.name, Value(function=function))

    _execute_AsyncFunctionDef = _execute_FunctionDef

    def _follow(self, node: FunctionNode) -> Function:
        """Follow the body of a function, its parameters unknown."""
        parts, doubts = self.reading.mark()
        state = self.scope, self._returns, self.deferred
        self.scope, self._returns = Scope(self.scope, "function"), []
        self.deferred = True
        self.bind_parameters(node.args)
        self._run(node.body)
        result = self._returned(node, self._returns)
        self.scope, self._returns, self.deferred = state
        del self.reading.doubts[doubts:]
        calls = tuple(self.reading.calls(parts))
        draws = any(may_draw(call, self.knowledge) for call in calls)
        return Function(node.name, calls, result, draws)

    def _returned(self, node: FunctionNode, returns: list[Value]) -> Value:
        if any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in walk(node)):
            return Value("iterator")
        ends = isinstance(node.body[-1], ast.Return | ast.Raise)
        return join(returns if ends else [*returns, Value("None")], self.knowledge)

    def _execute_ClassDef(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.evaluate(decorator)
        bases = [self.evaluate(base) for base in node.bases]
        methods = (part.name for part in node.body if isinstance(part, FunctionNode))
        self.own_methods.update(methods)
        with self.inner_scope(Scope(self.scope)):
            self._run(node.body)
        base = next((base.refers for base in bases if base.refers), "")
        self.bind_name(node.name, Value(type=base, own_class=True, sure=False))


def _is_data(value: Value) -> bool:
    return any(map(_is_data, value.items)) or value.type.startswith(_DATA)


def _names(target: ast.expr) -> Iterator[str]:
    return (node.id for node in walk(target) if isinstance(node, ast.Name))


def _captured(pattern: ast.pattern) -> Iterator[str]:
    """Yield the names that a pattern of a match statement binds."""
    for node in walk(pattern):
        for name in (getattr(node, "name", None), getattr(node, "rest", None)):
            if isinstance(name, str):
                yield name


def _bound_names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a loop binds, once for each place that binds them."""
    for inner in walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store | ast.Del):
            yield inner.id
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield inner.name
        elif isinstance(inner, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in inner.names)
        elif isinstance(inner, ast.ExceptHandler) and inner.name:
            yield inner.name
