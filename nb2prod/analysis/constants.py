"""Constant folding of text: how notebooks put together the paths of their data."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Sequence

from nb2prod.analysis.values import Value

_LONGEST = 2000
_PLAIN_PERCENT = re.compile(r"(?:[^%]|%[sdi%])*")
_PLAIN_BRACES = re.compile(r"(?:[^{}]|\{\w*\})*")


def fold_operation(operator: ast.operator, left: Value, right: Value) -> str | None:
    """Return the text of `left + right`, `left % right` or `path / right`; None when not known."""
    if not isinstance(left.constant, str):
        return None
    if isinstance(operator, ast.Mod):
        return _percent(left.constant, right)
    if not isinstance(right.constant, str):
        return None
    if isinstance(operator, ast.Add) and left.type == right.type == "str":
        return _short(left.constant + right.constant)
    if isinstance(operator, ast.Div) and left.type == "pathlib.Path":
        return _short(posixpath.join(left.constant, right.constant))
    return None


def _percent(template: str, right: Value) -> str | None:
    parts = right.items or (right,)
    values = tuple(part.constant for part in parts)
    if None in values or not _PLAIN_PERCENT.fullmatch(template):
        return None
    try:
        return _short(template % values)
    except (TypeError, ValueError):
        return None


def fold_call(name: str, receiver: Value, arguments: Sequence[Value], plain: bool) -> str | None:
    """Return the text that a call gives for constant arguments; `plain`: no keywords, no stars."""
    texts = [argument.constant for argument in arguments]
    if not plain or None in texts:
        return None
    if name in ("os.path.join", "pathlib.Path") and texts and _all_text(texts):
        return _short(posixpath.join(*map(str, texts)))
    if name == "str" and len(texts) == 1:
        return str(texts[0])
    if name == "str.format" and isinstance(receiver.constant, str):
        return _format(receiver.constant, texts)
    return None


def _format(template: str, texts: Sequence[object]) -> str | None:
    if not _PLAIN_BRACES.fullmatch(template):
        return None
    try:
        return _short(template.format(*texts))
    except (IndexError, KeyError, ValueError):
        return None


def fold_pieces(pieces: Sequence[Value]) -> str | None:
    """Return the text of an f-string whose pieces are constants without format."""
    if any(piece.constant is None for piece in pieces):
        return None
    return _short("".join(str(piece.constant) for piece in pieces))


def _all_text(values: Sequence[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _short(text: str) -> str | None:
    """Return the text unless it is too long to be a location."""
    return text if len(text) <= _LONGEST else None
