"""A contents manager that keeps everything in a dictionary, as others do in a database."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from jupyter_server.services.contents.checkpoints import AsyncCheckpoints
from jupyter_server.services.contents.manager import AsyncContentsManager
from tornado.web import HTTPError
from traitlets import Dict, Int


class NoCheckpoints(AsyncCheckpoints):
    """Keeps none."""

    async def list_checkpoints(self, path: str) -> list[Any]:
        return []

    async def create_checkpoint(self, contents_mgr: Any, path: str) -> dict[str, Any]:
        return {"id": "none", "last_modified": datetime.now(UTC)}


class InMemory(AsyncContentsManager):
    """Files as bytes by path, folders as None; `room` is how many more it takes."""

    store: Any = Dict({"": None})
    room = Int(10_000)

    def _checkpoints_class_default(self) -> Any:
        return NoCheckpoints

    async def is_hidden(self, path: str) -> bool:
        return False

    async def dir_exists(self, path: str) -> bool:
        return path.strip("/") in self.store and self.store[path.strip("/")] is None

    async def file_exists(self, path: str = "") -> bool:
        return self.store.get(path.strip("/")) is not None

    async def get(
        self,
        path: str,
        content: bool = True,
        type: str | None = None,
        format: str | None = None,
        require_hash: bool = False,
    ) -> dict[str, Any]:
        path = path.strip("/")
        if path not in self.store:
            raise HTTPError(404, f"There is no {path}")
        data = self.store[path]
        if data is None:
            type = "directory"
        type = type or ("notebook" if path.endswith(".ipynb") else "file")
        model = self._model(path, type)
        if require_hash and data is not None:
            model |= {"hash": hashlib.sha256(data).hexdigest(), "hash_algorithm": "sha256"}
        return {**model, **(await self._content(path, type, data) if content else {})}

    async def save(self, model: dict[str, Any], path: str = "") -> dict[str, Any]:
        path = path.strip("/")
        if not await self.dir_exists(path.rpartition("/")[0]):
            raise HTTPError(404, f"There is no folder for {path}")
        if not self.room:
            raise HTTPError(507, "the store is full")
        self.room -= 1
        content = model.get("content")
        if model["type"] == "directory":
            self.store[path] = None
        elif model["type"] == "notebook":
            self.store[path] = json.dumps(content).encode()
        elif model["format"] == "base64":
            self.store[path] = base64.b64decode(content)
        else:
            self.store[path] = content.encode()
        return self._model(path, model["type"])

    async def delete_file(self, path: str, **_: Any) -> None:
        if any(other.startswith(f"{path}/") for other in self.store):
            raise HTTPError(400, f"{path} is not empty")
        del self.store[path]

    def _model(self, path: str, type: str) -> dict[str, Any]:
        now = datetime.now(UTC)
        return {
            "name": path.rpartition("/")[2],
            "path": path,
            "type": type,
            "created": now,
            "last_modified": now,
            "mimetype": None,
            "format": None,
            "content": None,
            "size": None,
            "writable": True,
        }

    async def _content(self, path: str, type: str, data: Any) -> dict[str, Any]:
        if type == "directory":
            inside = [p for p in self.store if p and p.rpartition("/")[0] == path]
            found = [await self.get(p, content=False) for p in inside]
            return {"format": "json", "content": found}
        if type == "notebook":
            return {"format": "json", "content": json.loads(data)}
        try:
            return {"format": "text", "content": data.decode(), "mimetype": "text/plain"}
        except UnicodeDecodeError:
            text = base64.b64encode(data).decode()
            return {"format": "base64", "content": text, "mimetype": "application/octet-stream"}
