"""The project's uv.lock: made by uv where it is at hand, removed where it no longer holds."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path

LOCK = "uv.lock"


def lock(project: Path, *, timeout: float = 60.0) -> str | None:
    """Have uv write `uv.lock` into a project, from the index that uv is set up to use.

    Returns None when that is done, else a sentence that says why there is no lock. Nothing is
    raised: a project without a lock is whole. A lock that fits the project keeps its versions; one
    that does not is removed in any case.
    """
    discard_stale(project)
    uv = shutil.which("uv")
    if uv is None:
        return "There is no uv.lock, for uv is not on the PATH."
    command = [uv, "lock", "--quiet", "--project", str(project)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return f"There is no uv.lock, for uv was not done in {timeout:g} seconds; try `uv lock`."
    except OSError as error:
        return f"There is no uv.lock, for uv does not start: {error}."
    if done.returncode:
        return f"There is no uv.lock, for uv says: {' '.join(done.stderr.split())[:500]}"
    return None


def discard_stale(project: Path) -> bool:
    """Remove a lock that was made for other dependencies than pyproject.toml names; say whether."""
    path = project / LOCK
    if path.is_symlink() or not path.is_file() or _fits(project):
        return False
    path.unlink()
    return True


def _fits(project: Path) -> bool:
    """Compare what the lock was made for with what the project asks for."""
    from packaging.specifiers import SpecifierSet

    try:
        asked = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
        locked = tomllib.loads((project / LOCK).read_text("utf-8"))
        (own,) = (p for p in locked["package"] if p["source"].get("editable") == ".")
        rows = own["metadata"].get("requires-dist", ())
        made_for = [
            f"{row['name']}[{','.join(row.get('extras', ()))}]{row.get('specifier', '')}"
            for row in rows
            if "extra ==" not in row.get("marker", "")
        ]
        pythons = (SpecifierSet(toml["requires-python"]) for toml in (asked, locked))
        return len(set(pythons)) == 1 and _same(asked["dependencies"], made_for)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _same(one: Iterable[str], other: Iterable[str]) -> bool:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    def read(texts: Iterable[str]) -> set[object]:
        items = map(Requirement, texts)
        return {(canonicalize_name(r.name), frozenset(r.extras), r.specifier) for r in items}

    return read(one) == read(other)
