"""Requests on notebooks that lie on no disk of ours.

What is in the package's folder is copied to the disk; the package is written over the copy, by the
rules that hold for every folder; what changed there is stored through the contents manager.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from tornado.web import HTTPError

from nb2prod.jupyter.body import Refusal
from nb2prod.jupyter.contents_folder import ContentsFolder, Files
from nb2prod.jupyter.folders import folder_names
from nb2prod.jupyter.worker import Worker

Answer = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Answers requests with the warm process, and stores what they make."""

    contents: Any
    worker: Worker

    async def act(self, action: str, request: Mapping[str, Any], body: bytes) -> Answer:
        """Return the status and the answer to a request that names no place on a disk."""
        if action == "inspect":
            return await self._inspect(request, body)
        with tempfile.TemporaryDirectory(prefix="nb2prod-") as scratch:
            copied, before = await self.copied(request, body, Path(scratch, "copy"))
            answer = await self.worker.ask({"action": action, **copied}, body)
            if action == "convert" and answer[0] == 200:
                await self._folder(copied).store(Path(copied["output"]), before)
            return answer

    async def copied(
        self, request: Mapping[str, Any], body: bytes, root: Path
    ) -> tuple[dict[str, Any], Files]:
        """Copy to `root` what the package's folder has; return the request on it, and what it has.

        Raises HTTPError when there can be no package, or none in that folder.
        """
        folder = request["folder"] or _told(await self._inspect(request, body))["folder"]
        request = {**request, "folder": folder, "output": str(root)}
        manifest = await self._folder(request).manifest()
        asked = {"action": "paths", **request, "manifest": manifest}
        told = _told(await self.worker.ask(asked, body))
        try:
            return request, await self._folder(request).copy(told["paths"], root)
        except OSError as error:
            raise HTTPError(409, f"{folder} cannot be copied: {error.strerror}.") from error

    def _folder(self, request: Mapping[str, Any]) -> ContentsFolder:
        return ContentsFolder(self.contents, request["folder"])

    async def _inspect(self, request: Mapping[str, Any], body: bytes) -> Answer:
        status, data = await self.worker.ask({"action": "inspect", **request}, body)
        if status != 200 or request["folder"]:
            return status, data
        plan = json.loads(data)
        above = PurePosixPath(plan["folder"]).parent
        for name in folder_names(plan["package"]):
            if await ContentsFolder(self.contents, str(above / name)).is_free():
                plan["folder"] = str(above / name)
                break
        return status, json.dumps(plan).encode()


def _told(answer: Answer) -> Any:
    status, data = answer
    if status != 200:
        raise Refusal(status, data)
    return json.loads(data)
