"""Python literals that hold secrets, rewritten as code that reads them from the environment.

The number of lines stays, so that what is said of a line is true of the notebook's.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nb2prod.secrets.literals import HOLE, literals, text_of
from nb2prod.secrets.placeholder import lookup

_LITERAL = re.compile(r"(?s)([rRbBfFuU]{0,2})('''|\"\"\"|'|\")(.*)\2")
Span = tuple[int, int, str]  # from, to, variable


@dataclass(frozen=True)
class Secrets:
    """Variables by secret, and those of parts of single literals by the id of their nodes."""

    values: Mapping[str, str]
    own: Mapping[int, Sequence[Span]] = field(default_factory=dict)

    def spans(self, node: ast.expr, text: str) -> list[Span]:
        """Return where secrets stand in a literal's text, in order, none within another."""
        found = list(self.own.get(id(node), ()))
        if self.values:
            order = sorted(self.values, key=len, reverse=True)
            for match in re.finditer("|".join(map(re.escape, order)), text):
                span = (match.start(), match.end(), self.values[match[0]])
                if all(span[1] <= first or last <= span[0] for first, last, _ in found):
                    found.append(span)
        return sorted(found)


def rewritten(source: str, tree: ast.AST, secrets: Secrets) -> str:
    """Return Python source with look-ups in place of secrets.

    `tree` may be that of another text whose lines and columns are the same.
    """
    edits = []
    for node, text in literals(tree):
        if spans := secrets.spans(node, text):
            first, last = _place(source, node)
            edits.append((first, last, _replacement(source[first:last], node, text, spans)))
    for part in ast.walk(tree):
        if isinstance(part, ast.Constant) and type(part.value) is int and id(part) in secrets.own:
            (_, _, name), *_ = secrets.own[id(part)]
            edits.append((*_place(source, part), f"int({lookup(name)})"))
    for first, last, made in sorted(edits, reverse=True):
        source = source[:first] + made + source[last:]
    return source


def _replacement(segment: str, node: ast.expr, text: str, spans: Sequence[Span]) -> str:
    """Return the code for a literal: as it is written where that can be, else made anew."""
    wanted = ast.fix_missing_locations(_expression(node, text, spans))
    if isinstance(wanted, ast.JoinedStr):
        values = {text[first:last]: name for first, last, name in spans}
        written = _in_place(segment, values)
        if written and _same(written, wanted):
            return written
    made = ast.unparse(wanted)
    if not any(isinstance(part, ast.JoinedStr) for part in ast.walk(wanted)):  # as black writes it
        made = made.replace("os.environ['", 'os.environ["').replace("']", '"]')
    missing = segment.count("\n") - made.count("\n")
    return f"({made}{chr(10) * missing})" if missing > 0 else made


def _expression(node: ast.expr, text: str, spans: Sequence[Span]) -> ast.expr:
    """Return the expression for a literal's text with look-ups in it."""
    if len(spans) == 1 and spans[0][:2] == (0, len(text)):
        return _converted(_read(spans[0][2]), node)
    holes = _holes(node)
    parts: list[ast.expr] = []
    done = 0
    for first, last, name in spans:
        parts += _filled(text[done:first], holes)
        parts.append(ast.FormattedValue(_read(name), -1, None))
        done = last
    parts += _filled(text[done:], holes)
    return _converted(ast.JoinedStr(parts), node)


def _holes(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions within f-strings, in order."""
    if isinstance(node, ast.JoinedStr):
        yield from (part for part in node.values if text_of(part) is None)
    elif isinstance(node, ast.BinOp):
        yield from _holes(node.left)
        yield from _holes(node.right)


def _filled(text: str, holes: Iterator[ast.expr]) -> Iterator[ast.expr]:
    for place, piece in enumerate(text.split(HOLE)):
        if place:
            yield next(holes)
        if piece:
            yield ast.Constant(piece)


def _read(name: str) -> ast.expr:
    return ast.parse(lookup(name), mode="eval").body


def _converted(read: ast.expr, node: ast.expr) -> ast.expr:
    """Return a text as what the literal was: bytes or a text."""
    while isinstance(node, ast.BinOp):
        node = node.left
    if isinstance(node, ast.Constant) and isinstance(node.value, bytes):
        return ast.Call(ast.Attribute(read, "encode", ast.Load()), [], [])
    return read


def _in_place(segment: str, values: Mapping[str, str]) -> str | None:
    """Return a literal with look-ups in the middle of its own text."""
    found = _LITERAL.fullmatch(segment)
    if not found:
        return None
    prefix, quote, body = found.groups()
    inner = "'" if quote[0] == '"' else '"'
    formatted = "f" in prefix.lower()
    order = sorted(values, key=len, reverse=True)
    done = []
    for piece in re.split("(" + "|".join(map(re.escape, order)) + ")", body):
        if piece in values:
            done.append("{" + lookup(values[piece], inner) + "}")
        else:
            done.append(piece if formatted else piece.replace("{", "{{").replace("}", "}}"))
    prefix = prefix if formatted else "f" + prefix.replace("u", "").replace("U", "")
    return f"{prefix}{quote}{''.join(done)}{quote}"


def _same(text: str, wanted: ast.expr) -> bool:
    try:
        found = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return ast.dump(found) == ast.dump(ast.parse(ast.unparse(wanted), mode="eval").body)


def _place(source: str, node: ast.expr) -> tuple[int, int]:
    """Return where a node starts and ends in the source, in characters."""
    lines = source.split("\n")

    def place(number: int, offset: int) -> int:
        before = sum(len(line) + 1 for line in lines[: number - 1])
        return before + len(lines[number - 1].encode()[:offset].decode("utf-8", "ignore"))

    last = node.end_lineno or node.lineno
    return place(node.lineno, node.col_offset), place(last, node.end_col_offset or 0)


def reads(text: str, names: Collection[str]) -> bool:
    """Say whether code reads one of the variables."""
    return any(lookup(name) in text or lookup(name, "'") in text for name in names)
