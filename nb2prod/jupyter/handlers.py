"""The requests on one notebook: what convert would do, and doing it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError, authenticated, stream_request_body

from nb2prod.jupyter.body import LIMIT, JsonHandler
from nb2prod.jupyter.elsewhere import Elsewhere
from nb2prod.jupyter.places import place


class Info(JsonHandler):
    """Says what this server can do; the first request warms the process that does it."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with version, stages and limits."""
        status, data = await self.settings["nb2prod_worker"].ask({"action": "info"})
        told = json.loads(data)
        self.answer(status, json.dumps({**told, "limits": {"body": LIMIT}}).encode())


class OnNotebook(JsonHandler):
    """Has a request on a notebook answered by the warm process."""

    _asked: asyncio.Future[tuple[int, bytes]] | None = None

    async def act(self, action: str) -> None:
        """Answer with what the process says."""
        loop = asyncio.get_running_loop()
        given, body = await loop.run_in_executor(None, self.given)
        request, body = await self.on_notebook(given, body)
        worker = self.settings["nb2prod_worker"]
        if request["place"] is None:
            elsewhere = Elsewhere(self.contents_manager, worker)
            self.answer(*await elsewhere.act(action, request, body))
            return
        self._asked = asyncio.ensure_future(worker.ask({"action": action, **request}, body))
        with contextlib.suppress(asyncio.CancelledError):  # nobody is there to be answered
            self.answer(*await self._asked)

    def on_connection_close(self) -> None:
        """Drop a request that still waits: its page is closed, or has a newer one."""
        super().on_connection_close()
        if self._asked:
            self._asked.cancel()

    async def on_notebook(self, given: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """Return what is asked, with its places on the disk, and the body with the notebook."""
        path, folder = _text(given, "path"), _text(given, "folder")
        _text(given, "package")
        if not path:
            raise HTTPError(400, "The request names no notebook: `path` is missing.")
        where = await place(self.contents_manager, path)
        output = await place(self.contents_manager, folder) if folder else None
        if given.get("content") is None and where and not where.is_file():
            raise HTTPError(404, f"There is no notebook {path}.")
        if given.get("content") is None and where is None:
            contents: Any = self.contents_manager
            model = await ensure_async(contents.get(path, type="notebook"))
            body = json.dumps({**given, "content": model["content"]}).encode()
        request = {"path": path.strip("/"), "folder": folder.strip("/")}
        return {**request, "place": where and str(where), "output": output and str(output)}, body


def _text(given: dict[str, Any], key: str) -> str:
    value = given.get(key) or ""
    if not isinstance(value, str):
        raise HTTPError(400, f"`{key}` of the request is no text.")
    return value


@stream_request_body
class Inspect(OnNotebook):
    """What would the notebook become?"""

    @authenticated
    @authorized(action="read")
    async def post(self) -> None:
        """Answer with the plan."""
        await self.act("inspect")


@stream_request_body
class Preview(OnNotebook):
    """Which files would be written?"""

    @authenticated
    @authorized(action="read")
    async def post(self) -> None:
        """Answer with every file and its difference."""
        await self.act("preview")


@stream_request_body
class Convert(OnNotebook):
    """Make the package."""

    @authenticated
    @authorized(action="write")
    async def post(self) -> None:
        """Write the files and answer with what was made."""
        await self.act("convert")
