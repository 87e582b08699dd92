"""IPython's `{expression}` and `$name` in command lines, as Python expressions."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Container, Iterator
from string import Formatter

# `$name`, not between single quotes; `$$name` stands for `$name`.
_DOLLAR = re.compile(r"\$(\$?[\w.]+)(?=(?:[^']*'[^']*')*[^']*$)")
_FILE = re.compile(
    r"\w+\.(bak|bz2|csv|db|gz|h5|html?|ipynb|jpe?g|json|md|pdf|png|py|sh|sql|tar|tgz|tsv|txt|xlsx?|xml|ya?ml|zip)"
)
_CONVERSIONS = ("", "!r", "!s", "!a")
_Part = tuple[str, str]  # a text, and the expression after it or ""


def expression(line: str, bound: Container[str]) -> str:
    """A Python expression for the string that IPython makes of the line.

    IPython expands all or nothing: an expression that fails leaves the line as it stands.
    """
    if "{" not in line and "$" not in line:
        return quoted(line)
    try:
        parts = list(_parts(line))
    except ValueError:
        return quoted(line)
    if not all(_evaluates(field, bound) for _, field in parts if field):
        return quoted(line)
    if not any(field for _, field in parts):
        return quoted("".join(text for text, _ in parts))
    return _joined(parts)


def _parts(line: str) -> Iterator[_Part]:
    for text, field, spec, conversion in Formatter().parse(line):
        done = 0
        before = ""
        for match in _DOLLAR.finditer(text):
            before += text[done : match.start()]
            done = match.end()
            if match[1].startswith("$"):
                before += match[1]
            else:
                yield before, match[1]
                before = ""
        rest = before + text[done:]
        if field is None:
            yield rest, ""
        else:
            # A colon is no format here: IPython reads `{rows[1:2]}` as one expression.
            whole = f"{field}:{spec}" if spec else field
            yield rest, whole + (f"!{conversion}" if conversion else "") or " "


def _evaluates(field: str, bound: Container[str]) -> bool:
    code, conversion = _split(field)
    if _FILE.fullmatch(code):
        return False  # `$name.csv` fails in IPython, which then leaves the line alone
    if conversion not in _CONVERSIONS:
        return False
    try:
        tree = ast.parse(code.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return False
    own = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return all(
        node.id in own or node.id in bound or hasattr(builtins, node.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name)
    )


def _split(field: str) -> tuple[str, str]:
    if field[-2:-1] == "!" and field[-1] in "rsa":
        return field[:-2], field[-2:]
    return field, ""


def _joined(parts: list[_Part]) -> str:
    """An f-string that Python 3.9 reads too, else a call of `format`."""
    fields = "".join(field for _, field in parts)
    text = "".join(text for text, _ in parts)
    if not set("\\\"'{}:!#\n") & set(fields.replace("!r", "").replace("!s", "")):
        return "f" + _literal(
            "".join(_braced(text) + (f"{{{f.strip()}}}" if f else "") for text, f in parts)
        )
    if '"' not in fields + text and not set("\\{}:!#\n") & set(fields + text):
        return 'f"' + "".join(t + (f"{{{f.strip()}}}" if f else "") for t, f in parts) + '"'
    pattern = "".join(_braced(t) + (f"{{{_split(f)[1]}}}" if f else "") for t, f in parts)
    return f"{_literal(pattern)}.format({', '.join(_split(f)[0].strip() for _, f in parts if f)})"


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _literal(text: str) -> str:
    """A string literal, in double quotes where that needs no more escapes."""
    plain = repr(text)
    if plain.startswith("'") and '"' not in text:
        return f'"{plain[1:-1]}"'
    return plain


def quoted(text: str) -> str:
    """A literal for the text; one of several lines stays readable, and the same to the letter."""
    if "\n" not in text.rstrip("\n"):
        return _literal(text)
    block = f'"""\\\n{text}"""'
    if "\r" not in text and "\0" not in text:
        for literal in (block, f'r"""{text}"""'):
            if _reads_as(literal, text):
                return literal
    return _literal(text)


def _reads_as(literal: str, text: str) -> bool:
    try:
        return bool(ast.literal_eval(literal) == text)
    except (SyntaxError, ValueError):
        return False
