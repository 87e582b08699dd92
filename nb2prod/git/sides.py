"""What two arguments of `nb2prod diff` name: files, `REVISION:PATH`, or revisions."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nb2prod.errors import InputError
from nb2prod.git.repository import (
    Version,
    blob,
    changed,
    commit,
    inside,
    line,
    skipped,
    top,
    work_tree,
)

Pair = tuple[Version, Version]


@dataclass(frozen=True, slots=True)
class _Commit:
    name: str
    hash: str


def pairs(arguments: Sequence[str]) -> list[Pair]:
    """Return both versions of each notebook that the arguments ask for, none to two of them.

    Two files; a file alone is compared with the last commit, `REVISION:PATH` alone with the work
    tree. Revisions stand for all notebooks that differ between them, or, one alone, between it and
    the work tree; `A..B` and `A...B` mean what they mean to git. A revision beside a file is that
    file in it. Raises InputError for what is none of these.
    """
    absent = arguments[0] if len(arguments) == 1 and not Path(arguments[0]).exists() else ""
    if ".." in absent.partition(":")[0]:
        return _range(absent)
    files = len(arguments) == 2 and all(Path(argument).is_file() for argument in arguments)
    if absent and blob(f"HEAD:./{absent}"):  # deleted since
        return [(_in_commit(_Commit("HEAD", "HEAD"), absent), Version(absent, None))]
    match [_side(argument, as_it_is=files) for argument in arguments or ["HEAD"]]:
        case [_Commit() as old]:
            return list(changed(old.hash, None))
        case [_Commit() as old, _Commit() as new]:
            return list(changed(old.hash, new.hash))
        case [Version() as only]:
            return [_alone(only, arguments[0])]
        case [_Commit() as old, Version() as file]:
            return [(_in_commit(old, file.path), file)]
        case [Version() as file, _Commit() as new]:
            return [(file, _in_commit(new, file.path))]
        case [Version() as old, Version() as new]:
            return [(old, new)]
    raise InputError("Give two notebooks, two revisions, or one of them.")


def _range(text: str) -> list[Pair]:
    old, dots, new = text.partition("..." if "..." in text else "..")
    found = {name: commit(name) for name in (old or "HEAD", new or "HEAD")}
    for name, hash in found.items():
        if not hash:
            raise _unknown(name)
    first, second = (found[name or "HEAD"] or "" for name in (old, new))
    if dots == "...":
        first = line("merge-base", first, second)
        if not first:
            raise InputError(f"The revisions of {text} have no common ancestor here.")
    return list(changed(first, second))


def _side(argument: str, *, as_it_is: bool) -> Version | _Commit:
    if argument == os.devnull:
        return Version(argument, None)
    path = Path(argument)
    if path.is_file():
        try:
            return Version(argument, path.read_bytes() if as_it_is else work_tree(path))
        except OSError as error:
            raise InputError(f"{argument} cannot be read: {error.strerror}.") from None
    found = blob(argument)
    if found:
        return found
    hash = commit(argument)
    if hash:
        return _Commit(argument, hash)
    raise _unknown(argument)


def _unknown(argument: str) -> InputError:
    """Return what to say of an argument that is nothing here, and what to do instead."""
    revision, colon, path = argument.partition(":")
    if Path(argument).is_dir():
        said = f"{argument or '.'} is a folder: name a notebook in it, or a revision for all of it."
    elif not inside():
        said = f"There is no file {argument!r} here, and no git repository: name two notebooks."
    elif not commit("HEAD") and not path:
        said = "This repository has no commit yet: name two notebooks."
    elif path and (not revision or commit(revision)):
        said = (
            f"{revision or 'The index'} has no file {path}: paths after the colon start at the root "
            "of the repository, or with ./ at this folder."
        )
    elif not colon and argument.endswith(".ipynb"):
        last = f"HEAD:./{argument}"
        step = f"{last} is that of the last commit" if blob(last) else "`git ls-files` lists others"
        said = f"There is no file {argument}: {step}."
    else:
        said = (
            f"There is no file and no revision {revision!r} here: `git log --oneline` and "
            "`git branch -a` list the revisions."
        )
    return InputError(said)


def _alone(version: Version, argument: str) -> Pair:
    """Pair a file with itself in the last commit, or one of a commit with that of the work tree."""
    if Path(argument).is_file():
        return _in_commit(_Commit("HEAD", "HEAD"), argument), version
    place = (top() or Path()) / version.path
    try:
        return version, Version(version.path, work_tree(place))
    except OSError:
        stored = blob(f":{version.path}") if skipped(version.path) else None
        return version, stored or Version(version.path, None)


def _in_commit(of: _Commit, path: str) -> Version:
    root = top()
    if root is None:
        raise InputError(f"{path} is in no git repository: name a second notebook.")
    place = Path(path).absolute()
    there = Path(os.path.relpath(place.parent.resolve() / place.name, root.resolve())).as_posix()
    found = blob(f"{of.hash}:{there}")
    return found or Version(there, None)
