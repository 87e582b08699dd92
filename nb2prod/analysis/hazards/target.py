"""The column that a model is to predict, left among the columns that it learns from.

Columns are followed through what keeps, drops or picks them by name; whatever else happens to a
table, nothing is said of it any more.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nb2prod.analysis.hazards import learners
from nb2prod.analysis.hazards.flow import Event, Flow
from nb2prod.analysis.hazards.steps import Step, called_word
from nb2prod.analysis.hazards.table import finding
from nb2prod.analysis.hazards.words import words
from nb2prod.analysis.tree import walk
from nb2prod.model import Diagnostic

# Methods that leave the columns of a table as they are.
_KEEPING = words(
    "copy fillna dropna astype reset_index sample sort_values drop_duplicates head tail replace "
    "to_numpy query ravel to_frame map values loc iloc interpolate"
)
# Estimators that choose among the columns that they are given.
_CHOOSING = words("Pipeline make_pipeline ColumnTransformer make_column_transformer FeatureUnion")
_JUDGES = frozenset({"cross_val_score", "cross_validate", "cross_val_predict"})


@dataclass(frozen=True, slots=True)
class _Table:
    """Columns of a table: those of the source `origin`, less what was dropped.

    `column` is set for a single column. `identity` tells objects apart: one may have two names.
    """

    origin: int
    identity: int
    dropped: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    column: str = ""

    def has(self, name: str) -> bool:
        return name not in self.dropped and (self.only is None or name in self.only)


_Known = _Table | tuple[_Table | None, ...] | None


def found(flow: Flow) -> Iterator[Diagnostic]:
    """Yield the fits whose features contain their target."""
    fits = {id(event.call): event for event in flow.events if event.kind == "fit"}
    columns = _Columns()
    for step in flow.steps:
        if columns.is_about(step):
            yield from columns.follow(step, fits)


class _Columns:
    """What is known of the columns of each variable, statement after statement."""

    def __init__(self) -> None:
        self._tables: dict[str, _Known] = {}
        self._texts: dict[str, frozenset[str]] = {}  # variables that hold names of columns
        self._aliases: dict[int, set[str]] = defaultdict(set)  # identity -> names it had
        self._count = 0

    def is_about(self, step: Step) -> bool:
        """Return whether a statement can matter: definitions and imports cannot."""
        return not isinstance(
            step.node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
        )

    def follow(self, step: Step, fits: Mapping[int, Event]) -> Iterator[Diagnostic]:
        """Follow one statement and yield the fits in it that see their target."""
        for call in step.calls:
            yield from self._check(step, call, fits.get(id(call)))
        for part in _statements(step.node):
            self._execute(part, certain=part is step.node)

    def _check(self, step: Step, call: ast.Call, fit: Event | None) -> Iterator[Diagnostic]:
        judged = called_word(call.func) in _JUDGES
        arguments = call.args[1:3] if judged else call.args[:2]
        if len(arguments) < 2 or not (judged or (fit and fit.estimator.classes)):
            return
        if fit and (fit.estimator.classes & _CHOOSING or not _predicts(fit.estimator.classes)):
            return
        features, target = (self._value(argument) for argument in arguments)
        if not isinstance(features, _Table) or not isinstance(target, _Table):
            return
        name = target.column
        if name and not features.column and features.origin == target.origin and features.has(name):
            written = ast.unparse(arguments[0])
            message = f"`{written}` still has the column `{name}`, which the model is to predict"
            yield finding("NB235", message, step.at(call))

    # ---- statements

    def _execute(self, node: ast.stmt, *, certain: bool) -> None:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            self._assign(node.targets[0], node.value, certain=certain)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            self._change(node.value)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                if isinstance(target, ast.Subscript):
                    self._remove(target.value, self._names(target.slice))
        else:
            self._forget(node)

    def _assign(self, target: ast.expr, value: ast.expr, *, certain: bool) -> None:
        known = self._value(value) if certain else None
        if isinstance(target, ast.Name):
            self._name(target.id, known)
            self._texts.pop(target.id, None)
            names = self._names(value) if certain else None
            if names is not None:
                self._texts[target.id] = names
        elif isinstance(target, ast.Tuple | ast.List):
            parts: Sequence[_Known] = [None] * len(target.elts)
            if isinstance(known, tuple) and len(known) == len(target.elts):
                parts = known
            for element, part in zip(target.elts, parts, strict=True):
                if isinstance(element, ast.Name):
                    self._name(element.id, part)
        elif isinstance(target, ast.Attribute):  # df.columns = ...
            self._lose(target.value)
        if isinstance(value, ast.Call) and called_word(value.func) == "pop":
            self._change(value)

    def _change(self, call: ast.Call) -> None:
        """Follow a call that may change a table in place."""
        if not isinstance(call.func, ast.Attribute):
            return
        if call.func.attr == "pop" and call.args:
            self._remove(call.func.value, self._names(call.args[0]))
        elif any(keyword.arg == "inplace" for keyword in call.keywords):
            if call.func.attr == "drop":
                self._remove(call.func.value, self._dropped(call))
            elif call.func.attr not in _KEEPING:
                self._lose(call.func.value)

    def _remove(self, owner: ast.expr, names: frozenset[str] | None) -> None:
        """Take columns from an object under all its names; all that is known, when they are not."""
        changed = self._value(owner)
        if not isinstance(changed, _Table):
            return
        for name in self._aliases[changed.identity]:
            table = self._tables[name]
            if isinstance(table, _Table) and table.identity == changed.identity:
                left = replace(table, dropped=table.dropped | (names or frozenset()))
                self._tables[name] = None if names is None else left

    def _lose(self, owner: ast.expr) -> None:
        self._remove(owner, None)

    def _forget(self, node: ast.stmt) -> None:
        for part in walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                self._tables[part.id] = None
                self._texts.pop(part.id, None)

    # ---- expressions

    def _value(self, node: ast.expr) -> _Known:
        if isinstance(node, ast.Name):
            if node.id not in self._tables:
                self._name(node.id, self._new())
            return self._tables[node.id]
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, ast.Attribute):
            owner = self._value(node.value)
            return owner if node.attr in _KEEPING else None
        return self._call(node) if isinstance(node, ast.Call) else None

    def _name(self, name: str, known: _Known) -> None:
        self._tables[name] = known
        if isinstance(known, _Table):
            self._aliases[known.identity].add(name)

    def _new(self) -> _Table:
        self._count += 1
        return _Table(self._count, -self._count)

    def _copy(self, table: _Table) -> _Table:
        self._count += 1
        return replace(table, identity=self._count)

    def _subscript(self, node: ast.Subscript) -> _Known:
        owner = self._value(node.value)
        if not isinstance(owner, _Table):
            return None
        if isinstance(node.slice, ast.Compare | ast.BinOp | ast.UnaryOp):
            return self._copy(owner)  # a choice of rows
        names = self._names(node.slice)
        if names is None or isinstance(node.value, ast.Attribute):
            return None
        single = self._single(node.slice)
        if single is not None:
            return self._copy(replace(owner, column=single))
        return self._copy(replace(owner, only=names))

    def _call(self, node: ast.Call) -> _Known:
        word = called_word(node.func)
        if word == "train_test_split":
            values = [self._value(argument) for argument in node.args]
            return tuple(
                self._copy(value) if isinstance(value, _Table) else None
                for value in values
                for _ in range(2)
            )
        if not isinstance(node.func, ast.Attribute):
            return None
        owner = self._value(node.func.value)
        if word in ("read_csv", "read_excel", "read_table", "read_parquet"):
            return self._new()
        if not isinstance(owner, _Table) or any(k.arg == "inplace" for k in node.keywords):
            return None
        if word == "pop" and node.args:
            return self._copy(replace(owner, column=self._single(node.args[0]) or ""))
        if word == "drop":
            names = self._dropped(node)
            left = replace(owner, dropped=owner.dropped | (names or frozenset()))
            return None if names is None else self._copy(left)
        return self._copy(owner) if word in _KEEPING else None

    def _dropped(self, node: ast.Call) -> frozenset[str] | None:
        """Return the columns that `drop` takes: none when it drops rows, None when not known."""
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if "columns" in given:
            return self._names(given["columns"])
        axis = given.get("axis", node.args[1] if len(node.args) > 1 else None)
        if axis is None:
            return frozenset()
        if not isinstance(axis, ast.Constant):
            return None
        labels = node.args[0] if node.args else given.get("labels")
        if axis.value not in (1, "columns"):
            return frozenset()
        return self._names(labels) if labels is not None else None

    def _names(self, node: ast.expr) -> frozenset[str] | None:
        """Return the texts in an expression: one, a list, or a variable that holds them."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return frozenset({node.value})
        if isinstance(node, ast.Name):
            return self._texts.get(node.id)
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            parts = [self._names(element) for element in node.elts]
            if parts and all(part is not None for part in parts):
                return frozenset[str]().union(*(part for part in parts if part))
        return None

    def _single(self, node: ast.expr) -> str | None:
        """Return the one column that a subscript picks, also as `[["price"]]`."""
        names = self._names(node)
        return next(iter(names)) if names is not None and len(names) == 1 else None


def _predicts(classes: frozenset[str]) -> bool:
    patterns = (learners.STATISTICS, learners.CATEGORIES, learners.STATELESS)
    return not any(p.fullmatch(name) for p in patterns for name in classes)


def _statements(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield a statement, or those in its blocks."""
    blocks = [getattr(node, name, None) or [] for name in ("body", "orelse", "finalbody")]
    inner = [part for block in blocks for part in block if isinstance(part, ast.stmt)]
    yield node
    for part in inner:
        yield from _statements(part)
