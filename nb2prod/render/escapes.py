"""Text of a notebook made harmless for each language of the frame.

Every function returns `Escaped`; the templates refuse any other text that is not a plain word, so
that a forgotten filter is an error and never an injection.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
import textwrap
import unicodedata
from collections.abc import Callable, Iterable

WORD = re.compile(r"[A-Za-z0-9_.-]*")
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\u202a-\u202e\u2066-\u2069]"
)
_MARKDOWN = re.compile(r"([\\`*_\[\]~$#!])")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"})
_BLOCK_START = re.compile(r"^(\d*)([-+=:.)])")
_MERMAID_UNSAFE = re.compile(r"[^\w .,/+*()=-]")
_REQUIREMENT = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:\[[A-Za-z0-9._, -]+\])?"
    r"(?:\s*(?:[<>=!~]=?=?\s*[A-Za-z0-9.*+!_-]+\s*,?\s*)*|\s*@\s*(?:git\+)?https?://[\w./:@%+#&=~-]+)"
    r"(?:\s*;\s*[\w .<>=!'\"()]+)?"
)
_TYPE = re.compile(r"[A-Za-z_][\w.]*(?:\[[\w., |\[\]]*\])?(?:\s*\|\s*[A-Za-z_][\w.\[\], ]*)*")
_NOT_LITERAL = {
    "inf": 'float("inf")',
    "-inf": 'float("-inf")',
    "nan": 'float("nan")',
    "set()": "set()",
    "frozenset()": "frozenset()",
}
PAGE_WIDTH = 88


class Escaped(str):
    """Text that is safe where it is going to stand."""

    __slots__ = ()


def one_line(text: object) -> str:
    """Replace control characters, and every run of white space by one space."""
    return " ".join(_CONTROL.sub(" ", str(text)).split())


def py(value: object) -> Escaped:
    """Give the Python literal of a value, strings quoted as black does."""
    if isinstance(value, list | tuple | set):
        items = ", ".join(map(py, sorted(value, key=repr) if isinstance(value, set) else value))
        left, right = {list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}")}[type(value)]
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return Escaped(f"{left}{items}{comma}{right}")
    if isinstance(value, dict):
        return Escaped("{" + ", ".join(f"{py(k)}: {py(v)}" for k, v in value.items()) + "}")
    text = repr(value)
    if isinstance(value, str | bytes):
        prefix, body = text[: text.index("'")] if "'" in text[:2] else "", text.lstrip("b")
        if body[0] == "'" and '"' not in body:
            return Escaped(f'{prefix}"{body[1:-1]}"')
    return Escaped(text)


def py_text(text: object, column: int = 0) -> Escaped:
    """Give a string literal that starts at a column, over several lines when one is too short."""
    flat = one_line(text)
    if column + _width(py(flat)) <= PAGE_WIDTH:
        return py(flat)
    lines = _wrapped(flat, PAGE_WIDTH - 12)
    pieces = [py(f"{line} ") for line in lines[:-1]] + [py(lines[-1])]
    return Escaped("(\n" + "".join(f"    {piece}\n" for piece in pieces) + ")")


def identifier(name: str) -> Escaped:
    """Pass an identifier through; raise ValueError for anything else."""
    if not name.isidentifier():
        raise ValueError(f"not an identifier: {name!r}")
    return Escaped(name)


def literal(code: str) -> Escaped:
    """Give a Python literal again; raise ValueError for any other code."""
    if code in _NOT_LITERAL:
        return Escaped(_NOT_LITERAL[code])
    return py(literal_value(code))


def literal_value(code: str) -> object:
    """Evaluate a Python literal; raise ValueError for any other code."""
    try:
        return ast.literal_eval(code)
    except (SyntaxError, TypeError, ValueError, MemoryError, RecursionError) as error:
        raise ValueError(f"not a literal: {code!r}") from error


def annotation(code: str) -> Escaped:
    """Pass a type of builtins through; raise ValueError for any other code."""
    if not _TYPE.fullmatch(code):
        raise ValueError(f"not a type: {code!r}")
    return Escaped(code.replace("NoneType", "object"))


def requirement(text: str) -> Escaped:
    """Pass a PEP 508 requirement through; raise ValueError for anything else."""
    if not _REQUIREMENT.fullmatch(text):
        raise ValueError(f"not a requirement: {text!r}")
    return Escaped(text)


def comment(text: object, indent: int = 0) -> Escaped:
    """Wrap text as lines that start with `# `, the first one too."""
    lines = _wrapped(one_line(text), PAGE_WIDTH - indent - 2) or [""]
    return Escaped(f"\n{' ' * indent}".join(f"# {line}".rstrip() for line in lines))


def remark(text: object) -> Escaped:
    """Give a comment for the end of a line, nothing when there is no text."""
    flat = one_line(text)
    return Escaped(f"  # {flat}" if flat else "")


def summary(text: object, columns: int) -> str:
    """Cut text to a width; the result still needs a filter for its language."""
    lines = _wrapped(one_line(text), max(columns, 20) - 4) or [""]
    return lines[0] if len(lines) == 1 else f"{lines[0]} ..."


def first_sentence(text: object) -> str:
    """Cut a docstring to its first paragraph; the result still needs a filter."""
    return one_line(str(text).strip().split("\n\n")[0])


def sentence(text: object) -> str:
    """End text with a full stop; the result still needs a filter."""
    flat = one_line(text)
    return flat if flat[-1:] in tuple(".?!:") else f"{flat}."


def column(command: str, columns: int) -> Escaped:
    """Pad a command line of plain words, so that remarks stand below each other."""
    return Escaped(joined(command.split(), " ").ljust(columns))


def docstring(text: object, indent: int = 0) -> Escaped:
    """Give a whole docstring, quotes included, that ends a sentence."""
    words = sentence(text).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    words = f" {words}" if words.startswith('"') else words
    if indent + _width(words) + 6 <= PAGE_WIDTH:
        return Escaped(f'"""{words}"""')
    first, *rest = _wrapped(words, PAGE_WIDTH - indent - 3)
    return Escaped(f"\n{' ' * indent}".join([f'"""{first}', *rest, '"""']))


def _width(text: str) -> int:
    """Count columns as black and ruff do: wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def _wrapped(text: str, width: int) -> list[str]:
    """Fill lines of at most `width` columns, cutting what is wider than a line."""
    if text.isascii():
        return textwrap.wrap(text, width, break_on_hyphens=False)
    lines = [""]
    for word in text.split(" "):
        for piece in [word] if _width(word) <= width else list(word):
            glue = " " if lines[-1] and (piece == word) else ""
            if _width(lines[-1] + glue + piece) > width:
                lines.append(piece)
            else:
                lines[-1] += glue + piece
    return [line for line in lines if line]


def toml(value: object) -> Escaped:
    """Quote as a TOML basic string, or give the array of several."""
    if isinstance(value, list | tuple):
        return Escaped(f"[{', '.join(map(toml, value))}]")
    return Escaped(_quoted(str(value)))


def yaml(text: object) -> Escaped:
    """Quote as a YAML double-quoted scalar."""
    return Escaped(_quoted(str(text)))


def _quoted(text: str) -> str:
    """Quote with the escapes that JSON, TOML and YAML share; half surrogates become U+FFFD."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    quoted = json.dumps(text, ensure_ascii=False)
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def md(text: object) -> Escaped:
    """Escape one line for Markdown, table cells included."""
    escaped = _MARKDOWN.sub(r"\\\1", one_line(text))
    escaped = escaped.translate(_ENTITIES)
    return Escaped(_BLOCK_START.sub(lambda match: f"{match[1]}\\{match[2]}", escaped))


def code(text: object) -> Escaped:
    """Give inline code for Markdown, table cells included."""
    flat = one_line(text)
    if not re.search(r"[|`\\]", flat):
        return Escaped(f"`{flat}`" if flat else "")
    return Escaped(f"<code>{md(flat)}</code>")  # a cell of a table would end at the bar


def prose(text: object) -> Escaped:
    """Escape one line for Markdown in which code stands between backticks."""
    parts = one_line(text).split("`")
    return Escaped("".join(code(part) if n % 2 else _inline(part) for n, part in enumerate(parts)))


def _inline(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text).translate(_ENTITIES)


def block(text: object, indent: int = 0) -> Escaped:
    """Give an indented fenced code block for Markdown that its content cannot close."""
    source = str(text).replace("\r\n", "\n").replace("\r", "\n")
    lines = [_CONTROL.sub(" ", line.expandtabs(4)) for line in source.split("\n")]
    longest = max((len(run) for run in re.findall("`+", source)), default=0)
    fence = "`" * max(3, longest + 1)
    margin = " " * indent
    return Escaped(f"\n{margin}".join([f"{fence}python", *lines, fence]))


def mermaid(text: object) -> Escaped:
    """Escape the label of a Mermaid node or edge; it stands between double quotes."""
    return Escaped(
        _MERMAID_UNSAFE.sub(lambda match: f"#{ord(match[0])};", one_line(text)) or "#32;"
    )


def shell(text: object) -> Escaped:
    """Quote one word of a POSIX shell."""
    return Escaped(shlex.quote(_CONTROL.sub(" ", str(text))))


def joined(parts: Iterable[object], separator: str = ", ") -> Escaped:
    """Join what filters made; raise ValueError when a part is neither escaped nor a plain word."""
    return Escaped(separator.join(checked(part) for part in parts))


def checked(value: object) -> str:
    """Pass on what a template may write; raise ValueError for text that no filter made safe."""
    text = str(value)  # raises for what is undefined
    if isinstance(value, Escaped | int) or (isinstance(value, str) and WORD.fullmatch(value)):
        return text
    raise ValueError(
        f"{value!r} needs a filter that escapes it, such as `| md`, `| py` or `| toml`"
    )


FILTERS: dict[str, Callable[..., str]] = {
    "annotation": annotation,
    "block": block,
    "code": code,
    "column": column,
    "comment": comment,
    "docstring": docstring,
    "first_sentence": first_sentence,
    "identifier": identifier,
    "literal": literal,
    "md": md,
    "mermaid": mermaid,
    "prose": prose,
    "py": py,
    "py_text": py_text,
    "remark": remark,
    "requirement": requirement,
    "sentence": sentence,
    "shell": shell,
    "summary": summary,
    "toml": toml,
    "yaml": yaml,
    "safe_join": joined,
}
