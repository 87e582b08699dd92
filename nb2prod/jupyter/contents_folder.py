"""A folder that a contents manager keeps on no disk of ours: in a database, in an object store."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_server.utils import ensure_async
from tornado.web import HTTPError

_MANIFEST = ".nb2prod/manifest.json"  # that of nb2prod.write, which takes a second to import
Files = Mapping[PurePosixPath, bytes]


class ContentsFolder:
    """A folder by its path in the Contents API; its files are copied to the disk and back."""

    def __init__(self, contents: Any, path: str) -> None:
        self._contents = contents
        self.path = path.strip("/")

    async def is_free(self) -> bool:
        """Is nothing there, or a package of ours?"""
        if not await self._is_folder(self.path):
            return not await self._is_file(self.path)
        if await self._is_file(self._address(_MANIFEST)):
            return True
        model = await ensure_async(self._contents.get(self.path, type="directory"))
        return not model["content"]

    async def manifest(self) -> str | None:
        """Return the manifest of the package that is there, None where there is none.

        Raises HTTPError when the folder is a file, or lies in one.
        """
        path = PurePosixPath(self.path)
        for folder in map(str, (path, *path.parents[:-1])):
            if await self._is_file(folder):
                raise HTTPError(409, f"{folder} is a file. Choose another folder.")
        data = await self._read(self._address(_MANIFEST))
        return None if data is None else data.decode("utf-8", "replace")

    async def copy(self, paths: Iterable[str], root: Path) -> Files:
        """Copy what is at these paths to a folder of the disk, and return it.

        What is a folder here, or a file where a path has a folder, is so in the copy, too.
        """
        inside = [PurePosixPath(path) for path in paths]
        above = {parent for path in inside for parent in path.parents} - {PurePosixPath()}
        found: dict[PurePosixPath, bytes] = {}
        for path in (*sorted(above), *inside):
            place = root / path
            if place.exists() or any(parent in found for parent in path.parents):
                continue
            data = await self._read(self._address(path))
            if data is not None:
                found[path] = data
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
            elif await self._is_folder(self._address(path)):
                place.mkdir(parents=True)
        return found

    async def store(self, root: Path, before: Files) -> None:
        """Make the folder what its copy has become; `before` is what was copied.

        Raises HTTPError when the contents manager refuses. What was done until then is undone, as far
        as it lets us.
        """
        files = [path for path in root.rglob("*") if path.is_file()]
        after = {PurePosixPath(p.relative_to(root).as_posix()): p.read_bytes() for p in files}
        changed = [path for path, data in after.items() if before.get(path) != data]
        changed.sort(key=lambda path: (str(path) == _MANIFEST, path))  # it says what is ours
        done: list[tuple[str, bytes | None]] = []  # what was there before, the last one last
        try:
            for path in changed:
                await self._make(PurePosixPath(self._address(path)).parent, done)
                done.append((self._address(path), before.get(path)))
                await self._save(self._address(path), after[path])
            for path in before.keys() - after.keys():
                done.append((self._address(path), before[path]))
                await ensure_async(self._contents.delete(self._address(path)))
        except Exception as error:
            said = getattr(error, "log_message", None) or str(error) or type(error).__name__
            left = [path for path, data in done[::-1] if not await self._restored(path, data)]
            state = f"Look at {', '.join(left)}" if left else "Nothing was changed"
            raise HTTPError(409, f"{self.path} cannot be written: {said}. {state}.") from error

    async def _make(self, folder: PurePosixPath, done: list[tuple[str, bytes | None]]) -> None:
        for path in map(str, [folder, *folder.parents][-2::-1]):
            if not await ensure_async(self._contents.dir_exists(path)):
                done.append((path, None))
                await ensure_async(self._contents.save({"type": "directory"}, path))

    async def _read(self, path: str) -> bytes | None:
        if not await self._is_file(path):
            return None
        model = await ensure_async(self._contents.get(path, type="file"))
        if model["format"] == "base64":
            return base64.b64decode(model["content"])
        text: str = model["content"]
        return text.encode("utf-8", "surrogatepass")

    async def _save(self, path: str, data: bytes) -> None:
        try:
            model = {"format": "text", "content": data.decode("utf-8")}
        except UnicodeDecodeError:
            model = {"format": "base64", "content": base64.b64encode(data).decode("ascii")}
        await ensure_async(self._contents.save({"type": "file", **model}, path))

    async def _restored(self, path: str, data: bytes | None) -> bool:
        """Put back what was at a path; say whether that is there now, and raise nothing."""
        with contextlib.suppress(Exception):
            if data is None:
                await ensure_async(self._contents.delete(path))
            else:
                await self._save(path, data)
        with contextlib.suppress(Exception):
            return await self._read(path) == data and not await self._is_folder(path)
        return False

    async def _is_file(self, path: str) -> bool:
        return bool(await ensure_async(self._contents.file_exists(path)))

    async def _is_folder(self, path: str) -> bool:
        return bool(await ensure_async(self._contents.dir_exists(path)))

    def _address(self, path: PurePosixPath | str) -> str:
        return f"{self.path}/{path}"
