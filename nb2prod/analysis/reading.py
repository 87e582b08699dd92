"""What following a statement finds: its parts, and the calls in each."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nb2prod.analysis.values import UNKNOWN, Value
from nb2prod.knowledge.tables import Row


@dataclass(frozen=True, slots=True)
class Call:
    """A call, or the reading of an attribute that a row describes."""

    node: ast.expr
    name: str  # qualified; as written when it is not known
    row: Row | None = None
    receiver: Value = UNKNOWN
    arguments: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] = field(default_factory=dict)
    function: Function | None = None  # when it is one of the notebook's own
    result: Value = UNKNOWN
    sure: bool = True
    within: tuple[ast.expr, ...] = ()  # the calls and subscripts inside whose arguments it stands
    deferred: bool = False  # written in the body of a function: not run by the statement itself

    def argument(self, position: int | None, keyword: str | None) -> Value | None:
        """Return an argument by position or name."""
        if keyword is not None and keyword in self.keywords:
            return self.keywords[keyword]
        if position is not None and position < len(self.arguments):
            return self.arguments[position]
        return None

    def values(self) -> list[Value]:
        """Return all arguments."""
        return [*self.arguments, *self.keywords.values()]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the notebook: what its body calls and returns."""

    name: str
    calls: tuple[Call, ...] = ()
    returns: Value = UNKNOWN
    draws: bool = True  # may use a global random generator


@dataclass(slots=True)
class Part:
    """A simple statement, or the header of a compound one (`node` is then what it evaluates)."""

    node: ast.AST
    calls: list[Call] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # that stand in it
    variables: list[str] = field(default_factory=list)  # that it reads and does not call
    binds: set[str] = field(default_factory=set)
    framed: bool = False  # assigns to or from a frame, column or array


@dataclass(slots=True)
class Reading:
    """What one statement does, in the order of its evaluation."""

    parts: list[Part] = field(default_factory=list)
    doubts: list[ast.AST] = field(default_factory=list)  # operations that might change something

    def begin(self, node: ast.AST) -> None:
        """Go on with the next part."""
        self.parts.append(Part(node))

    @property
    def part(self) -> Part:
        """The part that is being read."""
        return self.parts[-1]

    def calls(self, since: int = 0) -> Iterator[Call]:
        """Yield the calls of the parts."""
        for part in self.parts[since:]:
            yield from part.calls

    def mark(self) -> tuple[int, int]:
        """Return how much has been read so far."""
        return len(self.parts), len(self.doubts)

    def rewind(self, mark: tuple[int, int]) -> None:
        """Forget what was read since `mark`."""
        del self.parts[mark[0] :]
        del self.doubts[mark[1] :]
