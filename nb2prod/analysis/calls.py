"""What a statement calls: imports resolved to qualified names, types followed through assignments.

An abstract interpreter: it runs the program over what is known of values instead of the values. It
never guesses a type that a proof could rest on: where two paths differ, or a loop may have changed
a name, nothing is known; what the name of a variable suggests is marked as a guess.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from nb2prod.analysis import constants
from nb2prod.analysis.effects import given, may_draw
from nb2prod.analysis.values import (
    UNKNOWN,
    Call,
    Function,
    Reading,
    Value,
    arithmetic,
    comparison,
    element,
    item,
    join,
    literal,
    parse,
)
from nb2prod.knowledge import conventions
from nb2prod.knowledge.tables import Knowledge, Row, library_of

_LOOP_DEPTH = 3  # of loops that are followed twice; deeper ones forget what they assign

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


class Scope:
    """Names and their values: those set here, over those of the scope around it."""

    def __init__(self, outer: Scope | None = None, *, function: bool = False) -> None:
        self.values: dict[str, Value] = {}
        self._outer = outer
        self._function = function

    def get(self, name: str) -> Value | None:
        """Return the value of a name; from outside a function only as a guess, unless it is code."""
        if name in self.values:
            return self.values[name]
        value = self._outer.get(name) if self._outer else None
        if value is None or not self._function or value.refers or value.function:
            return value
        return value.guessed()


class Interpreter:
    """Follows a notebook's statements, one after the other."""

    def __init__(self, knowledge: Knowledge, unstable: frozenset[str] = frozenset()) -> None:
        """`unstable` are the names that functions rebind: nothing is ever known of them."""
        self.knowledge = knowledge
        self.reading = Reading()
        self.scope = Scope()
        self.roots: dict[str, None] = {}  # imported libraries
        self._unstable = unstable
        self._stars: list[str] = []
        self._returns: list[Value] | None = None
        self._loops = 0
        self._deferred = False

    # ---- statements

    def read(self, node: ast.stmt) -> Reading:
        """Follow one top-level statement and return what it does."""
        self.reading = Reading()
        self.execute(node)
        return self.reading

    def forget(self) -> None:
        """Drop everything known of values: the program ran code that cannot be seen."""
        kept = {name: value for name, value in self.scope.values.items() if value.refers}
        self.scope.values = {name: value.guessed() for name, value in kept.items()}

    def execute(self, node: ast.stmt) -> None:
        """Follow a statement."""
        method = getattr(self, f"_execute_{type(node).__name__}", None)
        if method is not None:
            method(node)
        else:
            self._evaluate_children(node)

    def _run(self, body: Iterable[ast.stmt]) -> None:
        for node in body:
            self.execute(node)

    def _execute_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = self.knowledge.canonical(alias.name)
            self.roots[name.partition(".")[0]] = None
            bound = alias.asname or alias.name.partition(".")[0]
            refers = name if alias.asname else alias.name.partition(".")[0]
            self._bind_name(bound, Value(refers=refers))

    def _execute_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = self.knowledge.canonical("." * node.level + (node.module or ""))
        self.roots[module.partition(".")[0]] = None
        for alias in node.names:
            if alias.name == "*":
                self._stars.append(module)
            else:
                name = self.knowledge.canonical(f"{module}.{alias.name}")
                self._bind_name(alias.asname or alias.name, Value(refers=name))

    def _execute_Assign(self, node: ast.Assign) -> None:
        value = self.evaluate(node.value)
        for target in node.targets:
            self._bind(target, value)
            self._note_frame(node, target, value)

    def _execute_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._bind(node.target, self.evaluate(node.value))

    def _execute_AugAssign(self, node: ast.AugAssign) -> None:
        left = self.evaluate(node.target)
        result = arithmetic(node.op, left, self.evaluate(node.value), self.knowledge)
        self._note_frame(node, node.target, result)
        if isinstance(node.target, ast.Name):
            self._bind_name(node.target.id, result)

    def _execute_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.scope.values.pop(target.id, None)
            else:
                self._evaluate_children(target)

    def _execute_If(self, node: ast.If) -> None:
        self.evaluate(node.test)
        self._branches([node.body, node.orelse])

    def _execute_Match(self, node: ast.Match) -> None:
        self.evaluate(node.subject)
        for case in node.cases:
            self._forget_bound(case.pattern)
        self._branches([*(case.body for case in node.cases), []])

    def _execute_Try(self, node: ast.Try) -> None:
        before = self.scope
        self.scope = Scope(before)
        self._run(node.body)
        partly = self.scope
        self._run(node.orelse)
        outcomes = [self.scope]
        for handler in node.handlers:
            # Anything in the body may not have happened.
            self.scope = Scope(before)
            self.scope.values.update(dict.fromkeys(partly.values, UNKNOWN))
            if handler.name:
                self.scope.values[handler.name] = UNKNOWN
            self._run(handler.body)
            outcomes.append(self.scope)
        self._merge(before, outcomes)
        self._run(node.finalbody)

    _execute_TryStar = _execute_Try

    def _execute_For(self, node: ast.For | ast.AsyncFor) -> None:
        iterated = self.evaluate(node.iter)
        self._check_iteration(node.iter, iterated)
        each = element(iterated, self.knowledge)

        def once() -> None:
            self._bind(node.target, each)
            self._run(node.body)

        self._repeat(node, once)
        self._branches([node.orelse, []])

    _execute_AsyncFor = _execute_For

    def _execute_While(self, node: ast.While) -> None:
        def once() -> None:
            self.evaluate(node.test)
            self._run(node.body)

        self._repeat(node, once)
        self._branches([node.orelse, []])

    def _execute_With(self, node: ast.With | ast.AsyncWith) -> None:
        for context in node.items:
            value = self.evaluate(context.context_expr)
            if context.optional_vars is not None:
                # Most context managers give themselves; a file is sure to.
                entered = value if value.type == "file" else value.guessed()
                self._bind(context.optional_vars, entered)
        # It may swallow an exception, so that the body stops anywhere.
        self._branches([node.body, []])

    _execute_AsyncWith = _execute_With

    def _execute_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.evaluate(decorator)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.evaluate(default)
        function = self._follow(node)
        known = Value(function=function)
        if node.decorator_list or isinstance(node, ast.AsyncFunctionDef):
            known = Value(function=replace(function, returns=UNKNOWN))
        self._bind_name(node.name, known)

    _execute_AsyncFunctionDef = _execute_FunctionDef

    def _execute_ClassDef(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.evaluate(decorator)
        bases = [self.evaluate(base) for base in node.bases]
        outer, self.scope = self.scope, Scope(self.scope)
        self._run(node.body)
        self.scope = outer
        base = next((base.refers for base in bases if base.refers), "")
        self._bind_name(node.name, Value(type=base, own_class=True, sure=False))

    def _execute_Return(self, node: ast.Return) -> None:
        value = self.evaluate(node.value) if node.value else Value("None")
        if self._returns is not None:
            self._returns.append(value)

    # ---- control flow

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
            values = [outcome.get(name) for outcome in outcomes]
            bound = [value for value in values if value is not None]
            self._bind_name(name, join(bound, self.knowledge))

    def _repeat(self, node: ast.For | ast.AsyncFor | ast.While, once: Callable[[], None]) -> None:
        """Follow a loop: what a name is at its start is what it was before and after a turn."""
        before = self.scope
        bound = Counter(_bound_names(node))
        jumps = any(isinstance(inner, ast.Break | ast.Continue) for inner in ast.walk(node))
        # A jump leaves a turn at any point: of a name bound twice it is open which value it has.
        lost = {name: UNKNOWN for name, times in bound.items() if jumps and times > 1}
        start = self._loop_start(before, bound, once)
        self.scope = Scope(before)
        self.scope.values.update(start | lost)
        once()
        self.scope.values.update(lost)
        self._merge(before, [self.scope, Scope(before)])

    def _loop_start(
        self, before: Scope, bound: Iterable[str], once: Callable[[], None]
    ) -> dict[str, Value]:
        """Return the values, at the start of any turn, of the names that a turn changes."""
        rebound = [name for name in bound if before.get(name) is not None]
        if not rebound or self._loops >= _LOOP_DEPTH:
            return dict.fromkeys(rebound, UNKNOWN)
        start: dict[str, Value] = {}
        for _ in range(2):
            after = self._trial(before, start, once)
            earlier = {name: start.get(name) or before.get(name) or UNKNOWN for name in rebound}
            joined = {
                name: join((earlier[name], after.get(name, earlier[name])), self.knowledge)
                for name in rebound
            }
            if joined == earlier:
                return joined
            start = joined
        return dict.fromkeys(rebound, UNKNOWN)

    def _trial(
        self, before: Scope, start: dict[str, Value], once: Callable[[], None]
    ) -> dict[str, Value]:
        """Follow one turn without recording it and return the values that it leaves."""
        mark, returns = self.reading.mark(), self._returns
        self._returns = None
        self._loops += 1
        self.scope = Scope(before)
        self.scope.values.update(start)
        once()
        after = self.scope.values
        self.scope, self._returns = before, returns
        self._loops -= 1
        self.reading.rewind(mark)
        return after

    def _follow(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
        """Follow the body of a function, its parameters unknown."""
        mark, deferred = self.reading.mark(), self._deferred
        outer, returns, loops = self.scope, self._returns, self._loops
        self.scope, self._returns = Scope(outer, function=True), []
        self._deferred = True
        for parameter in _parameters(node.args):
            self.scope.values[parameter] = UNKNOWN
        self._run(node.body)
        result = join(self._returns, self.knowledge) if self._returns else Value("None")
        if any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in ast.walk(node)):
            result = Value("iterator")
        self.scope, self._returns, self._loops = outer, returns, loops
        self._deferred = deferred
        calls = tuple(self.reading.calls[mark[0] :])
        del self.reading.doubts[mark[1] :]
        draws = any(may_draw(call, self.knowledge) for call in calls)
        return Function(node.name, calls, result, draws)

    # ---- binding

    def _note_frame(self, node: ast.stmt, target: ast.expr, value: Value) -> None:
        """Note whether an assignment is one of, or to a part of, a frame, column or array."""
        owner = target
        while isinstance(owner, ast.Attribute | ast.Subscript):
            owner = owner.value
        known = value if owner is target else UNKNOWN
        if owner is not target and isinstance(owner, ast.Name):
            known = self._evaluate_Name(owner)
        if _is_data(known) or owner is not target and not known.type and not known.refers:
            self.reading.framed.add(id(node))

    def _bind(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Name):
            self._bind_name(target.id, value)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, Value("list"))
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, value)
        elif isinstance(target, ast.Attribute | ast.Subscript):
            owner = self.evaluate(target.value)
            if isinstance(target, ast.Subscript):
                self.evaluate(target.slice)
            if owner.refers:
                self._note(Call(target, owner.refers, self._row(owner), sure=owner.sure))

    def _unpack(self, targets: Sequence[ast.expr], value: Value) -> None:
        starred = any(isinstance(target, ast.Starred) for target in targets)
        parts: Sequence[Value] = ()
        if len(value.items) == len(targets) and not starred:
            parts = value.items
        else:
            parts = [element(value, self.knowledge)] * len(targets)
        for target, part in zip(targets, parts, strict=True):
            self._bind(target, part)

    def _bind_name(self, name: str, value: Value) -> None:
        self.scope.values[name] = UNKNOWN if name in self._unstable else value

    def _forget_bound(self, pattern: ast.pattern) -> None:
        for node in ast.walk(pattern):
            for name in (getattr(node, "name", None), getattr(node, "rest", None)):
                if isinstance(name, str):
                    self._bind_name(name, UNKNOWN)

    # ---- expressions

    def evaluate(self, node: ast.expr) -> Value:
        """Return what is known of the value of an expression, and note what it calls."""
        method = getattr(self, f"_evaluate_{type(node).__name__}", None)
        if method is not None:
            return method(node)
        self._evaluate_children(node)
        return UNKNOWN

    def _evaluate_children(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.evaluate(child)
            elif isinstance(child, ast.stmt):
                self.execute(child)
            else:
                self._evaluate_children(child)

    def _evaluate_Constant(self, node: ast.Constant) -> Value:
        return literal(node.value)

    def _evaluate_Name(self, node: ast.Name) -> Value:
        value = self.lookup(node.id)
        known = value.refers or value.function or value.own_class
        if not known and value.type in ("", "object", "None"):
            guess = conventions.type_of(node.id)
            return Value(guess, sure=False) if guess else value
        return value

    def lookup(self, name: str) -> Value:
        """Return what a name stands for: a variable, an import, a star import, a builtin."""
        value = self.scope.get(name)
        if value is not None:
            return value
        for module in reversed(self._stars):
            if self.knowledge.call(f"{module}.{name}") is not None:
                return Value(refers=f"{module}.{name}")
        if self.knowledge.call(name) is not None:
            return Value(refers=name)
        suggested = conventions.reference(name)
        return Value(refers=suggested, sure=False) if suggested else UNKNOWN

    def _evaluate_NamedExpr(self, node: ast.NamedExpr) -> Value:
        value = self.evaluate(node.value)
        self._bind(node.target, value)
        return value

    def _evaluate_JoinedStr(self, node: ast.JoinedStr) -> Value:
        pieces = [self.evaluate(value) for value in node.values]
        return Value("str", constant=constants.fold_pieces(pieces))

    def _evaluate_FormattedValue(self, node: ast.FormattedValue) -> Value:
        value = self.evaluate(node.value)
        if node.format_spec is not None:
            self.evaluate(node.format_spec)
        plain = node.format_spec is None and node.conversion == -1
        return Value("str", constant=value.constant if plain else None)

    def _evaluate_Tuple(self, node: ast.Tuple) -> Value:
        items = tuple(self.evaluate(part) for part in node.elts)
        starred = any(isinstance(part, ast.Starred) for part in node.elts)
        return Value("tuple", items=() if starred else items)

    def _evaluate_List(self, node: ast.List) -> Value:
        return Value("list", each=join([self.evaluate(e) for e in node.elts], self.knowledge))

    def _evaluate_Set(self, node: ast.Set) -> Value:
        return Value("set", each=join([self.evaluate(e) for e in node.elts], self.knowledge))

    def _evaluate_Dict(self, node: ast.Dict) -> Value:
        for key in node.keys:
            if key is not None:
                self.evaluate(key)
        values = [self.evaluate(value) for value in node.values]
        return Value("dict", each=None if None in node.keys else join(values, self.knowledge))

    def _evaluate_Starred(self, node: ast.Starred) -> Value:
        self._check_iteration(node.value, self.evaluate(node.value))
        return UNKNOWN

    def _evaluate_Lambda(self, node: ast.Lambda) -> Value:
        outer, self.scope = self.scope, Scope(self.scope)
        for parameter in _parameters(node.args):
            self.scope.values[parameter] = UNKNOWN
        self.evaluate(node.body)
        self.scope = outer
        return Value("function")

    def _comprehend(self, node: Comprehension, *results: ast.expr) -> Value:
        outer, self.scope = self.scope, Scope(self.scope)
        for clause in node.generators:
            iterated = self.evaluate(clause.iter)
            self._check_iteration(clause.iter, iterated)
            self._bind(clause.target, element(iterated, self.knowledge))
            for condition in clause.ifs:
                self.evaluate(condition)
        value = [self.evaluate(result) for result in results][-1]
        self.scope = outer
        return value

    def _evaluate_ListComp(self, node: ast.ListComp) -> Value:
        return Value("list", each=self._comprehend(node, node.elt))

    def _evaluate_SetComp(self, node: ast.SetComp) -> Value:
        return Value("set", each=self._comprehend(node, node.elt))

    def _evaluate_DictComp(self, node: ast.DictComp) -> Value:
        return Value("dict", each=self._comprehend(node, node.key, node.value))

    def _evaluate_GeneratorExp(self, node: ast.GeneratorExp) -> Value:
        return Value("iterator", each=self._comprehend(node, node.elt))

    def _evaluate_IfExp(self, node: ast.IfExp) -> Value:
        self.evaluate(node.test)
        return join((self.evaluate(node.body), self.evaluate(node.orelse)), self.knowledge)

    def _evaluate_BoolOp(self, node: ast.BoolOp) -> Value:
        return join([self.evaluate(value) for value in node.values], self.knowledge)

    def _evaluate_UnaryOp(self, node: ast.UnaryOp) -> Value:
        value = self.evaluate(node.operand)
        if isinstance(node.op, ast.Not):
            return Value("bool")
        negative = isinstance(node.op, ast.USub) and type(value.constant) in (int, float)
        constant = -value.constant if negative else None  # type: ignore[operator]
        return Value(value.type, constant=constant, sure=value.sure)

    def _evaluate_BinOp(self, node: ast.BinOp) -> Value:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        value = arithmetic(node.op, left, right, self.knowledge)
        if isinstance(node.op, ast.LShift | ast.RShift) and not value.type:
            self.reading.doubts.append(node)
        text = constants.fold_operation(node.op, left, right)
        return value if text is None else replace(value, constant=text)

    def _evaluate_Compare(self, node: ast.Compare) -> Value:
        values = [self.evaluate(part) for part in (node.left, *node.comparators)]
        if any(isinstance(op, ast.In | ast.NotIn | ast.Is | ast.IsNot) for op in node.ops):
            return Value("bool")
        return comparison(values, self.knowledge)

    def _evaluate_Await(self, node: ast.Await) -> Value:
        self.reading.doubts.append(node)
        self.evaluate(node.value)
        return UNKNOWN

    def _evaluate_Subscript(self, node: ast.Subscript) -> Value:
        value = self.evaluate(node.value)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        index = [(part, self.evaluate(part)) for part in parts]
        if not value.type and not value.refers:
            self.reading.doubts.append(node)
        return item(value, index, self.knowledge)

    # ---- attributes and calls

    def _evaluate_Attribute(self, node: ast.Attribute) -> Value:
        owner = self.evaluate(node.value)
        value = self._attribute(owner, node.attr)
        row = self._row(value)
        if value.receiver is None or row is None or not row.property:
            return value
        result = self._result(row, value, (), {})
        self._note(Call(node, value.refers, row, owner, result=result, sure=value.sure))
        return result

    def _attribute(self, owner: Value, name: str) -> Value:
        """Return an attribute as a reference: a module's member, a bound method, or a plain value."""
        if owner.refers and owner.receiver is None:
            refers = self.knowledge.canonical(f"{owner.refers}.{name}")
            return Value(refers=refers, sure=owner.sure)
        if owner.type and not owner.own_class:
            found = self.knowledge.method(owner.type, name)
            if found is not None:
                return Value(refers=found[0], receiver=owner, sure=owner.sure)
            rest = self.knowledge.trait(owner.type, "attribute")
            guess = UNKNOWN if owner.sure else self._guess_method(owner, name)
            if rest is not None and not guess.refers:
                return replace(parse(rest), sure=owner.sure)
            return guess
        return self._guess_method(owner, name)

    def _guess_method(self, owner: Value, name: str) -> Value:
        """Return the method of this name of the libraries in play, as a guess."""
        names = self.knowledge.owners(name, self._libraries())
        if not names or any(library_of(known) == "builtins" for known in names):
            return UNKNOWN
        return Value(refers=names[0], receiver=owner, sure=False)

    def _libraries(self) -> tuple[str, ...]:
        usual = _USUAL if self.roots else (*_USUAL, "keras")
        return tuple(dict.fromkeys(("builtins", *self.roots, *usual)))

    def _row(self, value: Value) -> Row | None:
        if value.receiver is not None:
            owner, _, name = value.refers.rpartition(".")
            found = self.knowledge.method(owner, name)
            return found[1] if found else self.knowledge.call(value.refers)
        return self.knowledge.call(value.refers) if value.refers else None

    def _evaluate_Call(self, node: ast.Call) -> Value:
        callee = self._callee(node.func)
        arguments = tuple(self.evaluate(argument) for argument in node.args)
        keywords = {part.arg or "**": self.evaluate(part.value) for part in node.keywords}
        if callee.function is not None:
            return self._call_own(node, callee, arguments, keywords)
        row = self._row(callee)
        result = self._result(row, callee, arguments, keywords) if row else UNKNOWN
        result = self._with_constant(node, callee, arguments, result)
        name = callee.refers or _written(node.func)
        receiver = callee.receiver or UNKNOWN
        if callee.own_class:
            result = Value(callee.type, own_class=True, sure=False)
        call = Call(node, name, row, receiver, arguments, keywords, result=result, sure=callee.sure)
        self._note(call)
        return result

    def _callee(self, node: ast.expr) -> Value:
        """Return what is called; a property that is called stands for its `__call__`."""
        if not isinstance(node, ast.Attribute):
            value = self.evaluate(node)
        else:
            value = self._attribute(self.evaluate(node.value), node.attr)
            row = self._row(value)
            if row is not None and row.property and value.receiver is not None:
                result = self._result(row, value, (), {})
                value = result if self.knowledge.type(result.type).callable else value
        if self.knowledge.type(value.type).callable:
            return self._attribute(value, "__call__")
        return value

    def _call_own(
        self,
        node: ast.Call,
        callee: Value,
        arguments: tuple[Value, ...],
        keywords: dict[str, Value],
    ) -> Value:
        assert callee.function is not None
        result = callee.function.returns
        self._note(
            Call(
                node,
                callee.function.name,
                None,
                UNKNOWN,
                arguments,
                keywords,
                function=callee.function,
                result=result,
            )
        )
        return result

    def _note(self, call: Call) -> None:
        self.reading.calls.append(replace(call, deferred=True) if self._deferred else call)

    def _result(
        self,
        row: Row,
        callee: Value,
        arguments: tuple[Value, ...],
        keywords: dict[str, Value],
    ) -> Value:
        """Return the value of a call by its row."""
        if given(keywords, "inplace"):
            return Value("None")
        returns = _given(row, arguments, keywords) or row.returns
        special = _RETURNS.get(returns)
        owner = callee.receiver or UNKNOWN
        if special is not None:
            value = special(callee, owner, arguments)
        else:
            value = parse(returns)
        sure = value.sure and callee.sure and not any(part.function for part in arguments)
        seeded = self._seeded(value, callee, arguments, keywords)
        if (sure, seeded) == (value.sure, value.seeded):
            return value
        return replace(value, sure=sure, seeded=seeded)

    def _seeded(
        self,
        value: Value,
        callee: Value,
        arguments: tuple[Value, ...],
        keywords: dict[str, Value],
    ) -> bool:
        """Return whether an object that a call makes draws from no global generator."""
        if callee.receiver is not None:
            return callee.receiver.seeded
        if not value.type or not self.knowledge.trait(value.type, "draws"):
            return True
        seed = self.knowledge.trait(value.type, "seed")
        if seed:
            return seed in keywords and keywords[seed].type != "None"
        if self.knowledge.trait(value.type, "wraps"):
            return _all_seeded((*arguments, *keywords.values()))
        return False

    def _with_constant(
        self, node: ast.Call, callee: Value, arguments: tuple[Value, ...], result: Value
    ) -> Value:
        plain = not node.keywords and not any(isinstance(a, ast.Starred) for a in node.args)
        receiver = callee.receiver or UNKNOWN
        text = constants.fold_call(callee.refers, receiver, arguments, plain)
        return result if text is None else replace(result, constant=text)

    def _check_iteration(self, node: ast.expr, value: Value) -> None:
        """Doubt an iteration that may use something up."""
        fresh = value.type == "iterator" and not isinstance(node, ast.Name)
        harmless = value.sure and self.knowledge.trait(value.type, "each") is not None
        if not fresh and not harmless and not value.items:
            self.reading.doubts.append(node)


_USUAL = ("pandas", "sklearn", "matplotlib", "numpy")

_RETURNS: dict[str, Callable[[Value, Value, tuple[Value, ...]], Value]] = {
    "self": lambda callee, owner, arguments: Value(owner.type, sure=owner.sure),
    "name": lambda callee, owner, arguments: Value(callee.refers.rpartition(".")[2]),
    "argument": lambda callee, owner, arguments: _arraylike(arguments),
    "twice": lambda callee, owner, arguments: Value("tuple", items=_twice(arguments)),
    "values": lambda callee, owner, arguments: Value("dict_values", each=owner.each),
    "items": lambda callee, owner, arguments: Value(
        "dict_items", each=Value("tuple", items=(UNKNOWN, owner.each or UNKNOWN))
    ),
    "zip": lambda callee, owner, arguments: Value("iterator", each=_zipped(arguments)),
    "enumerate": lambda callee, owner, arguments: Value(
        "iterator", each=Value("tuple", items=(Value("int"), *_elements(arguments[:1])))
    ),
}


def _arraylike(arguments: tuple[Value, ...]) -> Value:
    first = arguments[0] if arguments else UNKNOWN
    kept = first.type.startswith(("pandas.", "numpy.ndarray", "sklearn."))
    return Value(first.type, sure=first.sure, seeded=first.seeded) if kept else UNKNOWN


def _twice(arguments: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return the parts of a split: each argument's train and test part has its type."""
    parts = (Value(part.type, sure=part.sure) if part.type else UNKNOWN for part in arguments)
    return tuple(half for part in parts for half in (part, part))


def _elements(arguments: tuple[Value, ...]) -> tuple[Value, ...]:
    values = [argument.each.guessed() if argument.each else UNKNOWN for argument in arguments]
    return tuple(values) or (UNKNOWN,)


def _zipped(arguments: tuple[Value, ...]) -> Value:
    return Value("tuple", items=_elements(arguments))


def _given(row: Row, arguments: tuple[Value, ...], keywords: dict[str, Value]) -> str | None:
    """Return the type that a row says for an argument that is given: by name, or by position."""
    for words, returns in row.given.items():
        for word in words.split():
            if word.isdigit() and int(word) < len(arguments):
                return returns
            keyword, _, constant = word.partition("=")
            value = keywords.get(keyword)
            if value is not None and (not constant or value.type == constant):
                return returns
    return None


def _all_seeded(values: Iterable[Value]) -> bool:
    """Return whether every estimator among the values, also inside lists, draws from no global generator."""
    for value in values:
        if value.items and not _all_seeded(value.items):
            return False
        if value.each is not None and not _all_seeded((value.each,)):
            return False
        estimator = value.type.startswith("sklearn.")
        if estimator and not value.seeded or (not value.type and not value.refers):
            return False
    return True


def _parameters(arguments: ast.arguments) -> Iterable[str]:
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        yield argument.arg
    for star in (arguments.vararg, arguments.kwarg):
        if star is not None:
            yield star.arg


def _is_data(value: Value) -> bool:
    if value.items:
        return any(map(_is_data, value.items))
    return value.type.startswith(("pandas.", "numpy.ndarray", "polars."))


def _bound_names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a loop binds, once for each place that binds them."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store | ast.Del):
            yield inner.id
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield inner.name
        elif isinstance(inner, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in inner.names)


def _written(node: ast.expr) -> str:
    """Return a callee as it is written, as far as that is names and dots."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts)).lstrip(".")
