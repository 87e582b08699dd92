"""Syntax trees, walked once: a dozen questions are asked of every statement."""

from __future__ import annotations

import ast
from functools import lru_cache


@lru_cache(maxsize=8192)
def walk(node: ast.AST) -> tuple[ast.AST, ...]:
    """Return the node and all below it, as `ast.walk` does. The trees must not change."""
    return tuple(ast.walk(node))
