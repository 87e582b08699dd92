"""Who can still call a function that reads names late, and so where those names are read."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence

from nb2prod.analysis.tree import walk
from nb2prod.model import Capture, Names, Rename, Statement

# Calls that use up a function which they are given before they return.
_CONSUMERS = frozenset(
    "apply applymap map transform agg aggregate filter assign pipe sort sorted min max sum any all "
    "list tuple set dict frozenset reduce next join sort_values groupby nlargest nsmallest "
    "fromfunction apply_along_axis minimize curve_fit quad timeit".split()
)
_LAZY_BUILTINS = frozenset({"map", "filter"})
_MAKERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.GeneratorExp, ast.ClassDef)


def captures(
    statements: Sequence[Statement], names: Sequence[Names], renames: Sequence[Rename] = ()
) -> list[Capture]:
    """Return where functions read names late, or bind them: wherever a name that may hold one is used.

    A function made and used up in one statement (`s.apply(lambda ...)`) is read there alone. A name
    that receives a value computed from a holder becomes a holder itself; a plain function that makes
    no function of its own returns none. `names` may be those after `renames`.
    """
    held: dict[str, frozenset[int]] = {}  # name -> makers of functions that it may hold
    plain: set[int] = set()  # makers whose calls return no function that reads names late
    found: list[Capture] = []
    for position, (statement, use) in enumerate(zip(statements, names, strict=True)):
        seen = _reachable(use.reads | use.late | use.mentions, held, names)
        for maker in sorted(seen):
            found.append(Capture(maker, position, names[maker].late))
        is_definition = isinstance(
            statement.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        )
        passed = frozenset(m for m in seen if m not in plain or is_definition)
        holders = {n for n in held if held[n] & seen} if seen else set()
        if renames and renames[position]:
            old_of = {new: old for old, new in renames[position].loads.items()}
            holders = {old_of.get(n, n) for n in holders}
        if not is_definition and holders and hands_over(statement.node, holders):
            passed = seen
        if (use.late or use.rebinds) and not _used_up(statement.node):
            passed |= {position}
            if isinstance(statement.node, ast.FunctionDef) and _makes_no_function(statement.node):
                plain.add(position)
        if use.late:
            found.append(Capture(position, position, use.late))
        for name in use.writes | use.maybe | use.mutates:
            kept = held.get(name, frozenset()) if name not in use.writes else frozenset()
            held[name] = kept | passed
    return found


def _reachable(
    read: Iterable[str], held: Mapping[str, frozenset[int]], names: Sequence[Names]
) -> frozenset[int]:
    """Return the makers of functions that `read` may hold, and of those that these read late."""
    found: set[int] = set()
    ahead = list(read)
    while ahead:
        new = held.get(ahead.pop(), frozenset()) - found
        found |= new
        for maker in new:
            ahead += names[maker].late
    return frozenset(found)


def _makes_no_function(node: ast.FunctionDef) -> bool:
    inner = (part for part in walk(node) if part is not node)
    returned = (
        part.value
        for part in walk(node)
        if isinstance(part, ast.Return | ast.Yield) and part.value is not None
    )
    return (
        not any(isinstance(part, _MAKERS) for part in inner)
        and not any(isinstance(part, ast.Yield | ast.YieldFrom) for part in walk(node))
        and not any(
            isinstance(value, ast.Name) for value in returned if _may_be_function(node, value)
        )
    )


def _may_be_function(node: ast.FunctionDef, value: ast.expr) -> bool:
    """Whether a returned name comes from outside the function: it could be another function."""
    local = {
        part.id
        for part in walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    return isinstance(value, ast.Name) and value.id not in local


def hands_over(node: ast.stmt, holders: set[str]) -> bool:
    """Whether a holder is passed on as a value (not called), to something that may keep it."""
    called = {id(part.func) for part in walk(node) if isinstance(part, ast.Call)}
    consumed = {
        id(argument)
        for part in walk(node)
        if isinstance(part, ast.Call) and _consumes(part)
        for argument in (*part.args, *(k.value for k in part.keywords))
    }
    return any(
        isinstance(part, ast.Name)
        and part.id in holders
        and isinstance(part.ctx, ast.Load)
        and id(part) not in called | consumed
        for part in walk(node)
    )


def _used_up(node: ast.stmt) -> bool:
    """Whether every function that the statement makes is an argument of a consumer in it."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    consumed = {
        id(argument)
        for part in walk(node)
        if isinstance(part, ast.Call) and _consumes(part)
        for argument in (*part.args, *(k.value for k in part.keywords))
    }
    return all(id(part) in consumed for part in walk(node) if isinstance(part, _MAKERS))


def _consumes(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in _CONSUMERS
    return (
        isinstance(call.func, ast.Name)
        and call.func.id in _CONSUMERS
        and call.func.id not in _LAZY_BUILTINS
    )
