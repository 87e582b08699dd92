"""nb2prod made git's driver for notebooks, and taken out again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nb2prod.errors import InputError, OutputError
from nb2prod.git import attributes, entries
from nb2prod.git.entries import NAME, PARTS, Part
from nb2prod.git.repository import git, inside, line, settings
from nb2prod.git.status import Other, notebooks, others


@dataclass(frozen=True, slots=True)
class Installed:
    """What was written: parts, the settings' scope, and the file with the attributes if it was.

    `attributes` is None where they were in effect already; `others` are drivers of other tools that
    were in effect before, `remaining` those of them that still are.
    """

    parts: tuple[Part, ...]
    scope: str
    attributes: Path | None
    others: tuple[Other, ...] = ()
    remaining: tuple[Other, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out: the names of git's settings, and the attributes files."""

    settings: tuple[str, ...]
    attributes: tuple[Path, ...]


def install(
    *,
    everywhere: bool = False,
    shared: bool = False,
    merge: bool | None = None,
    clean: bool = False,
    production: bool = False,
) -> Installed:
    """Write git's settings and attributes; see `entries.settings` for what.

    Without a word about `merge` it is done unless another tool merges notebooks here. Raises
    InputError outside of a repository, OutputError when git or the system refuses.
    """
    here = inside()
    if not here and not everywhere:
        raise InputError(
            "This is no git repository; go into one, or install for all of yours with --global."
        )
    found = others() if here else ()
    if merge is None:
        merge = not any(other.part == "merge" for other in found)
    wanted = {"diff": True, "merge": merge, "filter": clean}
    parts = tuple(part for part in PARTS if wanted[part])
    scope = _scope(everywhere)
    path: Path | None = attributes.place(everywhere=everywhere, shared=shared)
    given = entries.settings(parts, production=production)
    _unset([name for name in _ours(scope) if name not in given], scope)
    for name, value in given.items():
        _set(name, value, scope)
    if here and not shared and not everywhere and path and _given(parts) and not _blocked(path):
        path = None
    if path:
        attributes.add(path, entries.attributes(parts))
    return Installed(parts, scope, path, found, others() if here else ())


def uninstall(*, everywhere: bool = False) -> Removed:
    """Take out what `install` wrote, in the repository or in the user's own settings.

    Raises InputError outside of a repository, OutputError when git or the system refuses.
    """
    here = inside()
    if not here and not everywhere:
        raise InputError("This is no git repository; --global takes it out of your own settings.")
    scope = _scope(everywhere)
    names = _ours(scope)
    _unset(names, scope)
    files = [attributes.place(everywhere=everywhere)]
    if not everywhere:
        if line("rev-parse", "--show-toplevel"):
            files.append(attributes.place(shared=True))
        if line("for-each-ref", entries.CACHE):
            git("update-ref", "-d", entries.CACHE)
    return Removed(tuple(names), tuple(path for path in files if attributes.remove(path)))


def _scope(everywhere: bool) -> str:
    return "--global" if everywhere else "--local"


def _ours(scope: str) -> list[str]:
    """Return the names of the settings that we write and that are there."""
    names = entries.settings(PARTS)
    there = settings(rf"^(diff|merge|filter)\.{NAME}\.", scope)
    return [name for name in names if name in there]


def _set(name: str, value: str, scope: str) -> None:
    try:
        git("config", scope, "--replace-all", name, value)
    except InputError as error:
        raise OutputError(f"{error}. Git's settings cannot be written.") from None


def _unset(names: list[str], scope: str) -> None:
    for name in names:
        try:
            git("config", scope, "--unset-all", name)
        except InputError as error:
            raise OutputError(f"{error}. Git's settings cannot be written.") from None


def _given(parts: tuple[Part, ...]) -> bool:
    """Do notebooks here have the attributes already, as in a project that nb2prod made?"""
    found = attributes.in_effect(notebooks(), parts)
    return all(values.get(part) == NAME for values in found.values() for part in parts)


def _blocked(path: Path) -> bool:
    return bool(attributes.block(path))
