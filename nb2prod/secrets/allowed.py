"""What a person said is no secret: comments in the notebook, settings in pyproject.toml."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MARKS = re.compile(r"nb2prod: *allow-secret|pragma: *(allow|white)list secret", re.I)
ABOVE = re.compile(r"pragma: *(allow|white)list nextline secret", re.I)
_HASH = re.compile(r"sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Secrets that are none: hashes of values, and places ("churn.ipynb:3:2", cell and line)."""

    hashes: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    problem: str = ""  # why the settings could not be read

    def allows(self, value: str, notebook: str, cell: int | None, line: int | None) -> bool:
        """Say whether a value, or the place where it stands, is allowed."""
        if (
            self.hashes
            and hashlib.sha256(value.encode("utf-8", "replace")).hexdigest() in self.hashes
        ):
            return True
        places = {f"{notebook}.ipynb:{cell}", f"{notebook}.ipynb:{cell}:{line}"}
        return cell is not None and bool(self.places & places)


def settings(folder: str | None) -> Allowed:
    """Return what `allow-secrets` of `[tool.nb2prod]` says, in a pyproject.toml here or above."""
    start = Path(folder or ".").resolve()
    for place in (start, *start.parents):
        path = place / "pyproject.toml"
        if path.is_file():
            return _read(path)
        if (place / ".git").exists():
            break
    return Allowed()


def _read(path: Path) -> Allowed:
    try:
        table: Any = tomllib.loads(path.read_text("utf-8"))
        entries = table.get("tool", {}).get("nb2prod", {}).get("allow-secrets", [])
    except (OSError, ValueError, AttributeError) as error:
        return Allowed(problem=f"{path.name} cannot be read: {type(error).__name__}")
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        return Allowed(problem="`allow-secrets` is no list of texts")
    hashes = {found[1] for entry in entries if (found := _HASH.fullmatch(entry))}
    places = {entry for entry in entries if re.fullmatch(r".+\.ipynb:\d+(:\d+)?", entry)}
    odd = [entry for entry in entries if not _HASH.fullmatch(entry) and entry not in places]
    problem = f"{len(odd)} entries of `allow-secrets` are neither a hash nor a place" if odd else ""
    return Allowed(frozenset(hashes), frozenset(places), problem)


def is_marked(lines: Sequence[str], first: int, last: int) -> bool:
    """Say whether a comment on one of the lines (from 1), or above them, says that it is no secret."""
    above = lines[first - 2] if first >= 2 else ""
    return any(MARKS.search(line) for line in lines[first - 1 : last]) or bool(ABOVE.search(above))
