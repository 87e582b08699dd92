"""The names that a notebook binds, and the imports that translated magics need."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property

from nb2prod.model import Diagnostic, Secret

# What translations import: the name and the statement that binds it.
IMPORTS = {
    "os": "import os",
    "runpy": "import runpy",
    "subprocess": "import subprocess",
    "sys": "import sys",
    "Path": "from pathlib import Path",
    "patch": "from unittest.mock import patch",
    "load_dotenv": "from dotenv import load_dotenv",
    "display": "from IPython.display import display",
    "capture_output": "from IPython.utils.capture import capture_output",
    "SList": "from IPython.utils.text import SList",
}


class Scope:
    """One notebook's names; `trees` gives its cells' trees when they are asked for."""

    def __init__(self, trees: Callable[[], Iterable[ast.AST]], folder: str | None) -> None:
        self._trees = trees
        self.folder = folder
        self.requests: set[str] = set()
        self.secrets: list[Secret] = []  # of the notebook, and of files that it runs
        self.told: list[Diagnostic] = []  # of the latter

    @cached_property
    def bindings(self) -> dict[str, set[str]]:
        """All names bound anywhere, and how: the import statement, or ""."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for tree in self._trees():
            for name, how in bindings(tree):
                found[name].add(how)
        return dict(found)

    @cached_property
    def reads(self) -> frozenset[str]:
        """All names read anywhere."""
        return frozenset(
            node.id
            for tree in self._trees()
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        )

    def use(self, name: str) -> str:
        """The name under which code can use an import of IMPORTS, which is put before it."""
        self.requests.add(name)
        return self.alias(name)

    def alias(self, name: str) -> str:
        """Another name where the notebook uses this one for something else."""
        taken = self.bindings.get(name, set()) - {IMPORTS[name]}
        return f"{name}_" if taken else name

    @cached_property
    def attributes(self) -> frozenset[tuple[str, str]]:
        """All names of which an attribute is read, with the attribute."""
        return frozenset(
            (node.value.id, node.attr)
            for tree in self._trees()
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        )

    def free(self, name: str) -> str:
        """The name, or one like it where the notebook uses it."""
        return f"{name}_" if name in self.bindings else name

    def statement(self, name: str) -> str:
        """The import statement that binds the name which `use` gave."""
        alias = self.alias(name)
        return IMPORTS[name] if alias == name else f"{IMPORTS[name]} as {alias}"


def bindings(tree: ast.AST) -> Iterable[tuple[str, str]]:
    """Every name that the code binds, in whatever scope, with the import that does or ""."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                yield node.id, ""
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imported(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, ""
        elif isinstance(node, ast.arg):
            yield node.arg, ""
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name, ""


def _imported(node: ast.Import | ast.ImportFrom) -> Iterable[tuple[str, str]]:
    for item in node.names:
        name = item.asname or item.name.split(".")[0]
        alone = type(node)(**{**vars(node), "names": [item]})
        yield name, ast.unparse(alone)
