"""Copies of a folder, for runs that may change what they find there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from nb2prod.errors import InputError

COPY_LIMIT = 2_000_000_000  # bytes; several copies exist at a time

_NOT_COPIED = (".git", ".hg", "__pycache__", ".ipynb_checkpoints", "node_modules", ".venv", "venv")
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Original:
    """What is copied: `folder` or, where there are some, only these parts of it.

    `left_out` are folders that are not; neither are environments, caches and version control.
    """

    folder: Path
    only: tuple[Path, ...] = ()  # paths below the folder
    left_out: tuple[Path, ...] = ()

    def parts(self) -> tuple[Path, ...]:
        """Return the paths below the folder that are copied, with what is in them."""
        return self.only or (Path(),)


def copy(original: Original, target: Path) -> None:
    """Copy a folder; raise InputError where that is not possible.

    Links are followed: through one, a run would change what it leads to.
    """
    ignored = _ignored(original.left_out)
    try:
        for part in original.parts():
            source, place = original.folder / part, target / part
            if source.is_file():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, place)
            elif source.is_dir():
                shutil.copytree(
                    source,
                    place,
                    ignore=ignored,
                    ignore_dangling_symlinks=True,
                    dirs_exist_ok=True,
                )
    except (OSError, shutil.Error) as error:
        reason = error.args[0][0][2] if isinstance(error, shutil.Error) else error
        raise InputError(
            f"{original.folder} cannot be copied, and a run takes place in a copy: {reason}"
        ) from error


def check_size(original: Original, limit: int) -> None:
    """Raise InputError when a copy would take more than so many bytes."""
    size, largest = 0, (0, Path())
    for path, bytes_ in _sizes(original):
        size, largest = size + bytes_, max(largest, (bytes_, path))
        if size > limit:
            name = os.path.relpath(largest[1], original.folder)
            raise InputError(
                f"{original.folder} is larger than {shown(limit)} (in it {name}, "
                f"{shown(largest[0])}), and every run takes place in a copy of it: --copy-limit "
                "admits more, --folder names a smaller folder."
            )


def shown(size: int) -> str:
    """Return a number of bytes as people write it."""
    number, unit = float(size), 0
    while number >= 1000 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:.3g} {_UNITS[unit]}"


def _sizes(original: Original) -> Iterator[tuple[Path, int]]:
    """Yield the files that are copied, with their sizes."""
    ignored = _ignored(original.left_out)
    for part in original.parts():
        source = original.folder / part
        if source.is_file():
            yield source, source.stat().st_size
        for here, folders, files in os.walk(source, followlinks=True):
            out = ignored(here, [*folders, *files])
            folders[:] = [name for name in folders if name not in out]
            for path in (Path(here, name) for name in files if name not in out):
                if path.is_file():  # no dangling link
                    yield path, path.stat().st_size


def _ignored(left_out: Collection[Path]) -> Callable[[str, list[str]], set[str]]:
    """Return what says which names of a folder are not copied."""
    apart = {path.resolve() for path in left_out}

    def ignored(folder: str, names: list[str]) -> set[str]:
        here = Path(folder)
        return {name for name in names if name in _NOT_COPIED or _is_apart(here / name)}

    def _is_apart(path: Path) -> bool:
        real = path.resolve()
        endless = path.is_symlink() and path.parent.resolve().is_relative_to(real)
        return endless or real in apart or (path / "pyvenv.cfg").exists()

    return ignored
