"""A package put on disk: all of it or nothing, and never over what nb2prod did not write.

`.nb2prod/manifest.json` in the project records the SHA-256 of every file that was written. What is
there and still has that hash is ours to replace; everything else is the user's.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from nb2prod import __version__
from nb2prod.difference import file_diff
from nb2prod.errors import InternalError, OutputError
from nb2prod.model import Package
from nb2prod.secrets.check import without_secrets

MANIFEST = PurePosixPath(".nb2prod/manifest.json")
Kind = Literal["add", "replace", "remove", "unchanged", "keep", "conflict"]
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f\\]|^[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Change:
    """What writing would do with one file; `reason` says why a conflict is one."""

    path: PurePosixPath
    kind: Kind
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What was done with each file below `root`; `kept` were ours once, and edited since."""

    root: Path
    added: tuple[PurePosixPath, ...] = ()
    replaced: tuple[PurePosixPath, ...] = ()
    removed: tuple[PurePosixPath, ...] = ()
    unchanged: tuple[PurePosixPath, ...] = ()
    kept: tuple[PurePosixPath, ...] = ()


def write(package: Package, output: Path, *, force: bool = False) -> WriteReport:
    """Write a package into the folder `output`, making it where it is not there.

    Raises OutputError, with nothing changed, when that would lose a file that nb2prod did not write
    or that was edited since (`force` replaces those that the package has, and no others), when a
    symbolic link is in the way, or when the system refuses.
    """
    files = _files(package)
    root = _root(output)
    planned = _changes(files, root, force=force)
    conflicts = [
        f"{change.path} {change.reason}" for change in planned if change.kind == "conflict"
    ]
    if conflicts:
        raise OutputError(
            f"{output}: {'; '.join(conflicts)}. Nothing was written; --force replaces the files of"
            " the package, never others, and never through a link."
        )
    try:
        if root.exists():
            _update(root, files, planned)
        else:
            _create(root, files)
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error}. Nothing was changed.") from error
    return _report(root, planned)


def changes(package: Package, output: Path, *, force: bool = False) -> tuple[Change, ...]:
    """Say what `write` would do with every file; raise OutputError where `output` cannot be one."""
    return _changes(_files(package), _root(output), force=force)


def diff(package: Package, output: Path) -> str:
    """Give the unified diff from what is in `output` to the package; raise OutputError as above."""
    return "".join(differences(package, output).values())


def differences(package: Package, output: Path) -> dict[PurePosixPath, str]:
    """Give the unified diff of every file that changes, the manifest aside."""
    files = _files(package)
    root = _root(output)
    found: dict[PurePosixPath, str] = {}
    for change in _changes(files, root, force=False):
        if change.kind in ("unchanged", "keep") or change.path == MANIFEST:
            continue
        there = root.joinpath(change.path)
        plain = not _obstacle(root, change.path) and there.is_file() and not there.is_symlink()
        old = there.read_bytes() if plain else None
        new = None if change.kind == "remove" else files[change.path]
        found[change.path] = "".join(file_diff(change.path, old, new))
    return found


def _files(package: Package) -> dict[PurePosixPath, bytes]:
    """Check the package's paths, let no secret through, and add the hashes to its manifest."""
    for path in package.files:
        text = str(path)
        if path.is_absolute() or not path.parts or ".." in path.parts or _UNSAFE_NAME.search(text):
            raise InternalError(f"a generated file would lie outside the project: {text!r}")
        if any(parent in package.files for parent in path.parents):
            raise InternalError(f"a generated file would lie in another file: {text!r}")
    files = without_secrets(package.files, package.plan.analysis.program.secrets)
    manifest = json.loads(files.pop(MANIFEST, b"{}"))
    manifest["nb2prod"] = __version__
    manifest["files"] = {str(path): _hash(files[path]) for path in sorted(files)}
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False)
    return {**files, MANIFEST: f"{text}\n".encode()}


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _root(output: Path) -> Path:
    """Follow a link only when it is the output folder itself, as the user named it."""
    try:
        root = output.resolve() if output.is_symlink() else Path(os.path.abspath(output))
        if root.exists() and not root.is_dir():
            raise OutputError(f"{output} is a file; --output names a folder")
    except (OSError, RuntimeError) as error:
        raise OutputError(f"{output} cannot be used: {error}") from error
    return root


def _changes(
    files: Mapping[PurePosixPath, bytes], root: Path, *, force: bool
) -> tuple[Change, ...]:
    hashes = _recorded(root)
    try:
        wanted = [_change(root, path, data, hashes, force) for path, data in sorted(files.items())]
        obsolete = [_obsolete(root, path, hashes) for path in sorted(set(hashes) - set(files))]
    except OSError as error:
        raise OutputError(f"{root} cannot be read: {error}") from error
    return (*wanted, *(change for change in obsolete if change))


def recorded(manifest: bytes) -> dict[PurePosixPath, str]:
    """Return the hashes of what was written before; anything odd in them counts as not ours."""
    try:
        told: Any = json.loads(manifest)["files"]
        hashes = {PurePosixPath(name): str(digest) for name, digest in told.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    inside = {
        name: digest
        for name, digest in hashes.items()
        if name.parts and not name.is_absolute() and ".." not in name.parts
    }
    return {**inside, MANIFEST: _hash(manifest)}


def _recorded(root: Path) -> dict[PurePosixPath, str]:
    path = root / MANIFEST
    if path.is_symlink() or path.parent.is_symlink() or not path.is_file():
        return {}
    try:
        return recorded(path.read_bytes())
    except OSError:
        return {}


def _change(
    root: Path, path: PurePosixPath, data: bytes, hashes: Mapping[PurePosixPath, str], force: bool
) -> Change:
    obstacle = _obstacle(root, path)
    if obstacle:
        return Change(path, "conflict", obstacle)
    place = root / path
    if place.is_symlink():
        return Change(path, *(("replace",) if force else ("conflict", "is a symbolic link")))
    if not place.exists():
        return Change(path, "add")
    current = place.read_bytes()
    if current == data:
        return Change(path, "unchanged")
    if force or hashes.get(path) == _hash(current):
        return Change(path, "replace")
    reason = "was edited since nb2prod wrote it" if path in hashes else "was not written by nb2prod"
    return Change(path, "conflict", reason)


def _obstacle(root: Path, path: PurePosixPath) -> str:
    """Say what keeps a file from being at a path, even by force: a link, a file for a folder."""
    for parent in list(path.parents)[-2::-1]:
        try:
            mode = (root / parent).lstat().st_mode
        except FileNotFoundError:
            return ""
        if stat.S_ISLNK(mode):
            return f"lies behind the symbolic link {parent}"
        if not stat.S_ISDIR(mode):
            return f"needs a folder where the file {parent} is"
    place = root / path
    if not place.is_symlink() and place.exists() and not place.is_file():
        return "is a folder or no ordinary file"
    return ""


def _obsolete(
    root: Path, path: PurePosixPath, hashes: Mapping[PurePosixPath, str]
) -> Change | None:
    """Remove what an older package had, unless it was edited."""
    place = root / path
    if _obstacle(root, path) or place.is_symlink() or not place.exists():
        return None
    return Change(path, "remove" if _hash(place.read_bytes()) == hashes[path] else "keep")


def _create(root: Path, files: Mapping[PurePosixPath, bytes]) -> None:
    """Make the tree beside its place, then move it there in one step."""
    with contextlib.ExitStack() as undo:
        for folder in _missing_parents(root):
            folder.mkdir()
            undo.callback(_try, folder.rmdir)
        staging = root.parent / f".{root.name}.{secrets.token_hex(4)}"
        staging.mkdir()
        undo.callback(shutil.rmtree, staging, ignore_errors=True)
        for path, data in files.items():
            _put(staging / path, data)
        os.rename(staging, root)
        undo.pop_all()


def _missing_parents(root: Path) -> list[Path]:
    missing = []
    for parent in root.parents:
        if parent.exists():
            break
        missing.append(parent)
    return missing[::-1]


def _update(root: Path, files: Mapping[PurePosixPath, bytes], planned: tuple[Change, ...]) -> None:
    """Change the files of an existing folder, the manifest last; undo all after a failure."""
    staging = root / f".nb2prod-{secrets.token_hex(4)}"
    staging.mkdir()
    try:
        with contextlib.ExitStack() as undo:
            todo = [change for change in planned if change.kind in ("add", "replace", "remove")]
            todo.sort(key=lambda change: change.path == MANIFEST)
            fresh = [staging / f"new{number}" for number in range(len(todo))]
            for change, place in zip(todo, fresh, strict=True):
                if change.kind != "remove":
                    _put(place, files[change.path])
            for number, (change, place) in enumerate(zip(todo, fresh, strict=True)):
                _apply(root / change.path, change, place, staging / f"old{number}", undo)
            undo.pop_all()
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    for change in planned:
        if change.kind == "remove":
            _prune((root / change.path).parent, root)


def _apply(
    target: Path, change: Change, fresh: Path, kept: Path, undo: contextlib.ExitStack
) -> None:
    """Put one file into place; push what takes it back."""
    for folder in _missing_parents(target):
        folder.mkdir()
        undo.callback(_try, folder.rmdir)
    if change.kind == "add":
        os.rename(fresh, target)
        undo.callback(_try, target.unlink)
        return
    if change.kind == "remove":
        os.replace(target, kept)
    else:  # at no moment is there no file
        shutil.copy2(target, kept, follow_symlinks=False)
        os.replace(fresh, target)
    undo.callback(os.replace, kept, target)


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _try(action: Callable[[], object]) -> None:
    with contextlib.suppress(OSError):
        action()


def _prune(folder: Path, root: Path) -> None:
    """Remove folders that became empty."""
    while folder != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _report(root: Path, planned: tuple[Change, ...]) -> WriteReport:
    def of(kind: Kind) -> tuple[PurePosixPath, ...]:
        return tuple(change.path for change in planned if change.kind == kind)

    return WriteReport(root, of("add"), of("replace"), of("remove"), of("unchanged"), of("keep"))
