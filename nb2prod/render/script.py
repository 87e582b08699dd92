"""The notebook as a plain script of `# %%` cells, as editors know them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from nb2prod.model import Cell, Program

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MAGIC = re.compile(r"\s*(%|!|\?)|.*\S\?\??\s*$|\s*[\w, .\[\]'\"]+=\s*(!|%)")


def percent_script(program: Program) -> str:
    """Give the notebook as a plain script of `# %%` cells: text and magics as comments, no outputs.

    The script compiles: a cell that is no Python stands there as a comment.
    """
    parts = [f"# The notebook {_plain(program.name)} as a script; magics are comments.\n"]
    parts.extend(_script_cell(cell) for cell in program.cells)
    script = "\n".join(parts)
    return script if _compiles(script) else "\n".join(_without_future(parts))


def _script_cell(cell: Cell) -> str:
    source = _unix(cell.source)
    if cell.kind != "code":
        return f"# %% [{cell.kind}]\n{_commented(source)}"
    if not _compiles(source):
        plain = "\n".join(_plain_lines(source))
        source = plain if _compiles(plain) else _commented(source).rstrip("\n")
    return f"# %%\n{source}\n" if source else "# %%\n"


def _plain_lines(source: str) -> Iterator[str]:
    """Comment the lines that look like magics, or the whole cell when its magic is no Python's."""
    lines = source.split("\n")
    foreign = re.match(r"\s*%%(?!time\b|timeit\b|capture\b|prun\b)", source)
    for line in lines:
        yield f"# {line}" if line and (foreign or _MAGIC.match(line)) else line


def _commented(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.split("\n"))


def _without_future(parts: list[str]) -> Iterator[str]:
    """Comment `__future__` imports, which no longer stand first, then cells that still fail."""
    yield parts[0]
    for part in parts[1:]:
        changed = re.sub(r"^(from __future__ import)", r"# \1", part, flags=re.MULTILINE)
        yield changed if _compiles(changed) else _commented(part)


def _compiles(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<cell>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _unix(text: str) -> str:
    """Unify line ends, so that no comment ends early; drop what no source may hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.replace("\f", " ").encode("utf-8", "replace").decode("utf-8")


def _plain(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())
