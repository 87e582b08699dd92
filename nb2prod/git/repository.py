"""Git as nb2prod uses it: questions to the `git` command, and the notebooks of revisions."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nb2prod.errors import InputError
from nb2prod.git.clean import clean

_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a notebook: its path as git names it, and its bytes; None where there is none."""

    path: str
    data: bytes | None


def git(*arguments: str, folder: Path | None = None, check: bool = True) -> bytes:
    """Return what a git command prints. Raises InputError when it fails, unless not to `check`."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise InputError("There is no `git` command on this machine; install git.") from None
    except subprocess.TimeoutExpired:
        raise InputError(f"git {arguments[0]} took more than {_SECONDS} s.") from None
    if check and done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise InputError(f"git {arguments[0]}: {said[0] if said else 'failed'}")
    return done.stdout if not done.returncode else b""


def line(*arguments: str, folder: Path | None = None, check: bool = False) -> str:
    """Return the one line that a git command prints, or nothing when it fails."""
    return os.fsdecode(git(*arguments, folder=folder, check=check)).rstrip("\n")


def inside() -> bool:
    """Is there a repository here, with or without a work tree?

    Raises InputError where there is one that git does not open, such as somebody else's.
    """
    try:
        return bool(line("rev-parse", "--git-dir", check=True))
    except InputError as error:
        if "not a git repository" in str(error):
            return False
        raise


def top() -> Path | None:
    """Return the root of the work tree; None where there is none."""
    found = line("rev-parse", "--show-toplevel")
    return Path(found) if found else None


def commit(name: str) -> str | None:
    """Return the hash of the commit that a name stands for, if it is one."""
    if name.startswith("-"):
        return None
    return (
        line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}") or None
    )


def blob(name: str) -> Version | None:
    """Return the file that `REVISION:PATH` names, if it is one."""
    if name.startswith("-") or ":" not in name:
        return None
    found = line("rev-parse", "--verify", "--quiet", "--end-of-options", name)
    if not found or line("cat-file", "-t", found) != "blob":
        return None
    path = name.partition(":")[2]
    if path.startswith("."):  # from the folder that we are in
        path = os.path.normpath(os.path.join(line("rev-parse", "--show-prefix"), path))
    return Version(path, _content(found, path))


def _content(hash: str, path: str) -> bytes:
    """Return the bytes of a file in git as a checkout would write them: the file behind a pointer of
    Git LFS, in the encoding of the work tree; as they are where a filter of the user's fails."""
    filtered = git("cat-file", "--filters", f"--path={path}", hash, check=False)
    return filtered or git("cat-file", "blob", hash)


def work_tree(path: Path) -> bytes:
    """Return a file of the work tree, as `git add` would store it where our filter is in charge.

    Raises OSError when it cannot be read.
    """
    data = path.read_bytes()
    filtered = line("check-attr", "-z", "filter", "--", str(path)).endswith("\0nb2prod\0")
    return clean(data) if filtered and settings(r"^filter\.nb2prod\.process$") else data


def skipped(path: str) -> bool:
    """Does a sparse checkout leave this file out? The path is seen from the root."""
    return line("ls-files", "-t", "--", path, folder=top()).startswith("S ")


def changed(old: str, new: str | None) -> Iterator[tuple[Version, Version]]:
    """Yield both versions of every notebook that differs between a commit and another.

    Without `new`, between the commit and the work tree.
    """
    how = ["--raw", "-z", "-M", "--no-abbrev", "--no-relative"]
    raw = git("diff", *how, *filter(None, (old, new)), "--")
    root = top() or Path()
    fields = iter(os.fsdecode(raw).split("\0"))
    for head in fields:
        if not head:
            return
        modes = head.removeprefix(":").split(" ")
        path = next(fields)
        target = next(fields) if modes[4][0] in "RC" else path
        if not any(name.endswith(".ipynb") for name in (path, target)) or modes[4] == "U":
            continue  # what is in conflict is told a second time, as what stands in the work tree
        if not any(mode.startswith("100") for mode in modes[:2]):
            continue  # a link or a submodule of that name
        yield (
            Version(path, _stored(modes[2], modes[0], path, None)),
            Version(target, _stored(modes[3], modes[1], target, root / target)),
        )


def _stored(hash: str, mode: str, path: str, place: Path | None) -> bytes | None:
    """Return the bytes of one side of a raw diff: an unknown hash is a file of the work tree."""
    if not mode.startswith("100"):
        return None
    if set(hash) != {"0"}:
        return _content(hash, path)
    try:
        return work_tree(place) if place and not place.is_symlink() else None
    except OSError as error:
        raise InputError(f"{place} cannot be read: {error.strerror}") from None


def settings(pattern: str, *scope: str) -> Mapping[str, str]:
    """Return git's settings whose names match, in one scope (`--local`) or as they are in effect."""
    found = {}
    for entry in git("config", *scope, "-z", "--get-regexp", pattern, check=False).split(b"\0"):
        name, _, value = os.fsdecode(entry).partition("\n")
        if name:
            found[name] = value
    return found
