"""Where a file of data is kept in a snapshot, and what may be restored from one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\:]")
_CODE = (".py", ".pyc", ".pyd", ".pth", ".so", ".dll", ".exe", ".sh", ".bat")


def kept(path: str) -> str:
    """Return the path below the data root under which a file is kept.

    That of a file which lies there already; `outside/...` for those of other folders
    (`up` for each folder above, `home`, `root`) and of the network (`web`).
    """
    if "://" in path:
        url = urlsplit(path)
        parts = ["web", url.hostname or "host", *url.path.split("/")]
    else:
        drive = re.match(r"[A-Za-z]:|\\\\", path)
        plain = path.replace("\\", "/") if drive else path
        home = plain.split("/")[0] == "~"  # what `..` means below it is not known here
        parts = (plain if home else posixpath.normpath(plain)).split("/")
        if parts[0] not in ("", "..", "~") and not drive:
            return "/".join(parts)
        names = {"": "root", "..": "up", "~": "home"}
        parts = [names.get(part, part) for part in parts]
    return "/".join(["outside", *(_UNSAFE.sub("_", part) for part in parts if part)])


def is_safe(path: str) -> bool:
    """Say whether a path from an index stays below the folder that it is joined to."""
    parts = path.split("/")
    return not _UNSAFE.search(path) and not {"", ".", ".."}.intersection(parts)


def belongs(path: str, location: str, files: Iterable[str]) -> bool:
    """Say whether a path from an index is one of a source: nothing else is restored."""
    if path in {kept(name) for name in files if name[-1] != "/"}:
        return True
    if path.endswith(_CODE) or any(part[0] == "." for part in path.split("/")):
        return False
    for place in (location, *(name for name in files if name[-1] == "/")):
        start = kept(place.rstrip("/")) if place else ""
        inner = start and (start == "." or path.startswith(f"{start}/"))
        if inner or path == start or (start and fnmatchcase(path, start)):
            return True
    return False


def target_of(root: Path, path: str) -> Path:
    """Return where a path leads; raise ValueError where a link leads out."""
    target = root / PurePosixPath(path)
    if root.resolve() not in (target.resolve(), *target.resolve().parents):
        raise ValueError(f"{path} leads out of {root}")
    return target
