"""Which values of a run a test can see, and as of when: before the call, or after it."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nb2prod.model import Definition, Function, Plan
from nb2prod.render.tests.steps import Change, Step, Substitution, place, texts

_BUILTINS = frozenset(dir(builtins))
# What a check is about decides which later changes it survives.
_SPOILED_BY = {
    "values": {"column", "rows", "fit", "all"},
    "everywhere": {"column", "fit", "all"},  # holds for each row, whichever there are
    "rows": {"rows", "all"},
    "columns": {"all"},
    "width": {"column", "all"},
    "parameters": {"all"},
    "fit": {"all"},
}


@dataclass(frozen=True)
class Scope:
    """The names of one function that a test can see."""

    plan: Plan
    function: Function
    steps: Sequence[Step]
    literals: Mapping[str, ast.expr] = field(default_factory=dict)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of what the function returns, in order."""
        return (*self.function.outputs, *self.function.shown.values())


def scope(plan: Plan, function: Function, steps: Sequence[Step]) -> Scope:
    """Return what is visible of a function; names bound once to a literal count as that literal."""
    changes = [change.name for step in steps for change in step.changes]
    literals = {}
    for step in steps:
        match step.node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                hidden = name not in (*function.outputs, *function.inputs)
                if hidden and changes.count(name) == 1 and _is_literal(value):
                    literals[name] = value
    return Scope(plan, function, steps, literals)


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return False
    return True


@dataclass
class Expression:
    """An expression of a test, the names of the function's values in it as a test calls them."""

    text: str
    given: set[str] = field(default_factory=set)  # values before the call
    returned: set[str] = field(default_factory=set)  # values after it
    settings: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)  # names of the notebook's imports and helpers


class NotVisible(Exception):
    """A name in an expression is not to be seen, or has changed since."""


def resolve(
    node: ast.expr, around: Scope, index: int, *, after: bool, about: str = "values"
) -> Expression:
    """Write an expression as of before or after step `index`, with values that the test has.

    Raises NotVisible.
    """
    node = Substitution(around.literals).visit(ast.parse(ast.unparse(node), mode="eval").body)
    found = Expression("")
    fields = {s.variable: s.name for s in around.plan.settings if s.variable}
    helpers = {n for d in _plain(around.plan) for n in d.names}
    renamed: dict[str, ast.expr] = {}
    for name in _free_names(node):
        if name in around.plan.imports or name in helpers:
            found.imports.add(name)
        elif name in fields and fields[name] in around.function.settings:
            found.settings.add(fields[name])
            renamed[name] = ast.Name(fields[name], ast.Load())
        elif _is_value(name, around):
            columns = _columns(node, name)
            if _visible_before(name, columns, around, index, about, after=after):
                found.given.add(name)
                renamed[name] = ast.Name(f"{name}_before", ast.Load())
            elif _visible_after(name, columns, around, index, about, after=after):
                found.returned.add(name)
            else:
                raise NotVisible(name)
        elif name not in _BUILTINS:
            raise NotVisible(name)
    found.text = ast.unparse(Substitution(renamed).visit(node))
    return found


def _plain(plan: Plan) -> list[Definition]:
    """Return the definitions that can be used as the notebook did: with no parameter added."""
    return [d for d in plan.definitions if not d.captured and not d.settings]


def _is_value(name: str, around: Scope) -> bool:
    changed = any(change.name == name for step in around.steps for change in step.changes)
    return name in around.function.inputs or name in around.outputs or changed


def _visible_before(
    name: str,
    columns: Collection[str] | None,
    around: Scope,
    index: int,
    about: str,
    *,
    after: bool,
) -> bool:
    if name not in around.function.inputs:
        return False
    earlier = around.steps[: index + 1 if after else index]
    return not _spoiled(name, columns, earlier, "values")


def _visible_after(
    name: str,
    columns: Collection[str] | None,
    around: Scope,
    index: int,
    about: str,
    *,
    after: bool,
) -> bool:
    if name not in around.outputs:
        return False
    return not _spoiled(name, columns, around.steps[index + 1 if after else index :], about)


def _spoiled(name: str, columns: Collection[str] | None, steps: Sequence[Step], about: str) -> bool:
    return any(
        _touches(change, columns, about)
        for step in steps
        for change in step.changes
        if change.name == name
    )


def _touches(change: Change, columns: Collection[str] | None, about: str) -> bool:
    if change.extent not in _SPOILED_BY[about]:
        return False
    return change.extent != "column" or columns is None or change.column in columns


def _columns(node: ast.expr, name: str) -> frozenset[str] | None:
    """Return the columns of `name` that an expression reads; None when it may read any."""
    found: set[str] = set()
    subscripts = [
        part
        for part in ast.walk(node)
        if isinstance(part, ast.Subscript)
        and place(part)[0] == name
        and isinstance(part.value, ast.Name)
    ]
    uses = sum(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))
    for part in subscripts:
        columns = texts(part.slice)
        if columns is None:
            return None
        found |= columns
    return frozenset(found) if len(subscripts) == uses else None


def _free_names(node: ast.expr) -> Iterator[str]:
    bound = {a.arg for part in ast.walk(node) if isinstance(part, ast.arg) for a in [part]}
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    bound |= {part.id for part in names if isinstance(part.ctx, ast.Store)}
    yield from sorted({part.id for part in names} - bound)
