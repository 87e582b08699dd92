"""What changes in production, for people: in a terminal, and in Markdown for a pull request."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from nb2prod.git import driver
from nb2prod.git.production import GROUPS, Difference, ProductionDiff

_ONE = {
    "functions": "function",
    "parameters": "parameter",
    "settings": "setting",
    "sources": "data",
    "dependencies": "dependency",
    "hazards": "hazard",
}
_TITLES = {
    "functions": "Functions",
    "parameters": "Parameters",
    "settings": "Constants and settings",
    "sources": "Data",
    "dependencies": "Dependencies",
    "hazards": "Hazards",
}
_LONGEST = 160  # characters of a name or value
_MOST_LINES = 60  # of code, for one function
_MOST_NOTEBOOKS = 50
_LARGEST = 60_000  # characters: GitHub takes comments of 65,536


def text(found: ProductionDiff, style: driver.Style, *, header: bool = True) -> str:
    """Return it in the form of the notebooks' own diffs."""
    paper = driver.Paper(style)
    if header:
        paper.put("meta", f"{found.path}: what changes in production")
    if found.problem:
        paper.cell("production", found.problem)
    elif not found.differences:
        paper.cell("production", "nothing changes")
    for difference in found.differences:
        about = f", {difference.detail}" if difference.detail else ""
        what = f"{_ONE[difference.group]} {difference.change}: {difference.name}{about}"
        paper.cell("production", " ".join(what.split()))
        _code(difference.lines, paper)
    return "".join(f"{line}\n" for line in paper.lines)


def _code(lines: Sequence[str], paper: driver.Paper) -> None:
    for unchanged, group in itertools.groupby(lines, lambda line: line[:1] not in ("-", "+")):
        block = list(group)
        if unchanged:
            for line in block:
                paper.put("context", line)
        else:
            paper.block(
                [line[1:] for line in block if line[0] == "-"],
                [line[1:] for line in block if line[0] == "+"],
            )


def markdown(found: Sequence[ProductionDiff]) -> str:
    """Return a page about several notebooks that fits into a comment of a pull request.

    Whatever comes from a notebook stands in code, so it is no link, no mention and no HTML.
    """
    parts = ["## What changes in production\n"]
    if not found:
        parts.append("No notebook changed.\n")
    size = 0
    for number, each in enumerate(found):
        part = "\n".join(_notebook(each)) + "\n"
        size += len(part)
        if number >= _MOST_NOTEBOOKS or size > _LARGEST:
            parts.append(f"... and {len(found) - number} more notebooks.\n")
            break
        parts.append(part)
    return "\n".join(parts)


def _notebook(found: ProductionDiff) -> Iterator[str]:
    yield f"### {code(found.path)}{_fate(found)}\n"
    if found.problem:
        yield f"Not known: {code(found.problem)}"
    elif not found.differences:
        yield "Nothing changes in the package."
    for group in GROUPS:
        rows = [d for d in found.differences if d.group == group]
        if rows:
            yield f"**{_TITLES[group]}**\n"
            for row in rows:
                yield from _row(row)
            yield ""


def _fate(found: ProductionDiff) -> str:
    if found.old is None:
        return " (new)"
    if found.new is None:
        return " (deleted)"
    return f" (was {code(found.old)})" if found.old != found.new else ""


def _row(row: Difference) -> Iterator[str]:
    yield f"- {row.change} {code(row.name)}" + (f": {code(row.detail)}" if row.detail else "")
    if row.lines:
        lines = [driver.visible(line) for line in row.lines[:_MOST_LINES]]
        if len(row.lines) > _MOST_LINES:
            lines.append(" ...")
        fence = "`" * max(3, _longest_run("\n".join(lines)) + 1)
        yield f"  {fence}diff"
        yield from (f"  {line}" for line in lines)
        yield f"  {fence}"


def code(text: str) -> str:
    """Return a text as inline code of Markdown, on one line."""
    text = " ".join(driver.visible(text).split())
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    if not text:
        return "` `"
    fence = "`" * (_longest_run(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
