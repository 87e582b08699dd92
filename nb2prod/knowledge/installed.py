"""Which installed distribution gives a module: as the metadata of this Python's libraries say."""

from __future__ import annotations

import os
import re
from functools import cache
from importlib import util


@cache
def giver(top: str, expected: str | None = None) -> str | None:
    """Name the one installed distribution that gives the top-level module `top`; nothing is imported.

    None where nothing that is installed gives the module, or several do or may (namespaces such as
    `google`). Where `expected` is installed beside the module it is that one: reading all metadata
    takes time.
    """
    try:
        found = util.find_spec(top)
    except (ImportError, ValueError):
        return None
    if found is None or found.origin is None:
        return None
    if expected and comparable(expected) in _beside(found.origin):
        return expected
    givers = set(_givers().get(top, ()))
    return givers.pop() if len(givers) == 1 else None


def _beside(origin: str) -> frozenset[str]:
    """Return the distributions whose metadata lie in the folder that a module was found in."""
    folder, file = os.path.split(origin)
    return _listed(os.path.dirname(folder) if file.startswith("__init__.") else folder)


@cache
def _listed(folder: str) -> frozenset[str]:
    try:
        names = os.listdir(folder)
    except OSError:  # of a built-in or frozen module
        return frozenset()
    return frozenset(comparable(n.partition("-")[0]) for n in names if n.endswith(".dist-info"))


def comparable(name: str) -> str:
    """Write a distribution's name as installers compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _givers() -> dict[str, list[str]]:
    from importlib import metadata  # which reads mail, and takes a while to import

    return {name: list(found) for name, found in metadata.packages_distributions().items()}
