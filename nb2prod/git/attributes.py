"""Git's attributes files: one marked block in each is ours, the rest is never touched."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from pathlib import Path

from nb2prod.errors import InputError, OutputError
from nb2prod.git.repository import git, line, top

_BEGIN = "# >>> nb2prod git install >>>"
_END = "# <<< nb2prod git install <<<"
# A block that ends without a newline was put after a last line without one, and takes that newline.
_BLOCK = re.compile(
    rf"(?:{re.escape(_BEGIN)}\n(?:.*\n)*?{re.escape(_END)}\n"
    rf"|\n?{re.escape(_BEGIN)}\n(?:.*\n)*?{re.escape(_END)}\Z)"
)


def place(*, everywhere: bool = False, shared: bool = False) -> Path:
    """Return the attributes file of the repository, of the user (`everywhere`), or the tracked one.

    Raises InputError where there is none.
    """
    if shared:
        root = top()
        if root is None:
            raise InputError("--shared needs a work tree: .gitattributes is one of its files.")
        return root / ".gitattributes"
    if everywhere:
        named = line("config", "--type=path", "core.attributesFile")
        home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return Path(named) if named else Path(home) / "git" / "attributes"
    return Path(line("rev-parse", "--git-path", "info/attributes", check=True)).resolve()


def add(path: Path, text: str) -> None:
    """Put a line into our block of a file, made where it is not there. Raises OutputError."""
    old = _read(path)
    rest = _BLOCK.sub("", old)
    block = f"{_BEGIN}\n{text}\n{_END}"
    new = f"{rest}\n{block}" if rest and not rest.endswith("\n") else f"{rest}{block}\n"
    if new != old:
        _write(path, new)


def remove(path: Path) -> bool:
    """Take our block out of a file, and the file when nothing else was in it; was there one?"""
    old = _read(path)
    new = _BLOCK.sub("", old)
    if new == old:
        return False
    if new:
        _write(path, new)
    else:
        path.unlink()
    return True


def block(path: Path) -> str:
    """Return the line in our block of a file; nothing when it has none."""
    found = _BLOCK.search(_read(path))
    return found[0].strip().splitlines()[1] if found else ""


def in_effect(paths: list[str], names: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return by path the values that git takes for attributes, without those unspecified."""
    found: dict[str, dict[str, str]] = {path: {} for path in paths}
    for start in range(0, len(paths), 500):
        raw = git("check-attr", "-z", *names, "--", *paths[start : start + 500], folder=top())
        fields = os.fsdecode(raw).split("\0")
        for path, name, value in zip(fields[::3], fields[1::3], fields[2::3], strict=False):
            if value != "unspecified":
                found[path][name] = value
    return found


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return os.fsdecode(stream.read())
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {error.strerror}") from None


def _write(path: Path, text: str) -> None:
    """Replace a file at once, through a link if it is one (people keep their settings elsewhere)."""
    target = path.resolve()
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(os.fsencode(text))
        if target.exists():
            fresh.chmod(target.stat().st_mode & 0o7777)
        os.replace(fresh, target)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise OutputError(f"{path} cannot be written: {error.strerror}") from None
