"""Functions and classes that are defined twice, differently."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nb2prod.analysis.hazards.steps import Step
from nb2prod.analysis.hazards.table import finding
from nb2prod.analysis.tree import walk
from nb2prod.model import Diagnostic, Program

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_OVERLOADING = frozenset({"register", "setter", "getter", "deleter", "overload", "dispatch"})


def found(program: Program, steps: Sequence[Step]) -> Iterator[Diagnostic]:
    """Yield every later definition of a name that does something else than the one before it."""
    seen: dict[str, Step] = {}
    for step in steps:
        node = step.node
        if not isinstance(node, _Definition) or node.name == "_" or _adds(node):
            continue
        before = seen.get(node.name)
        if before is not None and ast.dump(before.node) != ast.dump(node):
            what = "class" if isinstance(node, ast.ClassDef) else "function"
            message = (
                f"the {what} `{node.name}` is defined again, differently from cell {before.cell}; "
                "what runs in between uses the other one"
            )
            yield finding("NB208", message, step.statement.origin)
        seen[node.name] = step


def _adds(node: _Definition) -> bool:
    """Return whether a decorator adds the function to one of the same name."""
    return any(
        isinstance(part, ast.Attribute | ast.Name) and _last(part) in _OVERLOADING
        for decorator in node.decorator_list
        for part in walk(decorator)
    )


def _last(node: ast.Attribute | ast.Name) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id
