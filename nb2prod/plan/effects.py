"""What making a function or class runs: at module level it would run at import, before anything else."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from nb2prod.analysis.tree import walk
from nb2prod.model import Analysis

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NOTICED = frozenset({"print", "input", "open", "next", "display"})


def is_noticed(analysis: Analysis, position: int, definitions: Mapping[str, int]) -> bool:
    """Whether the definition at `position` prints, reads or draws where it is made.

    Its decorators, defaults and bases may call other `definitions`, which are looked into.
    """
    node = analysis.statements[position].node
    decorators = _decorators(node)
    return _noticed(_at_definition(node), analysis, position, definitions, {position}, decorators)


def _noticed(
    parts: Iterable[ast.AST],
    analysis: Analysis,
    position: int,
    definitions: Mapping[str, int],
    seen: set[int],
    decorators: frozenset[int] = frozenset(),
) -> bool:
    loads = analysis.renames[position].loads
    for part in parts:
        if isinstance(part, ast.Attribute) and part.attr == "random":
            return True
        if not isinstance(part, ast.Name) or not isinstance(part.ctx, ast.Load):
            continue
        if part.id in _NOTICED or part.id == "random":
            return True
        called = definitions.get(loads.get(part.id, part.id))
        if called is None or called in seen:
            continue
        seen.add(called)
        made = analysis.statements[called].node
        body = _without_wrappers(made) if id(part) in decorators else walk(made)
        if _noticed(body, analysis, called, definitions, seen):
            return True
    return False


def _decorators(node: ast.AST) -> frozenset[int]:
    """Return the names of decorators: those are called, what they return is not."""
    return frozenset(
        id(part)
        for made in walk(node)
        for decorator in getattr(made, "decorator_list", [])
        for part in walk(decorator)
        if isinstance(part, ast.Name)
    )


def _at_definition(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs where a definition stands: all but the bodies of functions."""
    if isinstance(node, (*_FUNCTIONS, ast.Lambda)):
        arguments = node.args
        parts: list[ast.AST] = [*arguments.defaults, *(d for d in arguments.kw_defaults if d)]
        parts += getattr(node, "decorator_list", [])
    else:
        yield node
        parts = list(ast.iter_child_nodes(node))
    for part in parts:
        yield from _at_definition(part)


def _without_wrappers(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function without the functions that it makes: those run later."""
    for part in ast.iter_child_nodes(node):
        makes = any(isinstance(inner, _FUNCTIONS) for inner in walk(part) if inner is not part)
        if isinstance(part, ast.Lambda) or (isinstance(part, _FUNCTIONS) and not makes):
            continue
        yield part
        yield from _without_wrappers(part)
