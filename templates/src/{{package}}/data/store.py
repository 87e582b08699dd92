"""Where a snapshot lies: a folder, or anywhere that fsspec reaches by a URL.

What is written gets its name when all of it is there and was read back.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

_BLOCK = 1 << 20
_FLAT = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oci", "oss", "r2"}


class StoreError(Exception):
    """A place that cannot be used; the message says why, and what to do."""


class Folder:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self, name: str, mode: str) -> Any:
        """Open a file below the folder; folders on the way are made for writing."""
        path = self.root / name
        if "w" in mode:
            path.parent.mkdir(parents=True, exist_ok=True)
        return open(path, mode)

    def exists(self, name: str) -> bool:
        """Say whether a file is there."""
        return (self.root / name).is_file()

    def rename(self, old: str, new: str) -> None:
        """Give a file that was written its name."""
        os.replace(self.root / old, self.root / new)

    def remove(self, name: str) -> None:
        """Remove a file that was not finished."""
        (self.root / name).unlink()


class Remote:
    """A place that fsspec reaches: s3://, gs://, sftp:// and others."""

    def __init__(self, url: str) -> None:
        try:
            from fsspec.core import url_to_fs

            self.system, self.root = url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise StoreError(
                f"{url.partition('://')[0]}:// needs the extra [snapshot]: {error}"
            ) from error
        protocol = self.system.protocol
        protocols = {protocol} if isinstance(protocol, str) else set(protocol)
        self.is_flat = bool(protocols & _FLAT)  # no folders: none is made

    def _path(self, name: str) -> str:
        return f"{self.root.rstrip('/')}/{name}"

    def open(self, name: str, mode: str) -> Any:
        """Open a file; folders on the way are made for writing, where there are any."""
        if "w" in mode and not self.is_flat:
            self.system.makedirs(self._path(name).rpartition("/")[0], exist_ok=True)
        return self.system.open(self._path(name), mode)

    def exists(self, name: str) -> bool:
        """Say whether a file is there."""
        self.system.invalidate_cache()
        return bool(self.system.exists(self._path(name)))

    def rename(self, old: str, new: str) -> None:
        """Give a file that was written its name."""
        self.system.mv(self._path(old), self._path(new))

    def remove(self, name: str) -> None:
        """Remove a file that was not finished."""
        self.system.rm_file(self._path(name))


def store(place: str) -> Folder | Remote:
    """Return the store at a path or URL; raise StoreError when nothing reaches it."""
    return Remote(place) if "://" in place else Folder(Path(place).expanduser())


def put(target: Folder | Remote, name: str, source: BinaryIO, sha256: str) -> None:
    """Copy a stream to a new file; raise StoreError where something else arrives."""
    partial = f"{name.rpartition('/')[0]}/.partial-{secrets.token_hex(8)}".lstrip("/")
    with target.open(partial, "wb") as file:
        for block in blocks(source):
            file.write(block)
    if hash_of(target, partial) != sha256:
        target.remove(partial)
        raise StoreError(f"{name} did not arrive as it was sent")
    target.rename(partial, name)


def hash_of(target: Folder | Remote, name: str) -> str:
    """Return the SHA-256 of what is stored under a name."""
    digest = hashlib.sha256()
    with target.open(name, "rb") as file:
        for block in blocks(file):
            digest.update(block)
    return digest.hexdigest()


def blocks(source: BinaryIO) -> Iterator[bytes]:
    """Yield a stream piece by piece."""
    while block := source.read(_BLOCK):
        yield block
