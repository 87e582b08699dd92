"""The table distributions.toml: import names, distributions, and which versions suit a notebook.

Only the rows that a notebook asks for are parsed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from nb2prod.knowledge.installed import giver

_TABLE = Path(__file__).with_name("distributions.toml")
_HEADER = re.compile(r"^(?=\[)", re.MULTILINE)
_OF = re.compile(r'^of\s*=\s*"(.+)"', re.MULTILINE)

Row = Mapping[str, Any]


def distribution_of(module: str) -> str | None:
    """Name the distribution that gives a module: of those installed here, else by the table.

    None where no distribution is needed, and where none is known: one that merely has the module's
    name may be somebody else's. `module` may be dotted, and end in the name of what is imported
    from it.
    """
    top = module.partition(".")[0]
    parts = module.split(".")
    prefixes = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    if needs_none(module) or top in _one("without")["without"]["own"]:
        return None
    known = _one("distribution")["distribution"]
    row = next((prefix for prefix in prefixes if prefix in known), None)
    if row and "." in row:  # a part of what several distributions give together
        return str(known[row])
    named = known[row] if row else None
    if named is None and top in _one("plain")["plain"]["names"]:
        named = canonical(top)
    found = giver(top, named)
    return canonical(found) if found else named


def needs_none(module: str) -> bool:
    """Say whether nothing is to be installed for a module: it comes with Python or with the place."""
    top = module.partition(".")[0]
    without = _one("without")["without"]
    names = (*without["platform"], *without["python2"], *without["removed"])
    return (
        not top
        or top.startswith("_")
        or top in sys.stdlib_module_names
        or any(module == name or module.startswith(f"{name}.") for name in names)
    )


def is_known(module: str) -> bool:
    """Say whether a module is of Python or a library, and so no file beside the notebook."""
    top = module.partition(".")[0]
    without = _one("without")["without"]
    return (
        top in sys.stdlib_module_names
        or top in _libraries()
        or any(top in without[kind] for kind in ("platform", "python2", "removed"))
    )


def canonical(name: str) -> str:
    """Write a distribution's name in one way: hyphens, and the case of the tables."""
    plain = re.sub(r"[-_.]+", "-", name)
    return _spelling().get(plain.lower(), plain)


def is_tool(distribution: str) -> bool:
    """Say whether a notebook installs a distribution for its own sake."""
    return distribution.lower() in _one("tools")["tools"]["names"]


@cache
def substitutes(distribution: str) -> Sequence[str]:
    """Give the distributions with the same modules, one of which somebody may have instead."""
    groups = _one("same")["same"]["groups"]
    return [n for group in groups if distribution in group for n in group if n != distribution]


@cache
def library(distribution: str) -> Row | None:
    """Give the known releases of a distribution: `releases`, `first` and `last` by Python."""
    for chunk in _chunks():
        if chunk.startswith(f"[library.{distribution}]"):
            row: Row = tomllib.loads(chunk)["library"][distribution]
            return row
    return None


@cache
def eras() -> Sequence[Row]:
    """Give the sets of ranges that were in use together, oldest first."""
    return _all("era")


@cache
def companions() -> Sequence[Row]:
    """Give what old releases need of other libraries without saying so."""
    return _all("companion")


@cache
def engines() -> Sequence[Row]:
    """Give calls with the distribution that they need and nobody imports."""
    return _all("engine")


@cache
def limits(distribution: str) -> Sequence[Row]:
    """Give the calls that some versions of a distribution lack."""
    return _of("limit", distribution)


@cache
def printed() -> Sequence[Row]:
    """Give what only some versions of a distribution print."""
    return _all("warning")


@cache
def _chunks() -> tuple[str, ...]:
    return tuple(_HEADER.split(_TABLE.read_text("utf-8")))


@cache
def _one(name: str) -> dict[str, Any]:
    return tomllib.loads(next(chunk for chunk in _chunks() if chunk.startswith(f"[{name}]")))


def _all(name: str) -> Sequence[Row]:
    text = "".join(chunk for chunk in _chunks() if chunk.startswith(f"[[{name}]]"))
    rows: Sequence[Row] = tomllib.loads(text)[name]
    return rows


def _of(name: str, distribution: str) -> Sequence[Row]:
    chunks = [chunk for chunk in _chunks() if chunk.startswith(f"[[{name}]]")]
    wanted = [c for c in chunks if (found := _OF.search(c)) and found[1] == distribution]
    return tomllib.loads("".join(wanted))[name] if wanted else ()


@cache
def _libraries() -> frozenset[str]:
    named = {name.partition(".")[0] for name in _one("distribution")["distribution"]}
    return frozenset({*_one("plain")["plain"]["names"], *named})


@cache
def _spelling() -> dict[str, str]:
    return {name.lower(): name for name in _one("distribution")["distribution"].values()}
