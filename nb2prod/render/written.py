"""Files that the notebook wrote and that lie beside it: models, figures, tables."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from nb2prod.model import Plan
from nb2prod.render.large import LARGE
from nb2prod.render.sources import sources

FOLDER = PurePosixPath("notebooks/outputs/written")
_MOST_BYTES = 20_000_000  # of all copies
_MOST_FILES = 100
_LARGEST = 2_000_000_000  # bytes of a file that is still hashed
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\:]")


def written_files(plan: Plan) -> tuple[dict[PurePosixPath, bytes], list[dict[str, Any]]]:
    """Return copies of the files that the notebook wrote, and the entries of the index.

    A large file, or one too many, has an entry with its hash and no copy. Nothing outside the
    notebook's folder is read.
    """
    files: dict[PurePosixPath, bytes] = {}
    index = []
    for name, path, cell in _found(plan):
        size = path.stat().st_size
        entry: dict[str, Any] = {"path": name, "cell": cell, "bytes": size}
        full = len(files) >= _MOST_FILES or sum(map(len, files.values())) + size > _MOST_BYTES
        if size > LARGE or full:
            index.append({**entry, **_hashed(path, size), "left_out": True})
            continue
        data = path.read_bytes()
        files[FOLDER / name] = data
        index.append(
            {**entry, "sha256": hashlib.sha256(data).hexdigest(), "file": f"written/{name}"}
        )
    return files, index


def _found(plan: Plan) -> Iterator[tuple[str, Path, int]]:
    """Yield path below the folder, path and cell of each file; links do not lead out."""
    folder = plan.analysis.program.folder
    if folder is None:
        return
    base = Path(folder).resolve()
    seen: set[str] = set()
    for source in sources(plan):
        name = source.resolved or ""
        if source.direction == "read" or not name or source.external or name in seen:
            continue
        seen.add(name)
        path = base / name
        inside = ".." not in PurePosixPath(name).parts and not _UNSAFE.search(name)
        try:
            if inside and path.resolve().is_relative_to(base) and path.is_file():
                yield name, path, source.cell
        except (OSError, ValueError, RuntimeError):
            continue


def _hashed(path: Path, size: int) -> dict[str, str]:
    if size > _LARGEST:
        return {}
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest()}
