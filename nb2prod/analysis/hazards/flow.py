"""Follows rows through a notebook: what was split from what, fitted on what, judged on what.

Statements are walked once, in order, blocks as if each ran; functions are not entered. What is not
understood carries the rows of what it is given on, never anything else.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal

from nb2prod.analysis.hazards import learners
from nb2prod.analysis.hazards.lineage import NOTHING, Fit, Value, union
from nb2prod.analysis.hazards.parts import FOLD, TEST, TRAIN, part_called
from nb2prod.analysis.hazards.steps import Step, called_word
from nb2prod.analysis.hazards.words import words
from nb2prod.analysis.tree import walk

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp

# Attributes that say something about a table and hold none of its rows.
_ABOUT = words("shape columns index dtypes size ndim name names feature_names dtype")
# Methods whose result holds rows of their arguments as well as those of their object.
_DATA_KEYWORDS = frozenset({"X", "x", "y"})
_COMBINING = words("merge join append concat assign combine_first hstack vstack dot")


_AVERAGES = frozenset({"numpy.mean", "numpy.sum", "numpy.average"})
Argument = tuple[ast.expr, Value]
Keyword = tuple[ast.keyword, Value]
Kind = Literal["fit", "transform", "judge"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to rows: `value` is what they are, `estimator` what did it."""

    kind: Kind
    step: Step
    call: ast.Call
    arguments: tuple[Argument, ...]  # by position, then those by name that are data
    estimator: Value = NOTHING  # as it was before
    keywords: tuple[Keyword, ...] = ()


class Flow:
    """The events of a program in the order in which they happen."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps
        self.events: list[Event] = []
        self.splits: list[Argument] = []  # what is split into training and test rows
        self.values: dict[str, Value] = {}
        self.ancestors: dict[int, frozenset[int]] = {}
        self._step: Step
        self._imports: set[str] = set()
        self._folds = 0  # loops around over the folds of a cross-validation
        self._given: set[int] = set()  # rows that came as training or test rows
        self.bound = frozenset[str]().union(*(s.names.writes | s.names.maybe for s in steps))
        for self._step in steps:
            self._imports |= self._step.names.imports.keys()
            self._follow(self._step.node)

    def family(self, rows: Iterable[int]) -> frozenset[int]:
        """Return the sets of rows that contain these, without themselves."""
        return frozenset[int]().union(*(self.ancestors.get(row, frozenset()) for row in rows))

    # ---- statements

    def _follow(self, node: ast.stmt) -> None:
        try:
            self._execute(node)
        except RecursionError:
            self.values.clear()

    def _execute(self, node: ast.stmt) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.values.pop(node.name, None)
        elif isinstance(node, ast.Assign):
            value = self._evaluate(node.value)
            for target in node.targets:
                self._bind(target, value)
                self._take_parts(target, node.value, value)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign) and node.value is not None:
            self._evaluate(node.target)
            value = self._evaluate(node.value)
            if isinstance(node, ast.AugAssign):
                value = union((self._evaluate(node.target), value))
            self._bind(node.target, value)
        elif isinstance(node, ast.For | ast.AsyncFor):
            self._bind(node.target, _each(self._evaluate(node.iter)))
            self._folds += _is_folding(node.iter)
            self._execute_blocks(node)
            self._folds -= _is_folding(node.iter)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                value = self._evaluate(item.context_expr)
                if item.optional_vars is not None:
                    self._bind(item.optional_vars, value)
            self._execute_blocks(node)
        else:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr) and not isinstance(node, ast.Delete):
                    self._evaluate(child)
            self._execute_blocks(node)

    def _execute_blocks(self, node: ast.AST) -> None:
        for name in ("body", "handlers", "orelse", "finalbody", "cases"):
            for inner in getattr(node, name, None) or ():
                if isinstance(inner, ast.stmt):
                    self._execute(inner)
                else:
                    self._execute_blocks(inner)

    def _bind(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Name):
            self.values[target.id] = value if value.rows else self._fresh(value)
        elif isinstance(target, ast.Tuple | ast.List):
            matching = len(value.items) == len(target.elts)
            parts = value.items if matching else (value.data(),) * len(target.elts)
            for part, element in zip(parts, target.elts, strict=True):
                self._bind(element, part)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, value)
        elif isinstance(target, ast.Attribute | ast.Subscript):
            self._change(target, value)

    def _take_parts(self, target: ast.expr, node: ast.expr, value: Value) -> None:
        """Note a split by hand: `X_train, X_test = X[:80], X[80:]`."""
        if isinstance(target, ast.Tuple) and isinstance(node, ast.Tuple) and value.items:
            for element, inner, item in zip(target.elts, node.elts, value.items, strict=False):
                self._take_parts(element, inner, item)
        if not isinstance(target, ast.Name):
            return
        part = part_called(target.id, self.bound)
        if part is None or value.parts:
            return
        value = self.values[target.id]
        if not _chooses_rows(node, self.bound) or value.rows & self._given:
            self._given |= value.rows
            return
        if not self._folds:
            self.splits.append((node, value))
        family = value.rows | self.family(value.rows)
        parts = frozenset({FOLD if self._folds else part})
        self.values[target.id] = self._fresh(replace(value, parts=parts), family)

    def _change(self, target: ast.Attribute | ast.Subscript, value: Value) -> None:
        """Let what is assigned to a column flow into the table."""
        owner: ast.expr = target
        while isinstance(owner, ast.Attribute | ast.Subscript):
            owner = owner.value
        if isinstance(owner, ast.Name):
            old = self._evaluate(owner)
            learned, seen = old.learned | value.learned, old.seen | value.seen
            self.values[owner.id] = replace(old, learned=learned, seen=seen)

    def _fresh(self, value: Value, ancestors: frozenset[int] = frozenset()) -> Value:
        number = len(self.ancestors)
        self.ancestors[number] = ancestors
        return replace(value, rows=frozenset({number}))

    # ---- expressions

    def _evaluate(self, node: ast.expr) -> Value:
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Constant | ast.Lambda):
            return NOTHING
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, Comprehension):
            return self._comprehension(node)
        if isinstance(node, ast.NamedExpr):
            value = self._evaluate(node.value)
            self._bind(node.target, value)
            return value
        parts = [self._evaluate(c) for c in ast.iter_child_nodes(node) if isinstance(c, ast.expr)]
        value = union(parts)
        return (
            replace(value, items=tuple(parts)) if isinstance(node, ast.Tuple | ast.List) else value
        )

    def _name(self, name: str) -> Value:
        if name in self._imports:
            return NOTHING
        if name not in self.values:
            self.values[name] = self._fresh(NOTHING)
        return self.values[name]

    def _attribute(self, node: ast.Attribute) -> Value:
        owner = self._evaluate(node.value)
        if owner.classes:
            kept = node.attr in ("best_estimator_", "named_steps")
            return owner if kept else NOTHING
        return NOTHING if node.attr in _ABOUT else owner.data()

    def _subscript(self, node: ast.Subscript) -> Value:
        owner = self._evaluate(node.value)
        self._evaluate(node.slice)
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
            position = node.slice.value
            if -len(owner.items) <= position < len(owner.items):
                return owner.items[position]
        return replace(owner, items=())

    def _comprehension(self, node: Comprehension) -> Value:
        before = dict(self.values)
        for clause in node.generators:
            self._bind(clause.target, _each(self._evaluate(clause.iter)))
            for condition in clause.ifs:
                self._evaluate(condition)
        results = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        value = union([self._evaluate(result) for result in results])
        self.values = before
        return value

    # ---- calls

    def _call(self, node: ast.Call) -> Value:
        function, word, name = node.func, called_word(node.func), self._step.qualified(node)
        owner = self._evaluate(function.value) if isinstance(function, ast.Attribute) else NOTHING
        arguments = [(argument, self._evaluate(argument)) for argument in node.args]
        keywords = [(keyword, self._evaluate(keyword.value)) for keyword in node.keywords]
        given = [value for _, value in (*arguments, *keywords)]
        if learners.SPLIT.fullmatch(name):
            return self._split(node, arguments)
        made = _made(name, given, {keyword.arg for keyword in node.keywords})
        if made is not None:
            return made
        data = [*arguments, *((k.value, v) for k, v in keywords if k.arg in _DATA_KEYWORDS)]
        if isinstance(function, ast.Attribute) and (owner.classes or (word == "fit" and data)):
            method = self._method(
                Event("fit", self._step, node, tuple(data), owner, tuple(keywords))
            )
            if method is not None:
                return method
        if name.startswith("sklearn.metrics."):
            every = (*arguments, *((k.value, v) for k, v in keywords))
            self.events.append(Event("judge", self._step, node, every))
            return NOTHING
        if name in _AVERAGES and arguments:
            compared = [(part, self._evaluate(part)) for part in _compared(node.args[0])]
            if compared:
                self.events.append(Event("judge", self._step, node, tuple(compared)))
        if _learns(name, node) and data:
            return self._learn_from(node, data[0], word)
        combining = word in _COMBINING or not (isinstance(function, ast.Attribute) and owner.rows)
        return union([owner.data(), *(v.data() for v in given if combining)])

    def _split(self, node: ast.Call, arguments: Sequence[Argument]) -> Value:
        self.splits += arguments
        every = union(value for _, value in arguments)
        ancestors = every.rows | self.family(every.rows)
        numbers = [self._fresh(NOTHING, ancestors).rows for _ in (TRAIN, TEST)]
        halves = [
            replace(value.data(), rows=rows, parts=frozenset({part}))
            for _, value in arguments
            for rows, part in zip(numbers, (TRAIN, TEST), strict=True)
        ]
        return replace(union(halves), items=tuple(halves))

    def _method(self, event: Event) -> Value | None:
        """Return the value of an estimator's method; None when it is not one that is known."""
        word, owner = called_word(event.call.func), event.estimator
        data = event.arguments[0][1].data() if event.arguments else NOTHING
        if word in learners.FITS and event.arguments:
            owner = self._fit(event)
        if word in learners.TRANSFORMS:
            if word == "transform":
                self.events.append(replace(event, kind="transform"))
            learned = frozenset({owner.fit} if owner.fit else ())
            result = replace(data, learned=data.learned | learned)
            both = (result, result) if word in learners.RESAMPLES else ()
            return replace(result, items=both)
        if word in learners.PREDICTS:
            return replace(data, seen=self.known_to(owner.fit, data))
        if word in learners.SCORES:
            self.events.append(replace(event, kind="judge"))
            return NOTHING
        return owner if word in learners.FITS and word != "fit_predict" else None

    def _fit(self, event: Event) -> Value:
        self.events.append(event)
        argument, data = event.arguments[0]
        classes = event.estimator.classes
        fit = Fit(self._step, event.call, classes, ast.unparse(argument), data.rows)
        fitted = replace(event.estimator, fit=fit)
        function = event.call.func
        assert isinstance(function, ast.Attribute)
        if isinstance(function.value, ast.Name) and classes:
            self.values[function.value.id] = fitted
        return fitted

    def _learn_from(self, node: ast.Call, argument: Argument, word: str) -> Value:
        written, data = ast.unparse(argument[0]), argument[1].data()
        fit = Fit(self._step, node, frozenset({word}), written, data.rows)
        return replace(data, learned=data.learned | {fit})

    def known_to(self, fit: Fit | None, data: Value) -> frozenset[Fit]:
        """Return the fit of an estimator when it knew the test rows that it is given."""
        if fit is None or data.parts != {TEST}:
            return frozenset()
        if fit.rows <= data.rows:
            return frozenset()  # fitted on the test rows themselves: another finding
        return frozenset({fit} if fit.rows & (data.rows | self.family(data.rows)) else ())


def _is_folding(node: ast.expr) -> bool:
    """Return whether a loop goes over the folds of `folds.split(X)`, perhaps counted."""
    calls = [part for part in walk(node) if isinstance(part, ast.Call)]
    return any(called_word(call.func) == "split" and call.args for call in calls)


def _chooses_rows(node: ast.expr, bound: Set[str]) -> bool:
    """Return whether an expression takes some rows of a table."""
    if isinstance(node, ast.Subscript):
        first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
        if isinstance(first, ast.Slice):
            return first.lower is not None or first.upper is not None
        return isinstance(first, ast.Compare) or (
            isinstance(first, ast.Name) and part_called(first.id, bound) is not None
        )
    if not isinstance(node, ast.Call):
        return False
    word = called_word(node.func)
    by_index = (
        node.args and isinstance(node.args[0], ast.Attribute) and node.args[0].attr == "index"
    )
    return word in ("sample", "head", "tail") or (word == "drop" and bool(by_index))


def _each(value: Value) -> Value:
    """Return what iterating yields: something of everything."""
    return union(value.items) if value.items else value


def _made(name: str, given: Sequence[Value], keywords: Collection[str | None]) -> Value | None:
    """Return the estimator that a call makes, with the classes of those that it is given."""
    library, _, rest = name.partition(".")
    *owners, word = rest.split(".")
    if library not in learners.LIBRARIES or any(owner[:1].isupper() for owner in owners):
        return None
    if not word[:1].isupper() and word not in learners.BUILDERS:
        return None
    inner = union(given)
    classes = inner.classes | {word}
    if "early_stopping_rounds" in keywords:
        classes |= {"EarlyStopping"}
    return Value(classes=classes, fit=inner.fit if word in learners.BUILDERS else None)


def _compared(node: ast.expr) -> Sequence[ast.expr]:
    """Return what is compared in `pred != y_test`, `pred - y_test` or `(pred - y_test) ** 2`."""
    if isinstance(node, ast.Compare):
        return (node.left, *node.comparators)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return (node.left, node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return _compared(node.left)
    if isinstance(node, ast.Call) and len(node.args) == 1:
        return _compared(node.args[0])
    return ()


def _learns(name: str, node: ast.Call) -> bool:
    """Return whether a function learns from the rows that it gives back."""
    word = name.rpartition(".")[2]
    if name.startswith("sklearn.preprocessing."):
        return word in learners.LEARNING_FUNCTIONS
    return name == "sklearn.utils.resample" and _replaces(node)


def _replaces(node: ast.Call) -> bool:
    """Return whether rows may be drawn twice: `resample` does so unless told otherwise."""
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    value = given.get("replace")
    return value is None or (isinstance(value, ast.Constant) and value.value is True)
