"""What an expression may be, without running it."""

from __future__ import annotations

import ast
import builtins
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from nb2prod.inventory import paths, strings
from nb2prod.inventory.code import Class, Function, Scope
from nb2prod.inventory.columns import note_attribute, note_keys
from nb2prod.inventory.tables import Readers, Row
from nb2prod.inventory.texts import HERE
from nb2prod.inventory.values import (
    MANY,
    PATH,
    UNKNOWN,
    Value,
    constant,
    element,
    elements,
    join,
    path,
    sequence,
)
from nb2prod.knowledge import conventions

STEPS = 40_000  # expressions that are evaluated for one notebook before loops stop being unrolled
STREAM = "stream"
_OPEN_PARTS = frozenset({"content", "text", "raw", "body", "stdout", "data"})
_SESSIONS = {"spark": "pyspark.sql.SparkSession", "sqlContext": "pyspark.sql.SparkSession"}
_SESSIONS |= {"dbutils": "pyspark.dbutils"}
_GIVEN = {"__file__": constant(f"{HERE}/notebook.py"), "__name__": constant("__main__")}


class Expressions(ABC):
    """Evaluates expressions; statements and calls are for those who build on it."""

    def __init__(self, readers: Readers) -> None:
        self.readers = readers
        self.scope = Scope()
        self.cell = 0
        self.steps = 0
        self.stars: list[str] = []
        self.environ: dict[str, Value] = {}

    def evaluate(self, node: ast.expr | None) -> Value:
        """Return what is known of an expression's value."""
        if node is None:
            return UNKNOWN
        self.steps += 1
        method: Callable[[Any], Value] | None = getattr(
            self, f"_evaluate_{type(node).__name__}", None
        )
        if method is not None:
            return method(node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.evaluate(child)
        return UNKNOWN

    @abstractmethod
    def call(self, node: ast.Call) -> Value:
        """Return what a call gives."""

    def _evaluate_Call(self, node: ast.Call) -> Value:
        return self.call(node)

    # ---- names and literals

    def _evaluate_Constant(self, node: ast.Constant) -> Value:
        kept = isinstance(node.value, str | int | float | bool | bytes) or node.value is None
        return constant(node.value) if kept else UNKNOWN  # type: ignore[arg-type]

    def _evaluate_Name(self, node: ast.Name) -> Value:
        return self.look_up(node.id)

    def look_up(self, name: str) -> Value:
        """Return what a name is: bound, of a star import, a builtin, or what it is by convention."""
        found = self.scope.find(name)
        if found is not None:
            return found
        if name in _GIVEN:
            return _GIVEN[name]
        if name in _SESSIONS:
            self.readers.use("pyspark")
            return Value(type=_SESSIONS[name])
        for module in self.stars:
            qualified = self.readers.canonical(f"{module}.{name}")
            if self.readers.call(qualified):
                return Value(refers=qualified)
        if hasattr(builtins, name):
            return Value(refers=f"builtins.{name}")
        usual = conventions.reference(name)
        if usual:
            self.readers.use(usual)
        return Value(refers=usual) if usual else UNKNOWN

    def _evaluate_JoinedStr(self, node: ast.JoinedStr) -> Value:
        parts = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                parts.append((self.evaluate(part.value), self._format(part.format_spec)))
            else:
                parts.append((self.evaluate(part), ""))
        return strings.interpolated(parts)

    def _format(self, node: ast.expr | None) -> str:
        texts = self.evaluate(node).texts if node is not None else ("",)
        return texts[0] if texts else ""

    def _evaluate_NamedExpr(self, node: ast.NamedExpr) -> Value:
        value = self.evaluate(node.value)
        self.scope.bind(node.target.id, value)
        return value

    def _evaluate_Lambda(self, node: ast.Lambda) -> Value:
        return Value(code=self.define(node))

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Function:
        """Return a function of the notebook with its defaults."""
        arguments = node.args
        plain = [*arguments.posonlyargs, *arguments.args]
        pairs = [
            *zip(reversed(plain), reversed(arguments.defaults), strict=False),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
        defaults = {part.arg: self.evaluate(given) for part, given in pairs if given is not None}
        return Function(node, self.cell, self.scope, defaults)

    # ---- containers

    def _evaluate_List(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        return sequence(self._spread(node.elts))

    _evaluate_Tuple = _evaluate_List
    _evaluate_Set = _evaluate_List

    def _spread(self, nodes: Iterable[ast.expr]) -> Iterator[Value]:
        for node in nodes:
            if isinstance(node, ast.Starred):
                value = self.evaluate(node.value)
                found = elements(value)
                yield from found if found is not None else [element(value)]
            else:
                yield self.evaluate(node)

    def _evaluate_Dict(self, node: ast.Dict) -> Value:
        mapping: dict[Any, Value] = {}
        each = []
        for key, part in zip(node.keys, node.values, strict=True):
            value = self.evaluate(part)
            if key is None:
                mapping.update(value.mapping or {})
                continue
            keys = self.evaluate(key).constants
            mapping.update(dict.fromkeys(keys, value))
            if not keys:
                each.append(value)
        return Value(mapping=mapping, each=join(each) if each else None)

    def _evaluate_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        found: list[Value] = []
        exact = self._generate(node.generators, lambda: found.append(self.evaluate(node.elt)))
        return sequence(found) if exact else Value(each=join(found) if found else None)

    _evaluate_SetComp = _evaluate_ListComp
    _evaluate_GeneratorExp = _evaluate_ListComp

    def _evaluate_DictComp(self, node: ast.DictComp) -> Value:
        mapping: dict[Any, Value] = {}
        each: list[Value] = []

        def entry() -> None:
            keys, value = self.evaluate(node.key).constants, self.evaluate(node.value)
            mapping.update(dict.fromkeys(keys, value))
            each.append(value)

        exact = self._generate(node.generators, entry)
        return Value(mapping=mapping if exact else None, each=join(each) if each else None)

    def _generate(self, generators: list[ast.comprehension], body: Callable[[], None]) -> bool:
        """Run the body for each choice of elements; say whether these are all, and no more."""
        outer, self.scope = self.scope, Scope(outer=self.scope)
        try:
            return self._nested(generators, body)
        finally:
            self.scope = outer

    def _nested(self, generators: list[ast.comprehension], body: Callable[[], None]) -> bool:
        if not generators:
            body()
            return True
        first, *rest = generators
        iterated = self.evaluate(first.iter)
        found = elements(iterated)
        exact = found is not None and len(found) <= MANY and self.steps < STEPS
        for value in found if exact and found is not None else [element(iterated)]:
            self.bind(first.target, value)
            tests = [self.evaluate(test) for test in first.ifs]
            if any(test.constants == (False,) and not test.open for test in tests):
                continue
            exact = self._nested(rest, body) and exact
        return exact

    def bind(self, target: ast.expr, value: Value) -> None:
        """Bind the target of an assignment or loop."""
        if isinstance(target, ast.Name):
            self.scope.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, value)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, value)
        elif isinstance(target, ast.Subscript):
            self._store_item(target, value)
        elif isinstance(target, ast.Attribute):
            self._store_member(target, value)

    def _unpack(self, targets: list[ast.expr], value: Value) -> None:
        found = elements(value)
        plain = not any(isinstance(target, ast.Starred) for target in targets)
        if found is not None and plain and len(found) == len(targets):
            for target, part in zip(targets, found, strict=True):
                self.bind(target, part)
            return
        for target in targets:
            self.bind(target, element(value))

    def _store_item(self, target: ast.Subscript, value: Value) -> None:
        owner, keys = self.evaluate(target.value), self.evaluate(target.slice)
        if owner.refers == "os.environ":
            self.environ.update(dict.fromkeys(keys.texts, value))
        elif owner.mapping is not None:
            owner.mapping.update(dict.fromkeys(keys.constants, value))
            if not keys.constants:
                owner.each = join([value, *([owner.each] if owner.each else [])])
        elif owner.items is not None and len(keys.constants) == 1:
            position = keys.constants[0]
            if isinstance(position, int) and -len(owner.items) <= position < len(owner.items):
                owner.items[position] = value
        for use in owner.uses:
            use.made.update(text for text in keys.texts if text not in use.columns)

    def _store_member(self, target: ast.Attribute, value: Value) -> None:
        owner = self.evaluate(target.value)
        if isinstance(owner.code, Class):
            owner.code.members[target.attr] = value
        elif owner.members is not None:
            owner.members[target.attr] = value
        elif isinstance(target.value, ast.Name) and not owner.refers:
            made = Value(type=owner.type, uses=owner.uses, members={target.attr: value})
            self.scope.bind(target.value.id, made)

    # ---- parts of values

    def _evaluate_Subscript(self, node: ast.Subscript) -> Value:
        owner, key = self.evaluate(node.value), node.slice
        if isinstance(key, ast.Slice):
            return self._slice(owner, key)
        keys = self.evaluate(key)
        if owner.refers == "os.environ":
            return join([self.variable(text) for text in keys.texts]) if keys.texts else UNKNOWN
        if owner.uses and owner.type != "upload":
            note_keys(owner.uses, keys)
        return self._item(owner, keys)

    def variable(self, name: str) -> Value:
        """Return a variable of the environment."""
        return self.environ.get(name) or paths.environment([constant(name)], {})

    def _item(self, owner: Value, keys: Value) -> Value:
        if owner.type == "upload":
            for use in owner.uses:
                use.places = use.places or keys.texts
            return Value(type=STREAM, uses=owner.uses)
        if owner.mapping is not None:
            found = [owner.mapping[key] for key in keys.constants if key in owner.mapping]
            if found:
                return join(found)
            return join(
                [*owner.mapping.values(), *([owner.each] if owner.each else [])] or [UNKNOWN]
            )
        if owner.items is not None:
            places = [key for key in keys.constants if isinstance(key, int)]
            inside = [owner.items[p] for p in places if -len(owner.items) <= p < len(owner.items)]
            return join(inside or owner.items or [UNKNOWN])
        if owner.each is not None:
            return owner.each
        if owner.texts and not owner.type:
            return UNKNOWN
        return (
            Value(type=STREAM if owner.type == STREAM else "", uses=owner.uses)
            if owner.uses
            else UNKNOWN
        )

    def _slice(self, owner: Value, key: ast.Slice) -> Value:
        bounds = [self._bound(part) for part in (key.lower, key.upper, key.step)]
        known = [bound for bound in bounds if not isinstance(bound, str)]
        cut = slice(*known) if len(known) == len(bounds) and known[2] != 0 else None
        if owner.items is not None:
            return sequence(owner.items[cut] if cut else owner.items)
        if owner.texts and not owner.type:
            return (
                constant(*dict.fromkeys(_cut(text, cut) for text in owner.texts))
                if cut
                else UNKNOWN
            )
        return owner

    def _bound(self, node: ast.expr | None) -> int | Literal["unknown"] | None:
        """Return one end of a slice."""
        found = self.evaluate(node).constants if node is not None else (None,)
        first = found[0] if len(found) == 1 else "unknown"
        return first if first is None or isinstance(first, int) else "unknown"

    def _evaluate_Attribute(self, node: ast.Attribute) -> Value:
        return self.attribute(self.evaluate(node.value), node.attr)

    def attribute(self, owner: Value, name: str) -> Value:
        """Return an attribute: a module's member, a path's part, a field, or a method to be called."""
        if owner.refers:
            return Value(refers=self.readers.canonical(f"{owner.refers}.{name}"), uses=owner.uses)
        if owner.members is not None and name in owner.members:
            return owner.members[name]
        if isinstance(owner.code, Class):
            found = owner.code.find(name)
            if found is not None:
                bound = isinstance(found.code, Function) and owner.members is not None
                return Value(code=found.code, owner=owner) if bound else found
            if owner.code.reference and owner.members is None:
                return Value(refers=f"{owner.code.reference}.{name}")
        if owner.type != STREAM and (row := self._property(owner, name)) is not None:
            return Value(type=row.returns, uses=owner.uses)
        if owner.type == PATH and (part := paths.attribute(owner, name)) is not None:
            return part
        if owner.uses and name in _OPEN_PARTS and owner.type.endswith((".Response", STREAM)):
            return Value(type=STREAM, uses=owner.uses)
        note_attribute(owner.uses, name)
        return Value(owner=owner, name=name, uses=owner.uses)

    def _property(self, owner: Value, name: str) -> Row | None:
        """Return the row of a property, such as the `read` of a Spark session."""
        row = self.readers.call(f"{owner.type}.{name}") if owner.type else None
        row = row or self.readers.method(name)
        return row if row is not None and row.property else None

    # ---- operators

    def _evaluate_BinOp(self, node: ast.BinOp) -> Value:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        if isinstance(node.op, ast.Div) and (left.type == PATH or right.type == PATH):
            return path(paths.joined([left, right]), (*left.uses, *right.uses))
        result = strings.arithmetic(node.op, left, right)
        uses = (*left.uses, *right.uses)
        if not uses or result.items is not None:
            return result
        return Value(constants=result.constants, open=result.open, uses=uses)

    def _evaluate_UnaryOp(self, node: ast.UnaryOp) -> Value:
        value = self.evaluate(node.operand)
        if isinstance(node.op, ast.Not) and len(value.constants) == 1 and not value.open:
            return constant(not value.constants[0])
        if isinstance(node.op, ast.USub):
            return constant(*(-c for c in value.constants if isinstance(c, int | float)))
        return UNKNOWN

    def _evaluate_BoolOp(self, node: ast.BoolOp) -> Value:
        values = [self.evaluate(part) for part in node.values]
        return join(values) if isinstance(node.op, ast.Or) else UNKNOWN

    def _evaluate_IfExp(self, node: ast.IfExp) -> Value:
        test = self.evaluate(node.test)
        values = self.evaluate(node.body), self.evaluate(node.orelse)
        truth = certain(test)
        return join(values) if truth is None else values[0 if truth else 1]

    def _evaluate_Compare(self, node: ast.Compare) -> Value:
        left, right = self.evaluate(node.left), self.evaluate(node.comparators[0])
        for other in node.comparators[1:]:
            self.evaluate(other)
        pair = (left, right)
        plain = len(node.ops) == 1 and all(len(v.constants) == 1 and not v.open for v in pair)
        if plain and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            return constant((left.constants == right.constants) is isinstance(node.ops[0], ast.Eq))
        return UNKNOWN

    def _evaluate_Await(self, node: ast.Await) -> Value:
        return self.evaluate(node.value)

    def _evaluate_Starred(self, node: ast.Starred) -> Value:
        return self.evaluate(node.value)

    def _evaluate_Yield(self, node: ast.Yield) -> Value:
        return self.evaluate(node.value)


def certain(test: Value) -> bool | None:
    """Return whether a test holds; None when that is not known."""
    if len(test.constants) != 1 or test.open or test.type:
        return None
    return bool(test.constants[0])


def _cut(text: str, cut: slice[int | None, int | None, int | None]) -> str:
    """Return a part of a text; in a pattern the star stands for as much as is asked for."""
    before, star, after = text.rpartition("*")
    if not star or cut.step is not None:
        return text[cut]
    head = before if cut.start is None else before[cut.start :] if cut.start >= 0 else ""
    tail = after if cut.stop is None else after[: cut.stop] if -len(after) <= cut.stop < 0 else ""
    return f"{head}*{tail}"
