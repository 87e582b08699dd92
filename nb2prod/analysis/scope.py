"""Names and what is known of their values."""

from __future__ import annotations

from typing import Literal

from nb2prod.analysis.values import Value

Kind = Literal["block", "function", "comprehension"]


class Scope:
    """The names set in one place, over those of the scope around it."""

    def __init__(self, outer: Scope | None = None, kind: Kind = "block") -> None:
        self.values: dict[str, Value] = {}
        self._outer = outer
        self._kind = kind

    def get(self, name: str) -> Value | None:
        """Return the value of a name; from outside a function only as a guess, unless it is code."""
        if name in self.values:
            return self.values[name]
        value = self._outer.get(name) if self._outer else None
        if value is None or self._kind != "function" or value.refers or value.function:
            return value
        return value.guessed()

    def around_comprehensions(self) -> Scope:
        """Return the scope in which `:=` binds a name."""
        scope = self
        while scope._kind == "comprehension" and scope._outer is not None:
            scope = scope._outer
        return scope
