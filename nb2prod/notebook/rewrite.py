"""Commands of `get_ipython()` replaced in the text of a cell."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Container, Sequence

from nb2prod.notebook.calls import Site
from nb2prod.notebook.lines import Edit, Span, Text, column
from nb2prod.notebook.outcome import Outcome

Decision = tuple[Site, Outcome]


def rewrite(text: Text, decisions: Sequence[Decision]) -> tuple[Text, list[tuple[Outcome, Span]]]:
    """The text with each command replaced by what became of it.

    Also gives, for each that is left out, which lines of the cell are.
    """
    gone = {id(site.statement): site for site, outcome in decisions if outcome.code is None}
    left_out: list[tuple[Outcome, Span]] = []
    for site, outcome in reversed(decisions):
        if outcome.code is not None and id(site.statement) not in gone:
            text = _with(text, site, outcome.code)
        elif outcome.code is None and gone[id(site.statement)] is site:
            text, span = _without(text, site, gone)
            left_out.append((outcome, span))
    return text, left_out[::-1]


def _with(text: Text, site: Site, code: str) -> Text:
    node: ast.stmt | ast.expr = site.statement if site.alone else site.expression
    before, after, first, last = _around(text, node)
    if not site.alone and not _is_whole_value(site):
        code = f"({code})"
    indent = before[: len(before) - len(before.lstrip())] if site.alone else ""
    lines = indented(f"{before}{code}{after}", indent)
    return text.apply([Edit(first, last, tuple(lines))])


def _is_whole_value(site: Site) -> bool:
    return getattr(site.statement, "value", None) is site.expression or isinstance(
        site.expression, ast.Call
    )


def _around(text: Text, node: ast.stmt | ast.expr) -> tuple[str, str, int, int]:
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    start = column(text.lines[first], node.col_offset)
    end = column(text.lines[last], node.end_col_offset or 0)
    return text.lines[first][:start], text.lines[last][end:], first, last


def indented(code: str, indent: str) -> list[str]:
    """The lines of code in a block; those inside a string stay as they are."""
    lines = code.split("\n")
    if not indent or len(lines) == 1:
        return lines
    inside = _rows_in_strings(code[len(indent) :])
    return [
        line if row == 0 or row in inside or not line.strip() else indent + line
        for row, line in enumerate(lines)
    ]


def _rows_in_strings(code: str) -> set[int]:
    inside: set[int] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            inside |= set(range(token.start[0], token.end[0]))
    except (tokenize.TokenError, SyntaxError):
        pass
    return inside


def _without(text: Text, site: Site, gone: Container[int]) -> tuple[Text, Span]:
    before, after, first, last = _around(text, site.statement)
    own_lines = not before.strip() and not after.strip(" \t;").partition("#")[0]
    emptied = not site.top and all(id(fellow) in gone for fellow in site.block)
    if not own_lines or (emptied and site.block[0] is site.statement):
        return text.apply([Edit(first, last, (f"{before}pass{after}",))]), text.span(first, last)
    if site.top:
        first = _with_comments_above(text, first, last)
    return text.apply([Edit(first, last)]), text.span(first, last)


def _with_comments_above(text: Text, first: int, last: int) -> int:
    """The first of the comment lines that are about lines `first` to `last` alone, from 0.

    Comments above a command that is left out go with it, unless code follows directly.
    """
    following = text.lines[last + 1].strip() if last + 1 < len(text.lines) else ""
    if following and not following.startswith("#"):
        return first
    while first > 0 and text.lines[first - 1].startswith("#"):
        first -= 1
    return first
