"""What flows into a statement: data sets by the variables that loaded them, and topics such as "metric"."""

from __future__ import annotations

from collections.abc import Iterable

from nb2prod.model import Names

Words = frozenset[str]
_NONE: Words = frozenset()


class Flow:
    """Marks that travel with the values of variables, through assignments and in-place changes."""

    def __init__(self) -> None:
        self._marks: dict[str, Words] = {}

    def into(self, names: Iterable[str]) -> Words:
        """Return the marks of all these variables."""
        return _NONE.union(*(self._marks.get(name, _NONE) for name in names))

    def of(self, name: str) -> Words:
        """Return the marks of a variable."""
        return self._marks.get(name, _NONE)

    def assign(self, use: Names, marks: Words) -> None:
        """Give marks to what a statement binds; what it binds on some paths keeps its own as well."""
        for name in use.writes:
            self._marks[name] = marks
        self.add(use.maybe, marks)

    def set(self, name: str, marks: Words) -> None:
        """Give a variable exactly these marks."""
        self._marks[name] = marks

    def add(self, names: Iterable[str], marks: Words) -> None:
        """Give marks to variables that keep their own."""
        if marks:
            for name in names:
                self._marks[name] = self.of(name) | marks
