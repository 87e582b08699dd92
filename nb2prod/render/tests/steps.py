"""The statements of a function as steps: what each does to which names, columns and rows."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nb2prod.model import Function, Plan

_MOST_ROUNDS = 12  # of a loop over a literal that is looked at round by round
_FITS = frozenset({"fit", "fit_transform", "fit_predict", "partial_fit"})
# Methods whose result has some of the rows that they were given, each as it was.
_FILTERS = frozenset(
    {
        *("dropna", "drop_duplicates", "head", "tail", "sample", "query", "sort_values"),
        *("sort_index", "copy", "nlargest", "nsmallest"),
    }
)

Extent = Literal["column", "rows", "fit", "all"]


@dataclass(frozen=True, slots=True)
class Change:
    """A name whose value a step changes: a column, which rows it has, its fit, or anything."""

    name: str
    extent: Extent = "all"
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A statement with the package's names; `call` is the qualified name of its outermost call."""

    node: ast.stmt
    position: int
    call: str = ""
    changes: tuple[Change, ...] = ()
    certain: bool = True  # it runs whenever the function does


def steps(plan: Plan, function: Function) -> list[Step]:
    """Return the steps of a function; loops over literals are unrolled, other blocks are opaque."""
    found: list[Step] = []
    for position in function.statements:
        node = _renamed(plan, position)
        calls = plan.analysis.facts[position].calls
        for part in _unrolled(node):
            if isinstance(part, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr | ast.Delete):
                own = tuple(_changes(part, plan, position))
                found.append(Step(part, position, _last_call(part, calls), own))
            else:
                found.append(Step(part, position, "", _every_change(plan, position), False))
    return found


def _renamed(plan: Plan, position: int) -> ast.stmt:
    change = plan.analysis.renames[position]
    node = plan.analysis.statements[position].node
    return Renaming(change.loads, change.stores).visit(copy.deepcopy(node)) if change else node


class Renaming(ast.NodeTransformer):
    def __init__(self, loads: Mapping[str, str], stores: Mapping[str, str]) -> None:
        self._loads, self._stores = loads, stores

    def visit_Name(self, node: ast.Name) -> ast.Name:
        names = self._loads if isinstance(node.ctx, ast.Load) else self._stores
        node.id = names.get(node.id, node.id)
        return node


def _unrolled(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield a loop over a literal round by round, the value in place of the variable."""
    match node:
        case ast.For(target=ast.Name(id=name), iter=ast.List(elts=values) | ast.Tuple(elts=values)):
            simple = all(isinstance(s, ast.Assign | ast.Expr) for s in node.body)
            constant = all(isinstance(value, ast.Constant) for value in values)
            if simple and constant and not node.orelse and len(values) <= _MOST_ROUNDS:
                for value in values:
                    for part in node.body:
                        yield Substitution({name: value}).visit(copy.deepcopy(part))
                return
    yield node


class Substitution(ast.NodeTransformer):
    """Puts expressions in place of names that are read."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if isinstance(node.ctx, ast.Load) and node.id in self._values:
            return copy.deepcopy(self._values[node.id])
        return node


def _last_call(node: ast.stmt, calls: Sequence[str]) -> str:
    """Return the qualified name of a statement's outermost call, which the analysis lists last."""
    value = getattr(node, "value", None)
    if not isinstance(value, ast.Call):
        return ""
    word = _word(value.func)
    return next((name for name in reversed(calls) if name.rpartition(".")[2] == word), word)


def _word(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _every_change(plan: Plan, position: int) -> tuple[Change, ...]:
    use = plan.analysis.names[position]
    return tuple(Change(n) for n in sorted(use.writes | use.maybe | use.mutates | use.deletes))


def _changes(node: ast.stmt, plan: Plan, position: int) -> Iterator[Change]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _bound(target, value)
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            yield from _bound(target, None)
        case ast.Delete(targets=targets):
            for target in targets:
                yield from _bound(target, None)
    expression: ast.expr | None = getattr(node, "value", None)
    if expression is not None:
        yield from _by_calls(expression, plan)
    if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call):
        yield from _every_change(plan, position)


def _bound(target: ast.expr, value: ast.expr | None) -> Iterator[Change]:
    match target:
        case ast.Name(id=name):
            yield Change(name, "rows" if value and _filtered(value) == name else "all")
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _bound(part, None)
        case ast.Starred(value=part):
            yield from _bound(part, None)
        case _:
            name, columns = place(target)
            if name:
                yield from _column_changes(name, columns)


def _column_changes(name: str, columns: frozenset[str] | None) -> Iterator[Change]:
    if columns is None:
        yield Change(name)
    else:
        yield from (Change(name, "column", column) for column in sorted(columns))


def _filtered(value: ast.expr) -> str:
    """Return the name whose rows an expression selects: `df` for df[df.a > 0] and df.dropna()."""
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
            return name if method in _FILTERS else ""
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Compare() | ast.BoolOp()):
            return name
        case ast.Subscript(value=ast.Name(id=name), slice=ast.UnaryOp(op=ast.Invert())):
            return name
        case ast.Subscript(value=ast.Name(id=name), slice=ast.BinOp()):
            return name
    return ""


def _by_calls(value: ast.expr, plan: Plan) -> Iterator[Change]:
    """Yield what the calls in an expression change: receivers in place, arguments of helpers."""
    own = {name for definition in plan.definitions for name in definition.names}
    for call in (part for part in ast.walk(value) if isinstance(part, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id in own:
            names = [a.id for a in call.args if isinstance(a, ast.Name)]
            yield from (Change(name) for name in names)
        if not isinstance(call.func, ast.Attribute):
            continue
        name, columns = place(call.func.value)
        method = call.func.attr
        if name and method in _FITS:
            yield Change(name, "fit")
        elif name and _in_place(call):
            if columns is None and method in _FILTERS:
                yield Change(name, "rows")
            elif columns is None and (dropped := dropped_columns(call)) is not None:
                yield from _column_changes(name, dropped)
            else:
                yield from _column_changes(name, columns)
        elif name and call is value and method in {"append", "update", "insert", "pop", "extend"}:
            yield Change(name)


def _in_place(call: ast.Call) -> bool:
    return any(k.arg == "inplace" and not _is(k.value, False) for k in call.keywords)


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def dropped_columns(call: ast.Call) -> frozenset[str] | None:
    """Return the columns that df.drop(...) removes; None when it drops rows or unknown ones."""
    given = {k.arg: k.value for k in call.keywords}
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "drop":
        return None
    axis = given.get("axis", call.args[1] if len(call.args) > 1 else None)
    by_axis = isinstance(axis, ast.Constant) and axis.value in (1, "columns")
    labels = given.get("columns") or (
        (given.get("labels") or (call.args[0] if call.args else None)) if by_axis else None
    )
    return texts(labels)


def texts(node: ast.expr | None) -> frozenset[str] | None:
    """Return a literal text, or a literal list of texts, as a set."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return frozenset({node.value})
    if isinstance(node, ast.List | ast.Tuple) and node.elts:
        constants = [part.value for part in node.elts if isinstance(part, ast.Constant)]
        parts = [value for value in constants if isinstance(value, str)]
        if len(parts) == len(node.elts):
            return frozenset(parts)
    return None


def place(node: ast.expr) -> tuple[str, frozenset[str] | None]:
    """Return the name and the columns that a target stands for; no columns: the whole.

    df["a"], df[["a", "b"]] and df.loc[mask, "a"] are columns, df.loc[mask] and df.a are the whole.
    """
    match node:
        case ast.Name(id=name):
            return name, None
        case ast.Subscript(
            value=ast.Attribute(value=ast.Name(id=name), attr="loc"),
            slice=ast.Tuple(elts=[_, columns]),
        ):
            return name, texts(columns)
        case ast.Subscript(value=ast.Name(id=name), slice=index):
            return name, texts(index)
        case ast.Attribute(value=inner) | ast.Subscript(value=inner):
            return place(inner)[0], None
    return "", None
