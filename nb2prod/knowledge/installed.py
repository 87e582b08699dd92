"""Which installed distribution gives a module: as the metadata of this Python's libraries say."""

from __future__ import annotations

from functools import cache
from importlib import metadata, util


@cache
def giver(top: str, expected: str | None = None) -> str | None:
    """Name the one installed distribution that gives the top-level module `top`; nothing is imported.

    `expected` is looked at first, for reading all metadata takes time. None where nothing that is
    installed gives the module, or several do or may (namespaces such as `google`).
    """
    try:
        found = util.find_spec(top)
    except (ImportError, ValueError):
        return None
    if found is None or found.origin is None:
        return None
    if expected and _is_installed(expected):
        return expected
    givers = set(_givers().get(top, ()))
    return givers.pop() if len(givers) == 1 else None


def _is_installed(distribution: str) -> bool:
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


@cache
def _givers() -> dict[str, list[str]]:
    return {name: list(found) for name, found in metadata.packages_distributions().items()}
