"""A statement with its calls resolved: what every hazard looks at."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2prod.model import Facts, Names, Origin, Statement

# Fields in the order of their evaluation, where that is not the order of the grammar.
_EVALUATION: Mapping[type[ast.AST], tuple[str, ...]] = {
    ast.Assign: ("value", "targets"),
    ast.ListComp: ("generators", "elt"),
    ast.SetComp: ("generators", "elt"),
    ast.GeneratorExp: ("generators", "elt"),
    ast.DictComp: ("generators", "key", "value"),
}
_SYMBOLS = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One statement: its names, its facts, and the qualified names of the calls in it."""

    statement: Statement
    names: Names
    facts: Facts
    parts: tuple[ast.AST, ...]  # all nodes but operators and contexts, from the outside in
    calls: tuple[ast.Call, ...]  # in the order of their evaluation
    qualified_names: Mapping[int, str]  # of the calls, by id

    @property
    def node(self) -> ast.stmt:
        """The statement itself."""
        return self.statement.node

    @property
    def cell(self) -> int:
        """The cell that it stands in."""
        return self.statement.origin.cell

    def qualified(self, call: ast.Call) -> str:
        """Return the qualified name of what is called, "" when it is not known."""
        return self.qualified_names.get(id(call), "")

    def at(self, part: ast.AST) -> Origin:
        """Return where a part of the statement stands."""
        origin, first = self.statement.origin, _first_line(self.node)
        low = origin.line + getattr(part, "lineno", first) - first
        high = origin.line + (getattr(part, "end_lineno", None) or first) - first
        return Origin(origin.cell, low, max(low, high))


def steps(
    statements: Sequence[Statement], names: Sequence[Names], facts: Sequence[Facts]
) -> tuple[Step, ...]:
    """Return the statements, in the order in which they run, with their calls resolved."""
    imports: dict[str, str] = {}
    found = []
    for statement, use, known in zip(statements, names, facts, strict=True):
        imports.update(use.imports)
        parts, calls = _walk(statement.node)
        resolved = _resolved(calls, known.calls, imports)
        found.append(Step(statement, use, known, parts, calls, resolved))
    return tuple(found)


def called_word(function: ast.expr) -> str:
    """Return the name of what is called without its owner: `fit` of `a.b.fit`."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _walk(node: ast.stmt) -> tuple[tuple[ast.AST, ...], tuple[ast.Call, ...]]:
    parts: list[ast.AST] = []
    calls: list[ast.Call] = []
    stack: list[tuple[ast.AST, bool]] = [(node, False)]
    while stack:
        current, evaluated = stack.pop()
        if evaluated:
            assert isinstance(current, ast.Call)
            calls.append(current)
            continue
        parts.append(current)
        if isinstance(current, ast.Call):
            stack.append((current, True))
        stack.extend((child, False) for child in reversed(_in_order(current)))
    return tuple(parts), tuple(calls)


def _in_order(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Name | ast.Constant):
        return []
    children: list[ast.AST] = []
    for field in _EVALUATION.get(type(node), node._fields):
        value = getattr(node, field, None)
        if isinstance(value, list):
            children.extend(part for part in value if isinstance(part, ast.AST))
        elif isinstance(value, ast.AST) and not isinstance(value, _SYMBOLS):
            children.append(value)
    return children


def _resolved(
    calls: Sequence[ast.Call], known: Sequence[str], imports: Mapping[str, str]
) -> Mapping[int, str]:
    """Give each call its qualified name: the facts list them in the order of evaluation."""
    if not known:
        return {}
    alike: dict[str, list[ast.Call]] = defaultdict(list)
    for call in calls:
        word = called_word(call.func)
        meant = imports.get(word, word) if isinstance(call.func, ast.Name) else word
        alike[meant.rpartition(".")[2]].append(call)
    names: dict[str, list[str]] = defaultdict(list)
    for name in known:
        names[name.rpartition(".")[2]].append(name)
    found: dict[int, str] = {}
    for word, same in alike.items():
        fitting = names.get(word, [])
        if len(fitting) != len(same) and len(set(fitting)) == 1:
            fitting = fitting[:1] * len(same)
        if len(fitting) == len(same):
            found.update((id(call), name) for call, name in zip(same, fitting, strict=True))
    return found


def _first_line(node: ast.stmt) -> int:
    """Return the line a statement starts on; decorators belong to it."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
