"""What expressions are called: columns, frames, models and files, as nouns of a name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import PurePosixPath

from nb2prod.analysis.tree import walk
from nb2prod.knowledge.conventions import reference
from nb2prod.knowledge.words import (
    ascii_of,
    enumerated,
    join,
    short,
    telling,
    vocabulary,
    words_of,
)

_COLUMN_LISTS = re.compile(r"col|feat|var|attr|field|numer|categ|target|label", re.IGNORECASE)
_LONGEST_TITLE = 9  # words: a longer text is a sentence, not a title


def chain(node: ast.expr) -> Iterator[ast.expr]:
    """Yield a chain of calls, attributes and subscripts, from what is done last to its root."""
    current: ast.expr | None = node
    while current is not None:
        yield current
        if isinstance(current, ast.Call):
            current = current.func
        elif isinstance(current, ast.Attribute | ast.Subscript | ast.Starred | ast.Await):
            current = current.value
        else:
            current = None


def root(node: ast.expr) -> str:
    """Return the variable that a chain starts from; "" for a module or another expression."""
    *_, last = chain(node)
    return last.id if isinstance(last, ast.Name) and not is_module(last.id) else ""


@cache
def is_module(name: str) -> bool:
    """Return whether people use a name for a module."""
    return bool(reference(name))


def called(call: ast.Call) -> str:
    """Return the last part of the name of what is called."""
    func = call.func
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""


def receiver(call: ast.Call) -> ast.expr | None:
    """Return what a method is called on; None for a function, also one of a module."""
    if not isinstance(call.func, ast.Attribute):
        return None
    value = call.func.value
    return None if isinstance(value, ast.Name) and is_module(value.id) else value


def keyword(call: ast.Call, *names: str) -> ast.expr | None:
    """Return the argument with one of these names."""
    return next((k.value for k in call.keywords if k.arg in names), None)


def argument(call: ast.Call, position: int, *names: str) -> ast.expr | None:
    """Return an argument by position, or by one of these names."""
    if position < len(call.args) and not isinstance(call.args[position], ast.Starred):
        return call.args[position]
    return keyword(call, *names)


def strings(node: ast.AST | None) -> list[str]:
    """Return the texts of a literal text, or of a literal list, tuple or set of texts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        found = [strings(element) for element in node.elts]
        return [text for texts in found for text in texts] if all(found) else []
    return []


def picked(node: ast.expr) -> list[str]:
    """Return the columns that an expression picks along its chain, as nouns."""
    method: ast.expr | None = None
    for link in chain(node):
        found: list[str] = []
        if isinstance(link, ast.Call):
            method = link.func
        elif isinstance(link, ast.Subscript):
            found = _indexed(link.slice)
        elif isinstance(link, ast.Attribute) and link is not method and _is_column(link):
            found = [link.attr]
        if found:
            return nouns(found)
    return []


def _indexed(index: ast.expr) -> list[str]:
    """Return the columns named by an index: texts, also after the rows of `loc`."""
    if isinstance(index, ast.Tuple) and not strings(index):
        return [text for element in index.elts for text in _indexed(element)]
    if isinstance(index, ast.Name) and _COLUMN_LISTS.search(index.id):
        return [index.id]
    return strings(index)


def _is_column(link: ast.Attribute) -> bool:
    base = link.value
    if (
        link.attr in vocabulary().attributes
        or link.attr.endswith("_")
        or link.attr in vocabulary().calls
    ):
        return False
    return isinstance(base, ast.Name) and not is_module(base.id) and base.id != "self"


def nouns(texts: Sequence[str]) -> list[str]:
    """Return columns as nouns of a name."""
    found = [column_noun(text) for text in texts]
    return list(dict.fromkeys(noun for noun in found if noun))


def column_noun(text: str) -> str:
    """Return a column as a noun: "Annual Income (k$)" as annual_income_k."""
    if not ascii_of(text).strip():
        return ""
    bare = re.sub(r"\W+", "_", ascii_of(text)).strip("_").lower()
    return vocabulary().abbreviations.get(bare) or short(words_of(text))


def read_columns(node: ast.AST) -> list[str]:
    """Return the columns read anywhere in an expression, in order, as nouns."""
    found: list[str] = []
    methods = {id(part.func) for part in walk(node) if isinstance(part, ast.Call)}
    for part in walk(node):
        if isinstance(part, ast.Subscript):
            found += nouns(_indexed(part.slice))
        elif isinstance(part, ast.Attribute) and id(part) not in methods and _is_column(part):
            found += nouns([part.attr])
    return list(dict.fromkeys(found))


def classes(node: ast.AST) -> list[str]:
    """Return the classes that a statement makes values of, in order."""
    calls = (part for part in walk(node) if isinstance(part, ast.Call))
    return [name for name in map(called, calls) if name[:1].isupper()]


def stem(location: str) -> str:
    """Return the name of a file as a noun, without folder and ending."""
    path = PurePosixPath(location.replace("\\", "/").split("?")[0])
    words = [word for word in words_of(path.stem) if not word.isdigit()]
    long = [word for word in words if len(word) > 2 and word not in vocabulary().stop]
    return short(long[-3:] if len(words) - len(long) > 2 and len(long) > 1 else words)


def title(node: ast.AST | None) -> str:
    """Return the words of a text that heads a figure, as they can stand in a name; "" if none."""
    texts = strings(node)
    if isinstance(node, ast.JoinedStr):
        literals = (part.value for part in node.values if isinstance(part, ast.Constant))
        texts = [value for value in literals if isinstance(value, str)]
    return title_words(" ".join(texts))


def title_words(text: str) -> str:
    """Return the telling words of a short text, with prepositions between them."""
    known = vocabulary()
    words = [known.abbreviations.get(word, word) for word in words_of(text)]
    if len(words) > _LONGEST_TITLE:
        return ""
    kept = [word for word in words if word in known.joints or word not in known.stop]
    while kept and (kept[0] in known.joints or kept[0].isdigit()):
        kept.pop(0)
    return join(word for word in kept if not word.isdigit())


def noun_of(node: ast.AST | None) -> str:
    """Return the noun for the value of an expression; "" when nothing tells what it is."""
    if isinstance(node, ast.Name):
        return "" if is_module(node.id) else telling(node.id)
    if isinstance(node, ast.Call):
        return _noun_of_call(node)
    if isinstance(node, ast.Attribute | ast.Subscript):
        return _noun_of_part(node)
    if isinstance(node, ast.List | ast.Tuple):
        return enumerated([noun_of(element) for element in node.elts])
    if isinstance(node, ast.Starred | ast.Await | ast.UnaryOp):
        return noun_of(node.operand if isinstance(node, ast.UnaryOp) else node.value)
    if isinstance(node, ast.BinOp | ast.Compare):
        left = node.left
        right = node.right if isinstance(node, ast.BinOp) else node.comparators[0]
        return noun_of(left) or noun_of(right)
    return ""


def _noun_of_part(node: ast.Attribute | ast.Subscript) -> str:
    columns = picked(node)
    if columns:
        return enumerated(columns) or "columns"
    if isinstance(node, ast.Attribute) and node.attr in vocabulary().nouns:
        return _filled(node.attr, noun_of(node.value), "")
    if isinstance(node, ast.Attribute) and node.attr.endswith("_"):
        return short(words_of(node.attr))
    return noun_of(node.value)


def _noun_of_call(call: ast.Call) -> str:
    name = called(call)
    first = noun_of(call.args[0]) if call.args else ""
    base = receiver(call)
    inner = noun_of(base) if base is not None else first
    if name in vocabulary().nouns:
        return _filled(name, inner, first)
    if name == "groupby":
        return join([inner, "by", enumerated(_keys(call))]) if _keys(call) else inner
    if name.endswith(("_score", "_error")):
        return short(words_of(name.removesuffix("_score")), 4)
    return inner


def _keys(call: ast.Call) -> list[str]:
    key = argument(call, 0, "by")
    return nouns(strings(key)) if strings(key) else (picked(key) if key is not None else [])


def _filled(name: str, base: str, first: str) -> str:
    text = vocabulary().nouns[name]
    values = {"base": base, "first": first}

    def fill(match: re.Match[str]) -> str:
        options = match.group(1).split("|")
        return values.get(options[0], "") or (options[1] if len(options) > 1 else "")

    filled = re.sub(r"\{([^}]+)\}", fill, text).split()
    # a mean of means is still a mean
    return join(dict.fromkeys(word for part in filled for word in part.split("_")))
