"""Variables that hide an import or a builtin."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence

from nb2prod.analysis.hazards.steps import Step
from nb2prod.analysis.hazards.table import finding
from nb2prod.analysis.tree import walk
from nb2prod.model import Diagnostic, Program

# Bound by `site` or by IPython for people at a prompt; programs may use the words.
_CONVENIENCES = frozenset({"copyright", "credits", "license", "exit", "quit", "_", "display"})
_BUILTINS = frozenset(n for n in dir(builtins) if not n.startswith("__")) - _CONVENIENCES


def found(program: Program, steps: Sequence[Step]) -> Iterator[Diagnostic]:
    """Yield the first statement that binds a variable over each import or builtin."""
    imported: dict[str, str] = {}
    reported: set[str] = set()
    for step in steps:
        use = step.names
        own = (use.writes | use.maybe) - use.imports.keys() - reported
        for name in sorted(own):
            if name in imported:
                kind = f"the import `{imported[name]}`"
            elif name in _BUILTINS and not isinstance(step.node, ast.Try):
                kind = "the builtin of that name"
            else:
                continue
            reported.add(name)
            message = f"`{name}` hides {kind} from here on"
            yield finding("NB209", message, step.at(_binding(step.node, name)))
        imported.update(use.imports)


def _binding(node: ast.stmt, name: str) -> ast.AST:
    """Return the part of a statement that binds a name, as far as it is a plain one."""
    names = (part for part in walk(node) if isinstance(part, ast.Name) and part.id == name)
    return next((part for part in names if isinstance(part.ctx, ast.Store)), node)
