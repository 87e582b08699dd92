"""Lines of code that remember where in their cell they came from."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nb2prod.model import Origin

Span = tuple[int, int]  # first and last line in the cell's source, from 1


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines `first` to `last` (from 0) become `lines`, which stand for the same places."""

    first: int
    last: int
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """Code line by line; `spans` says of each line which lines of the cell it stands for."""

    lines: tuple[str, ...]
    spans: tuple[Span, ...]

    @classmethod
    def of(cls, source: str, first: int = 1) -> Text:
        """The text of a source whose first line is line `first` of its cell."""
        lines = tuple(source.split("\n"))
        return cls(lines, tuple((number, number) for number in range(first, first + len(lines))))

    @classmethod
    def at(cls, source: str, span: Span) -> Text:
        """A text all of which stands for one place, such as the code that a magic stands for."""
        lines = tuple(source.split("\n"))
        return cls(lines, (span,) * len(lines))

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def __add__(self, other: Text) -> Text:
        return Text(self.lines + other.lines, self.spans + other.spans)

    def __getitem__(self, part: slice) -> Text:
        return Text(self.lines[part], self.spans[part])

    def with_lines(self, lines: Sequence[str]) -> Text:
        """Other lines, as many as before, for the same places."""
        if len(lines) != len(self.lines):
            raise ValueError("the number of lines must stay")
        return Text(tuple(lines), self.spans)

    def span(self, first: int, last: int) -> Span:
        """The places that lines `first` to `last` (from 0) stand for."""
        spans = self.spans[first : last + 1] or self.spans[-1:]
        return min(start for start, _ in spans), max(end for _, end in spans)

    def origin(self, cell: int, first: int, last: int) -> Origin:
        """The same as an Origin."""
        return Origin(cell, *self.span(first, last))

    def collapse(self, lines: Sequence[str]) -> Text:
        """The text after a run of its lines became a single one and the rest stayed as it was."""
        removed = len(self.lines) - len(lines)
        changed = next(
            (i for i, (old, new) in enumerate(zip(self.lines, lines, strict=False)) if old != new),
            len(lines) - 1,
        )
        after = changed + removed + 1
        return Text(
            tuple(lines),
            (*self.spans[:changed], self.span(changed, after - 1), *self.spans[after:]),
        )

    def apply(self, edits: Iterable[Edit]) -> Text:
        """The text with the edits made; they do not overlap."""
        lines: list[str] = []
        spans: list[Span] = []
        done = 0
        for edit in sorted(edits, key=lambda edit: edit.first):
            lines += [*self.lines[done : edit.first], *edit.lines]
            spans += self.spans[done : edit.first]
            spans += [self.span(edit.first, edit.last)] * len(edit.lines)
            done = edit.last + 1
        return Text((*lines, *self.lines[done:]), (*spans, *self.spans[done:]))

    def relocate(self, tree: ast.Module) -> None:
        """Give the nodes of this text's tree the line numbers of the cell."""
        if self.spans == tuple((n, n) for n in range(1, len(self.spans) + 1)):
            return
        for node in ast.walk(tree):
            line = getattr(node, "lineno", None)
            if line is not None:
                end = getattr(node, "end_lineno", None) or line
                node.lineno = self.span(line - 1, line - 1)[0]  # type: ignore[attr-defined]
                node.end_lineno = self.span(end - 1, end - 1)[1]  # type: ignore[attr-defined]


def column(line: str, offset: int) -> int:
    """The position in `line` of a byte offset of an AST node."""
    return offset if line.isascii() else len(line.encode()[:offset].decode())
