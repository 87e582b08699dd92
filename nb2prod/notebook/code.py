"""A code cell as Python: what IPython would run, before any magic is translated."""

from __future__ import annotations

import ast
from collections.abc import Callable, Container
from dataclasses import dataclass, replace

from nb2prod.model import Diagnostic, LeftOut, Requirement
from nb2prod.notebook import calls, depth, ipython, python2
from nb2prod.notebook.calls import Site
from nb2prod.notebook.command import Command, Context
from nb2prod.notebook.lines import Text
from nb2prod.notebook.magics import outcome
from nb2prod.notebook.outcome import Outcome
from nb2prod.notebook.rewrite import rewrite
from nb2prod.notebook.scope import Scope
from nb2prod.notebook.tables import magics

_OPERATORS = tuple("!=()<>,+*/%^&|")
_LAYERS = 10  # of magics around magics: `%%capture` over `%%time`


@dataclass(frozen=True, slots=True)
class Code:
    """A code cell as Python: `text` with its `tree`, or the `error` that keeps it from being any.

    `modernised`: it was Python 2. `hidden`: cell lines whose expressions a notebook would not
    display. `captured`: what `%%capture` binds, and its arguments. `imports`: names of Scope's
    imports that the translation reads.
    """

    cell: int
    source: str
    text: Text
    tree: ast.Module | None = None
    error: SyntaxError | None = None
    modernised: bool = False
    captured: tuple[str, str] | None = None
    hidden: frozenset[int] = frozenset()
    imports: frozenset[str] = frozenset()
    left_out: tuple[LeftOut, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    requirements: tuple[Requirement, ...] = ()


def parse(text: Text) -> ast.Module:
    """The tree of Python text; raises SyntaxError also for what only the compiler would find."""
    source = str(text)
    try:
        tree = ast.parse(source)
        compile(tree, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (RecursionError, MemoryError):
        raise SyntaxError("too deeply nested") from None
    except ValueError as error:  # null bytes
        raise SyntaxError(str(error)) from None
    if depth.is_too_deep(tree, text.lines):
        raise SyntaxError("too deeply nested")
    return tree


def understand(cell: int, source: str, modern: bool = True) -> Code:
    """The cell as Python, magics as calls of `get_ipython()`; `modern`: Python 2 is rewritten."""
    code = Code(cell, source, Text.of(source))
    for attempt in _attempts(code.text):
        try:
            text = attempt()
            code = replace(code, text=text)
            return _read(replace(code, error=None))
        except SyntaxError as error:
            code = replace(code, error=error)
    return (_modernised(code) if modern else None) or code


def _attempts(text: Text) -> list[Callable[[], Text]]:
    attempts = [lambda: text]
    if str(text).lstrip("\n").startswith((" ", "\t")):
        attempts.append(lambda: ipython.dedent(text))
    if str(text).lstrip().startswith("In ["):  # `In [3]: x = 1` would be an annotation
        attempts = [lambda: ipython.transform(text)]
    elif ipython.may_transform(str(text)):
        attempts.append(lambda: ipython.transform(text))
    elif _magic_word(text):
        attempts.append(lambda: _automagic(text))
    return attempts


def _modernised(code: Code) -> Code | None:
    text = Text.of(code.source)
    for change in (ipython.transform, ipython.dedent):  # a tokenizer of Python 3 may choke on it
        try:
            return _read(replace(code, text=change(text), error=None, modernised=True))
        except SyntaxError:
            continue
    return None


def _read(code: Code) -> Code:
    """The text parsed, and `%time` and its like taken off the code that they stand around."""
    code = _parsed(code)
    for _ in range(_LAYERS):
        if code.tree is None or "get_ipython" not in str(code.text):
            break
        found = [site for site in calls.sites(code.tree, ()) if _wraps(site.command)]
        if not found:
            break
        code = _parsed(_layer_off(code, found))
    return code


def _parsed(code: Code) -> Code:
    try:
        return replace(code, tree=parse(code.text))
    except SyntaxError:
        modern = python2.modernise(str(code.text)) if code.modernised else None
        if modern is None:
            raise
    text = code.text.with_lines(modern.split("\n"))
    return replace(code, text=text, tree=parse(text))


def _wraps(command: Command) -> bool:
    row = magics("cell" if command.kind == "cell" else "line").get(command.name.lstrip("%"))
    return command.kind in ("line", "cell") and row is not None and row["action"] == "unwrap"


def _layer_off(code: Code, found: list[Site]) -> Code:
    context = Context(Scope(lambda: (), None), "")
    decisions = [(site, outcome(site.command, context)) for site in found]
    site, made = decisions[0]
    if made.body and site.top and len(code.text.lines) == site.statement.end_lineno:
        text = _with_body(code.text, site, made.code or "")
    else:
        text, _ = rewrite(code.text, [(site, _as_python(made)) for site, made in decisions])
    hidden = code.hidden if made.shows else frozenset(range(1, text.spans[-1][1] + 1))
    return replace(code, text=text, hidden=hidden, captured=made.captured or code.captured)


def _as_python(made: Outcome) -> Outcome:
    """The unwrapped code may itself hold magics: `%time !ls`."""
    if made.code and ipython.may_transform(made.code):
        return replace(made, code=str(ipython.transform(Text.of(made.code))))
    return made


def _with_body(text: Text, site: Site, body: str) -> Text:
    """The lines below a cell magic, at the places where they stand in the cell."""
    row = site.statement.lineno - 1
    first, last = text.spans[row]
    source = body.removesuffix("\n")
    if first + source.count("\n") + 1 > last:  # written by hand, in one line
        below = Text.at(source, (first, last))
    else:
        below = Text.of(source, first + 1)
    if ipython.may_transform(body):
        below = ipython.transform(below)
    return text[:row] + ipython.dedent(below)


def _magic_word(text: Text) -> str:
    """The name of the magic that a cell of one line begins with, as in `pip install x`, or ""."""
    lines = [line for line in text.lines if line.strip()]
    word, *rest = lines[0].split(None, 1) if len(lines) == 1 else [""]
    if rest and rest[0].startswith(_OPERATORS):
        return ""  # `time = 3` is an assignment
    row = magics("line").get(word)
    return word if row and row["action"] != "foreign" else ""


def _automagic(text: Text) -> Text:
    """The line as if it had its `%`, which IPython lets users omit."""
    lines = [f"%{line.strip()}" if line.strip() else "" for line in text.lines]
    return ipython.transform(text.with_lines(lines))


def automagic(code: Code, bound: Callable[[], Container[str]]) -> Code:
    """`ls` and `ls -l` are Python too: magics unless the notebook binds the name."""
    statement = code.tree.body[0] if code.tree and len(code.tree.body) == 1 else None
    value = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Sub):
        value = value.left
    if not isinstance(value, ast.Name) or value.id != _magic_word(code.text):
        return code
    return code if value.id in bound() else _read(replace(code, text=_automagic(code.text)))
