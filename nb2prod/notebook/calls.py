"""Calls of `get_ipython()` in Python code: made by IPython's transformer or written by hand."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from nb2prod.notebook.command import Command

_SHELL = "get_ipython"
_SYSTEM = frozenset({"system", "system_raw", "system_piped"})
_OUTPUT = frozenset({"getoutput"})
_HARMLESS = frozenset({"__class__", "__doc__", "__module__"})


@dataclass(frozen=True, slots=True)
class Site:
    """A command in code: the statement that holds it, the expression that it is, and its block.

    `alone`: the statement is nothing but the command; `block`: its fellows, itself among them;
    `tried`: the body of a `try`, which may live with the command's failure.
    """

    statement: ast.stmt
    expression: ast.expr
    command: Command
    block: tuple[ast.stmt, ...]
    top: bool
    tried: bool = False

    @property
    def alone(self) -> bool:
        return isinstance(self.statement, ast.Expr) and self.statement.value is self.expression


def mentions(source: str, shells: Iterable[str]) -> bool:
    """Can there be such a call in the source?"""
    return _SHELL in source or any(name in source for name in shells)


def shells(trees: Iterable[ast.AST]) -> frozenset[str]:
    """Names that hold `get_ipython()` and nothing else: `ip = get_ipython()`."""
    given: set[str] = set()
    stored: list[str] = []
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and _is_shell(node.value, ()):
                given |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                stored.append(node.id)
    return frozenset(name for name in given if stored.count(name) == 1)


def sites(tree: ast.Module, names: Collection[str]) -> Iterator[Site]:
    """All commands in the tree, in source order; `names` are other names of the shell."""
    yield from _block(tree.body, names, top=True)


def _block(
    body: list[ast.stmt], names: Collection[str], top: bool, tried: bool = False
) -> Iterator[Site]:
    for statement in body:
        for expression, command in _commands(statement, names):
            yield Site(statement, expression, command, tuple(body), top, tried)
        for block in _blocks(statement):
            inner = isinstance(statement, ast.Try) and block is statement.body
            yield from _block(block, names, top=False, tried=tried or inner)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield from _blocks(part)


def _commands(node: ast.AST, names: Collection[str]) -> Iterator[tuple[ast.expr, Command]]:
    """Commands in the statement's own expressions, outermost first."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            continue
        if isinstance(child, ast.expr) and (command := _command(child, names)):
            yield child, command
        else:
            yield from _commands(child, names)


def _command(node: ast.expr, names: Collection[str]) -> Command | None:
    if _is_shell(node, ()):
        return Command("shell")
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and _is_shell(node.func.value, names)
    ):
        return _method(node.func.attr, node.args) or Command("other", line=ast.unparse(node))
    if _is_rooted(node, names):
        return Command("other", line=ast.unparse(node))
    return None


def _is_shell(node: ast.expr, names: Collection[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names
    if not isinstance(node, ast.Call) or node.args or node.keywords:
        return False
    function = node.func
    return (isinstance(function, ast.Name) and function.id == _SHELL) or (
        isinstance(function, ast.Attribute) and function.attr == _SHELL
    )


def _is_rooted(node: ast.expr, names: Collection[str]) -> bool:
    """Is it an attribute or a call somewhere below the shell, other than its class?"""
    while isinstance(node, ast.Attribute | ast.Call):
        inner = node.value if isinstance(node, ast.Attribute) else node.func
        if isinstance(node, ast.Attribute) and _is_shell(inner, names):
            return node.attr not in _HARMLESS
        node = inner
    return False


def _method(name: str, arguments: list[ast.expr]) -> Command | None:
    texts = [
        node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
        for node in arguments
    ]
    first, second, third = (*texts, "", "", "")[:3]
    if first is None or second is None or third is None or not texts:
        return None
    if name in _SYSTEM:
        return Command("system", line=first)
    if name in _OUTPUT:
        return Command("output", line=first)
    if name == "magic":
        first, _, second = first.partition(" ")
    if name in ("magic", "run_line_magic"):
        # Of a line pasted from a web page the name may end in a no-break space.
        # IPython once took `% matplotlib inline` as well.
        magic, *rest = f"{first} {second}".lstrip("% ").split(None, 1) or [""]
        return Command("line", magic, "".join(rest).strip())
    if name == "run_cell_magic":
        return Command("cell", first, second, third)
    return None
