"""Whether the built assets of the lab extension are those of its sources.

The assets are committed, so that a checkout installs without node. `python -m nb2prod.jupyter.assets`
ends a build: it writes the hash of the sources beside them. A test compares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

LAB = Path(__file__).with_name("lab")  # the sources, in a checkout
ASSETS = Path(__file__).with_name("labextension")
HASH = "source.sha256"
_FOLDERS = ("src", "style", "schema")
_FILES = ("package.json", "package-lock.json", "tsconfig.json")


def source_hash(lab: Path = LAB) -> str:
    """Return the SHA-256 of the sources: their paths in order, and what is in them.

    Ends of lines do not count: a checkout may change them.
    """
    digest = hashlib.sha256()
    for path in sorted(_sources(lab), key=lambda path: path.relative_to(lab).as_posix()):
        data = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(lab).as_posix()}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def built_hash(assets: Path = ASSETS) -> str:
    """Return the hash of the sources that the assets were built from."""
    return (assets / HASH).read_text("ascii").strip()


def _sources(lab: Path) -> Iterator[Path]:
    yield from (lab / name for name in _FILES)
    for folder in _FOLDERS:
        yield from (path for path in (lab / folder).rglob("*") if path.is_file())


if __name__ == "__main__":
    (ASSETS / HASH).write_text(source_hash() + "\n", "ascii")
    print(f"{ASSETS / HASH}: {source_hash()}")
