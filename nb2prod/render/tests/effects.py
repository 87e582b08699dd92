"""What a function shows and writes: prints, plots and files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from nb2prod.render.tests.conditions import Scope
from nb2prod.render.tests.properties import Check

_LABELS = {  # methods whose first argument appears in the figure
    *("title", "suptitle", "xlabel", "ylabel", "set_title", "set_xlabel", "set_ylabel"),
    *("figtext",),
}
_NEW_FIGURE = frozenset({"show", "figure", "subplots", "subplot", "add_subplot", "subplot2grid"})
_PLOTS = re.compile(r"matplotlib\.|seaborn\.|pandas\.\w*Plot|pandas\.\w+\.(plot|hist|boxplot)$")
_FRAMES = re.compile(r"\.(figure|subplots|show|tight_layout|close|rcParams|style|use|set|set_\w+)$")
_SHOWN_TEXT = re.compile(r"[A-Za-z][\w .,:!?()-]*\w:?")
_LONGEST = 60


def printed(around: Scope) -> list[Check]:
    """Return the check that a function prints, with the words that it certainly prints."""
    words: list[str] = []
    prints = False
    for node in _certain(around):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=arguments)):
                prints |= bool(arguments)
                words += [word for a in arguments for word in _words(a)]
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="info"))):
                prints = True
    if not prints:
        return []
    lines = [f"assert {word!r} in call.printed" for word in dict.fromkeys(words)]
    return [Check("prints", "\n".join(lines or ["assert call.printed.strip()"]))]


def drawn(around: Scope) -> list[Check]:
    """Return the check that a function draws, with the titles and labels that it certainly sets."""
    facts = around.plan.analysis.facts
    calls = [
        call
        for position in around.function.statements
        if isinstance(around.plan.analysis.statements[position].node, ast.Expr | ast.Assign)
        for call in facts[position].calls
    ]
    if any(call.endswith((".close", ".clf", ".cla")) for call in calls):
        return []
    draws = any(_PLOTS.match(call) and not _FRAMES.search(call) for call in calls)
    lines = ["assert call.drawn"] if draws and any(map(_is_mark, calls)) else []
    lines += [
        f"assert {label!r} in call.texts"
        for label in dict.fromkeys(_labels(around))
        if label.strip()
    ]
    shows = sum(_is_show(step.node) for step in around.steps if step.certain)
    if shows and all(step.certain for step in around.steps):
        lines.append(f"assert call.shows >= {shows}")
    return [Check("draws", "\n".join(lines))] if lines else []


def _is_mark(call: str) -> bool:
    word = call.rpartition(".")[2]
    return word in _MARKS


_MARKS = frozenset(
    {
        *("plot", "scatter", "bar", "barh", "hist", "hist2d", "boxplot", "violinplot", "pie"),
        *("imshow", "matshow", "contour", "contourf", "fill_between", "errorbar", "step", "stem"),
        *("stackplot", "countplot", "barplot", "histplot", "kdeplot", "distplot", "lineplot"),
        *("scatterplot", "heatmap", "stripplot", "swarmplot", "regplot", "axhline", "axvline"),
        *("text", "annotate"),
    }
)


def written(around: Scope) -> list[Check]:
    """Return the checks that files which a function writes are there and not empty."""
    found = []
    for position in around.function.statements:
        node = around.plan.analysis.statements[position].node
        if not isinstance(node, ast.Expr | ast.Assign | ast.With):
            continue
        for use in around.plan.analysis.facts[position].uses:
            local = use.location and "://" not in use.location
            if use.direction == "write" and local and use.kind in ("file", "model", "figure"):
                found.append(_file(around, position, str(use.location)))
    return [Check("writes", text) for text in dict.fromkeys(found) if text]


def _file(around: Scope, position: int, location: str) -> str:
    if re.match(r"[~/\\]|[A-Za-z]:", location):
        return ""
    setting = around.plan.locations.get(position, {}).get(location)
    path = f"config.{setting}" if setting else repr(location)
    return f"assert Path(config.data_root, {path}).stat().st_size > 0"


def _certain(around: Scope) -> Iterator[ast.stmt]:
    yield from (step.node for step in around.steps if step.certain)


def _labels(around: Scope) -> Iterator[str]:
    """Yield the titles and labels that nothing replaces before they are shown."""
    pending: dict[str, str] = {}
    for step in around.steps:
        if not step.certain:
            pending.clear()
            continue
        for part in ast.walk(step.node):
            match part:
                case ast.Call(func=ast.Attribute(value=on, attr=method), args=arguments):
                    if method in _NEW_FIGURE:
                        yield from pending.values()
                        pending.clear()
                    elif method in _LABELS:
                        pending[f"{ast.unparse(on)}.{method}"] = _label(arguments)
    yield from pending.values()


def _label(arguments: Sequence[ast.expr]) -> str:
    match arguments:
        case [ast.Constant(value=str(text)), *_]:
            return text if len(text) <= _LONGEST and "$" not in text else ""
    return ""


def _is_show(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="plt"), attr="show"))):
            return True
    return False


def _words(node: ast.expr) -> Iterator[str]:
    """Yield the literal words of something that is printed."""
    match node:
        case ast.Constant(value=str(text)):
            yield from _shown(text)
        case ast.JoinedStr(values=parts):
            for part in parts:
                if isinstance(part, ast.Constant):
                    yield from _shown(str(part.value))
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
            yield from _shown(re.split(r"%[-+ #0-9.]*[a-zA-Z]", text)[0])
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _words(left)
            yield from _words(right)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            yield from _shown(re.split(r"\{", text)[0])


def _shown(text: str) -> Iterator[str]:
    found = _SHOWN_TEXT.search(text)
    if found and len(found[0]) <= _LONGEST:
        yield found[0]
