"""Functions and classes of the notebook itself, and the names around them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from nb2prod.inventory.values import Value

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(slots=True)
class Scope:
    """The names of a module, a function or a comprehension."""

    values: dict[str, Value] = field(default_factory=dict)
    outer: Scope | None = None
    globals: set[str] = field(default_factory=set)

    def find(self, name: str) -> Value | None:
        """Return what a name is, looked up outwards."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.outer
        return None

    @property
    def module(self) -> Scope:
        """The outermost scope."""
        scope = self
        while scope.outer is not None:
            scope = scope.outer
        return scope

    def bind(self, name: str, value: Value) -> None:
        """Bind a name, here or where `global` says."""
        (self.module if name in self.globals else self).values[name] = value


@dataclass(slots=True, eq=False)
class Function:
    """A function of the notebook: where it stands, what it sees, and its defaults."""

    node: FunctionNode
    cell: int
    scope: Scope
    defaults: dict[str, Value] = field(default_factory=dict)
    owner: Class | None = None
    entered: bool = False

    @property
    def body(self) -> list[ast.stmt]:
        """The statements; a lambda's is one."""
        if isinstance(self.node, ast.Lambda):
            made = ast.Return(self.node.body)
            return [ast.copy_location(made, self.node.body)]
        return self.node.body

    def parameters(self) -> Iterator[str]:
        """Yield the names of the parameters that are given by position, in order."""
        arguments = self.node.args
        for part in (*arguments.posonlyargs, *arguments.args):
            yield part.arg

    def names(self) -> Iterator[str]:
        """Yield the names of all parameters."""
        arguments = self.node.args
        yield from self.parameters()
        for part in (arguments.vararg, *arguments.kwonlyargs, arguments.kwarg):
            if part is not None:
                yield part.arg


@dataclass(slots=True, eq=False)
class Class:
    """A class of the notebook: its members, and the qualified names of its bases."""

    name: str
    members: dict[str, Value]
    bases: tuple[Value, ...] = ()
    instances: list[Value] = field(default_factory=list)

    def find(self, name: str, depth: int = 8) -> Value | None:
        """Return a member, also of a base that is a class of the notebook."""
        if name in self.members:
            return self.members[name]
        for base in self.bases if depth else ():
            if isinstance(base.code, Class) and (found := base.code.find(name, depth - 1)):
                return found
        return None

    @property
    def reference(self) -> str:
        """The qualified name of the first base that is no class of the notebook, or ""."""
        for base in self.bases:
            if base.refers:
                return base.refers
            if isinstance(base.code, Class) and base.code is not self and base.code.reference:
                return base.code.reference
        return ""
