"""Code nested so deeply that walking its trees would exhaust Python's stack."""

from __future__ import annotations

import ast
from collections.abc import Sequence

MAX_DEPTH = 150
_SHORT = 2 * MAX_DEPTH  # a statement of fewer characters cannot nest so deeply


def is_too_deep(tree: ast.Module, lines: Sequence[str]) -> bool:
    """Whether a statement of the code is nested more than MAX_DEPTH times."""
    return any(
        _depth(node) > MAX_DEPTH
        for node in tree.body
        if sum(map(len, lines[node.lineno - 1 : node.end_lineno])) > _SHORT
    )


def _depth(node: ast.AST) -> int:
    depth = 0
    level = [node]
    while level:
        depth += 1
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
    return depth
