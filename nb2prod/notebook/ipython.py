"""IPython's own transformer of magics, shell lines and help, without the rest of IPython."""

from __future__ import annotations

import importlib
import sys
import tokenize
from collections.abc import Sequence
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from nb2prod.notebook.lines import Text

_MODULE = "IPython.core.inputtransformer2"
_PACKAGES = ("IPython", "IPython.core", "IPython.utils")
_MARKS = ("%", "!", "?", ">>>", "In [")
_FAILURES = (SyntaxError, IndexError, RuntimeError, ValueError, AssertionError, tokenize.TokenError)


@cache
def _module() -> Any:
    """The transformer's module; importing the whole of IPython would cost ten times as much."""
    spec = find_spec("IPython") if "IPython" not in sys.modules else None
    if spec is None or not spec.submodule_search_locations:
        return importlib.import_module(_MODULE)
    try:
        return _import_alone(spec)
    except (ImportError, AttributeError):
        return importlib.import_module(_MODULE)


def _import_alone(spec: ModuleSpec) -> ModuleType:
    """Import the module below empty packages, which go again so that others get the real ones."""
    root = Path(next(iter(spec.submodule_search_locations or ())))
    before = set(sys.modules)
    for name in _PACKAGES:
        package = ModuleType(name)
        package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package
    try:
        return importlib.import_module(_MODULE)
    finally:
        for name in set(sys.modules) - before:
            if name.split(".")[0] == "IPython":
                del sys.modules[name]


def may_transform(source: str) -> bool:
    """Can there be anything in it that IPython would change?"""
    return any(mark in source for mark in _MARKS)


def dedent(text: Text) -> Text:
    """Without leading blank lines, and without the first line's indentation."""
    start = next((i for i, line in enumerate(text.lines) if line.strip()), 0)
    text = text[start:]
    first = text.lines[0]
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    if not indent:
        return text
    return text.with_lines([line.removeprefix(indent) for line in text.lines])


def transform(text: Text) -> Text:
    """What IPython would hand to Python: magics as calls of `get_ipython()`.

    Raises SyntaxError where IPython's transformer gives up.
    """
    try:
        return _transform(dedent(text))
    except _FAILURES as error:
        raise error if isinstance(error, SyntaxError) else SyntaxError(str(error)) from None


def _transform(text: Text) -> Text:
    module = _module()
    manager = module.TransformerManager()
    lines = [line + "\n" for line in text.lines]
    for strip in manager.cleanup_transforms:
        if isinstance(strip, module.PromptStripper):
            stripped = strip(lines)
            lines = stripped if len(stripped) == len(lines) else lines
    text = text.with_lines(_ended(lines))
    start = _cell_magic_line(lines)
    if start is not None:
        return text[:start] + _cell_magic(text[start:], lines[start:], module)
    changed = True
    rounds = 0
    while changed:
        changed, lines = manager.do_one_token_transform(lines)
        text = text.collapse(_ended(lines)) if changed else text
        rounds += 1
        if rounds > module.TRANSFORM_LOOP_LIMIT:
            raise SyntaxError("more magics in one cell than IPython takes")
    return text


def _ended(lines: Sequence[str]) -> list[str]:
    return [line.removesuffix("\n") for line in lines]


def _cell_magic_line(lines: Sequence[str]) -> int | None:
    """The line of the cell's magic; as in Colab, comments may stand above it."""
    for number, line in enumerate(lines):
        if line.startswith("%%"):
            return number
        if line.strip() and not line.startswith("#"):
            return None
    return None


def _cell_magic(text: Text, lines: list[str], module: Any) -> Text:
    transformed = module.cell_magic(lines)
    if len(transformed) != 1:  # `%%magic?` asks for help
        transformed = [f"get_ipython().run_line_magic('pinfo', {lines[0].strip(' ?')!r})\n"]
    return Text((transformed[0].removesuffix("\n"),), (text.span(0, len(text.lines) - 1),))
