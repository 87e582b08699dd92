"""Comments below a cell's last statement, which LibCST gives to the module and to no statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst

from nb2prod.model import CstStatement

Lines = Sequence[cst.EmptyLine]


@dataclass(frozen=True)
class LinesBelow(cst.TrailingWhitespace):
    """The end of a simple statement's line, and lines of comment below it, indented as it is."""

    lines: Lines = ()

    def _visit_and_replace_children(self, visitor: cst.CSTVisitorT) -> LinesBelow:
        plain = super()._visit_and_replace_children(visitor)
        return LinesBelow(plain.whitespace, plain.comment, plain.newline, self.lines)

    def _codegen_impl(self, state: Any) -> None:
        super()._codegen_impl(state)
        for line in self.lines:
            line._codegen(state)


@dataclass(frozen=True)
class OuterLine(cst.EmptyLine):
    """A line at the end of a block, indented as the statement that the block belongs to."""

    def _visit_and_replace_children(self, visitor: cst.CSTVisitorT) -> OuterLine:
        plain = super()._visit_and_replace_children(visitor)
        return OuterLine(plain.indent, plain.whitespace, plain.comment, plain.newline)

    def _codegen_impl(self, state: Any) -> None:
        indent = state.indent_tokens.pop()
        super()._codegen_impl(state)
        state.indent_tokens.append(indent)


def trimmed(lines: Lines) -> Lines:
    """Plain lines, without the blank ones at both ends."""
    places = [place for place, line in enumerate(lines) if line.comment]
    kept = lines[places[0] : places[-1] + 1] if places else ()
    return [cst.EmptyLine(line.indent, line.whitespace, line.comment) for line in kept]


def put_below(statement: CstStatement, lines: Lines) -> CstStatement:
    """The statement with the lines of comment below it."""
    return _below(statement, lines) if lines else statement  # type: ignore[return-value]


def _below(node: Any, lines: Lines) -> cst.CSTNode:
    if isinstance(node, cst.SimpleStatementLine | cst.SimpleStatementSuite):
        end = node.trailing_whitespace
        return node.with_changes(
            trailing_whitespace=LinesBelow(end.whitespace, end.comment, end.newline, lines)
        )
    if isinstance(node, cst.IndentedBlock | cst.Match):
        outer = [OuterLine(line.indent, line.whitespace, line.comment) for line in lines]
        return node.with_changes(footer=(*node.footer, *outer))
    return _below_last_part(node, lines)


def _below_last_part(node: Any, lines: Lines) -> cst.CSTNode:
    for field in ("finalbody", "orelse", "handlers", "body"):
        part = getattr(node, field, None)
        if isinstance(part, cst.CSTNode):
            return node.with_changes(**{field: _below(part, lines)})  # type: ignore[no-any-return]
        if part:
            return node.with_changes(  # type: ignore[no-any-return]
                **{field: (*part[:-1], _below(part[-1], lines))}
            )
    return node  # type: ignore[no-any-return]
