"""Expressions, followed over what is known of values: what they call, and what comes out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from nb2prod.analysis import constants
from nb2prod.analysis.reading import Call, Reading
from nb2prod.analysis.results import result_of
from nb2prod.analysis.scope import Scope
from nb2prod.analysis.values import (
    UNKNOWN,
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

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp

# Libraries that methods on unknown values are looked for in, besides those that are imported.
_USUAL = ("pandas", "sklearn", "matplotlib", "numpy")
_CONTAINERS = frozenset({"list", "dict", "set"})


class Expressions:
    """Evaluates expressions; what is found is noted in `reading`."""

    def __init__(self, knowledge: Knowledge, unstable: frozenset[str] = frozenset()) -> None:
        """`unstable` are the names that functions rebind: nothing is ever known of them."""
        self.knowledge = knowledge
        self.reading = Reading()
        self.scope = Scope()
        self.roots: dict[str, None] = {}  # imported libraries
        self.stars: list[str] = []  # modules of `from ... import *`
        self.own_methods: set[str] = set()  # of the notebook's classes
        self.deferred = False  # in the body of a function
        self._unstable = unstable
        self._within: tuple[ast.expr, ...] = ()

    def evaluate(self, node: ast.expr) -> Value:
        """Return what is known of the value of an expression, and note what it calls."""
        method = getattr(self, f"_evaluate_{type(node).__name__}", None)
        if method is not None:
            found: Value = method(node)
            return found
        self.evaluate_children(node)
        return UNKNOWN

    def evaluate_children(self, node: ast.AST) -> None:
        """Evaluate the expressions that a node consists of."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.evaluate(child)
            else:
                self.evaluate_children(child)

    def note(self, call: Call) -> None:
        """Note a call, with where it stands."""
        if self._within or self.deferred:
            call = replace(call, within=self._within, deferred=self.deferred)
        self.reading.part.calls.append(call)

    # ---- names

    def _evaluate_Name(self, node: ast.Name) -> Value:
        self.reading.part.variables.append(node.id)
        return self.known(node.id)

    def known(self, name: str) -> Value:
        """Return what a name stands for; where that is open, what such a name suggests."""
        self.reading.part.names.add(name)
        value = self._lookup(name)
        code = value.refers or value.function or value.own_class
        if not code and value.type in ("", "object", "None"):
            guess = conventions.type_of(name)
            return Value(guess, sure=False) if guess else value
        return value

    def _lookup(self, name: str) -> Value:
        """Return what a variable, an import, a star import or a builtin is."""
        value = self.scope.get(name)
        if value is not None:
            return value
        for module in reversed(self.stars):
            if self.knowledge.call(f"{module}.{name}") is not None:
                return Value(refers=f"{module}.{name}")
        if self.knowledge.call(name) is not None:
            return Value(refers=name, sure=not self.stars)
        suggested = conventions.reference(name)
        return Value(refers=suggested, sure=False) if suggested else UNKNOWN

    def bind_name(self, name: str, value: Value) -> None:
        """Bind a name where it stands in the program."""
        part = self.reading.part
        part.names.add(name)
        part.binds.add(name)
        self.assign(name, value)

    def assign(self, name: str, value: Value) -> None:
        """Let a name have a value; what a container holds may change once it has a name."""
        if value.each is not None and value.each.sure and value.type in _CONTAINERS:
            value = replace(value, each=value.each.guessed())
        self.scope.values[name] = UNKNOWN if name in self._unstable else value

    def bind(self, target: ast.expr, value: Value) -> None:
        """Bind the names in a target."""
        if isinstance(target, ast.Name):
            self.bind_name(target.id, value)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, Value("list"))
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, value)
        elif isinstance(target, ast.Attribute | ast.Subscript):
            owner = self.evaluate(target.value)
            if isinstance(target, ast.Subscript):
                self.evaluate(target.slice)
            if owner.refers:
                self.note(Call(target, owner.refers, self.row(owner), sure=owner.sure))

    def _unpack(self, targets: list[ast.expr], value: Value) -> None:
        starred = any(isinstance(target, ast.Starred) for target in targets)
        if len(value.items) == len(targets) and not starred:
            parts = value.items
        else:
            parts = (element(value, self.knowledge),) * len(targets)
        for target, part in zip(targets, parts, strict=True):
            self.bind(target, part)

    def _evaluate_NamedExpr(self, node: ast.NamedExpr) -> Value:
        value = self.evaluate(node.value)
        assert isinstance(node.target, ast.Name)
        earlier = self.scope.get(node.target.id)
        inner, self.scope = self.scope, self.scope.around_comprehensions()
        # It may stand where it is not always evaluated.
        self.bind_name(node.target.id, join((earlier or value, value), self.knowledge))
        self.scope = inner
        return value

    # ---- literals

    def _evaluate_Constant(self, node: ast.Constant) -> Value:
        return literal(node.value)

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
        return Value("list", each=self._joined(node.elts))

    def _evaluate_Set(self, node: ast.Set) -> Value:
        return Value("set", each=self._joined(node.elts))

    def _evaluate_Dict(self, node: ast.Dict) -> Value:
        for key in filter(None, node.keys):
            self.evaluate(key)
        each = self._joined(node.values)
        return Value("dict", each=UNKNOWN if None in node.keys else each)

    def _joined(self, nodes: Iterable[ast.expr]) -> Value:
        return join([self.evaluate(node) for node in nodes], self.knowledge)

    def _evaluate_Starred(self, node: ast.Starred) -> Value:
        self.check_iteration(node.value, self.evaluate(node.value))
        return UNKNOWN

    # ---- scopes of their own

    @contextmanager
    def inner_scope(self, scope: Scope) -> Iterator[None]:
        """Evaluate in another scope."""
        outer, self.scope = self.scope, scope
        yield
        self.scope = outer

    def _evaluate_Lambda(self, node: ast.Lambda) -> Value:
        with self.inner_scope(Scope(self.scope)):
            self.bind_parameters(node.args)
            self.evaluate(node.body)
        return Value("function")

    def bind_parameters(self, arguments: ast.arguments) -> None:
        """Bind the parameters of a function, of which nothing is known."""
        plain = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        for parameter in (*plain, arguments.vararg, arguments.kwarg):
            if parameter is not None:
                self.scope.values[parameter.arg] = UNKNOWN

    def _comprehend(self, node: Comprehension, *results: ast.expr) -> Value:
        with self.inner_scope(Scope(self.scope, "comprehension")):
            for clause in node.generators:
                iterated = self.evaluate(clause.iter)
                self.check_iteration(clause.iter, iterated)
                self.bind(clause.target, element(iterated, self.knowledge))
                for condition in clause.ifs:
                    self.evaluate(condition)
            return [self.evaluate(result) for result in results][-1]

    def _evaluate_ListComp(self, node: ast.ListComp) -> Value:
        return Value("list", each=self._comprehend(node, node.elt))

    def _evaluate_SetComp(self, node: ast.SetComp) -> Value:
        return Value("set", each=self._comprehend(node, node.elt))

    def _evaluate_DictComp(self, node: ast.DictComp) -> Value:
        return Value("dict", each=self._comprehend(node, node.key, node.value))

    def _evaluate_GeneratorExp(self, node: ast.GeneratorExp) -> Value:
        return Value("iterator", each=self._comprehend(node, node.elt))

    # ---- operators

    def _evaluate_IfExp(self, node: ast.IfExp) -> Value:
        self.evaluate(node.test)
        return self._joined((node.body, node.orelse))

    def _evaluate_BoolOp(self, node: ast.BoolOp) -> Value:
        return self._joined(node.values)

    def _evaluate_UnaryOp(self, node: ast.UnaryOp) -> Value:
        value = self.evaluate(node.operand)
        if isinstance(node.op, ast.Not):
            return Value("bool")
        number = value.constant
        if isinstance(node.op, ast.USub) and type(number) in (int, float):
            return Value(value.type, constant=-number)  # type: ignore[operator]
        return Value(value.type, sure=value.sure and value.type != "bool")

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
        with self._inside(node):
            index = [(part, self.evaluate(part)) for part in parts]
        if not value.type and not value.refers:
            self.reading.doubts.append(node)
        return item(value, index, self.knowledge)

    def check_iteration(self, node: ast.expr, value: Value) -> None:
        """Doubt an iteration that may use something up."""
        fresh = value.type == "iterator" and not isinstance(node, ast.Name)
        harmless = value.sure and self.knowledge.trait(value.type, "each") is not None
        if not fresh and not harmless and not value.items:
            self.reading.doubts.append(node)

    @contextmanager
    def _inside(self, node: ast.expr) -> Iterator[None]:
        """Evaluate the arguments of a call, or the index of a subscript."""
        outer, self._within = self._within, (*self._within, node)
        yield
        self._within = outer

    # ---- attributes and calls

    def _evaluate_Attribute(self, node: ast.Attribute) -> Value:
        owner = self.evaluate(node.value)
        value = self._attribute(owner, node.attr)
        row = self.row(value)
        if value.receiver is None or row is None or not row.property:
            return value
        result = result_of(row, value, (), {}, self.knowledge)
        self.note(Call(node, value.refers, row, owner, result=result, sure=value.sure))
        return result

    def _attribute(self, owner: Value, name: str) -> Value:
        """Return an attribute as a reference: a module's member, a bound method, or a plain value."""
        if owner.refers and owner.receiver is None:
            refers = self.knowledge.canonical(f"{owner.refers}.{name}")
            return Value(refers=refers, sure=owner.sure)
        if not owner.type or owner.own_class:
            return self._guess_method(owner, name)
        found = self.knowledge.method(owner.type, name)
        if found is not None:
            return Value(refers=found[0], receiver=owner, sure=owner.sure)
        guess = UNKNOWN if owner.sure else self._guess_method(owner, name)
        rest = self.knowledge.trait(owner.type, "attribute")
        if rest is None or guess.refers:
            return guess
        return parse(rest) if owner.sure else parse(rest).guessed()

    def _guess_method(self, owner: Value, name: str) -> Value:
        """Return the method of this name of the libraries in play, as a guess."""
        names = self.knowledge.owners(name, self._libraries())
        plain = any(library_of(known) == "builtins" for known in names)
        if not names or plain or name in self.own_methods:
            return UNKNOWN
        return Value(refers=names[0], receiver=owner, sure=False)

    def _libraries(self) -> tuple[str, ...]:
        usual = _USUAL if self.roots else (*_USUAL, "keras")
        return tuple(dict.fromkeys(("builtins", *self.roots, *usual)))

    def row(self, value: Value) -> Row | None:
        """Return the row of what a value refers to."""
        if not value.refers:
            return None
        if value.receiver is None:
            return self.knowledge.call(value.refers)
        owner, _, name = value.refers.rpartition(".")
        found = self.knowledge.method(owner, name)
        return found[1] if found else self.knowledge.call(value.refers)

    def _evaluate_Call(self, node: ast.Call) -> Value:
        callee = self._callee(node.func)
        with self._inside(node):
            arguments = tuple([self.evaluate(argument) for argument in node.args])
            keywords = {part.arg or "**": self.evaluate(part.value) for part in node.keywords}
        row = self.row(callee)
        result = self._result(node, row, callee, arguments, keywords)
        call = Call(
            node,
            name=callee.refers or _written(node.func),
            row=row,
            receiver=callee.receiver or UNKNOWN,
            arguments=arguments,
            keywords=keywords,
            function=callee.function,
            result=result,
            sure=callee.sure,
        )
        self.note(call)
        return result

    def _callee(self, node: ast.expr) -> Value:
        """Return what is called; a property that is called stands for its `__call__`."""
        if isinstance(node, ast.Name):
            value = self.known(node.id)
        elif isinstance(node, ast.Attribute):
            value = self._attribute(self.evaluate(node.value), node.attr)
            row = self.row(value)
            if row is not None and row.property and value.receiver is not None:
                result = result_of(row, value, (), {}, self.knowledge)
                value = result if self.knowledge.type(result.type).callable else value
        else:
            value = self.evaluate(node)
        return self._attribute(value, "__call__") if self._is_callable(value) else value

    def _is_callable(self, value: Value) -> bool:
        return self.knowledge.type(value.type).callable

    def _result(
        self,
        node: ast.Call,
        row: Row | None,
        callee: Value,
        arguments: tuple[Value, ...],
        keywords: dict[str, Value],
    ) -> Value:
        if callee.function is not None:
            return callee.function.returns
        if callee.own_class:
            return Value(callee.type, own_class=True, sure=False)
        if row is None:
            return UNKNOWN
        result = result_of(row, callee, arguments, keywords, self.knowledge)
        plain = not keywords and not any(isinstance(a, ast.Starred) for a in node.args)
        receiver = callee.receiver or UNKNOWN
        text = constants.fold_call(callee.refers, receiver, arguments, plain)
        return result if text is None else replace(result, constant=text)


def _written(node: ast.expr) -> str:
    """Return a callee as it is written, as far as that is names and dots."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts)).lstrip(".")
