"""The body of a request: of bounded size, whatever a client sends, and JSON."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

from nb2prod.jupyter.problems import problem

LIMIT = 64_000_000  # bytes


class Refusal(HTTPError):
    """An error that is in JSON already."""

    def __init__(self, status: int, data: bytes) -> None:
        super().__init__(status)
        self.data = data


class JsonHandler(APIHandler):
    """Answers in JSON, errors too; takes bodies of at most LIMIT bytes."""

    auth_resource = "contents"

    def initialize(self) -> None:
        """Start with no body."""
        self._pieces: list[bytes] = []
        self._size = 0

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece of the body, unless it is too long or from nobody we know."""
        self._size += len(chunk)
        if self._size > LIMIT or not self.current_user:
            self._pieces.clear()
        else:
            self._pieces.append(chunk)

    def given(self) -> tuple[dict[str, Any], bytes]:
        """Return the body, parsed and as it came; raise HTTPError when it is none."""
        if self._size > LIMIT:
            raise HTTPError(
                413,
                f"The notebook has more than {LIMIT // 1_000_000} MB. Clear its outputs, or save it "
                "and convert the file.",
            )
        body = b"".join(self._pieces)
        try:
            given = json.loads(body)
        except (ValueError, RecursionError):
            raise HTTPError(400, "The request's body is not JSON.") from None
        if not isinstance(given, dict):
            raise HTTPError(400, "The request's body is no JSON object.")
        return given, body

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with a sentence."""
        error = kwargs.get("exc_info", (None, None))[1]
        if isinstance(error, Refusal):
            self.finish(error.data)
            return
        said = error.log_message if isinstance(error, HTTPError) else None
        self.finish(json.dumps(problem(said or self._reason)))

    def answer(self, status: int, data: bytes) -> None:
        """Answer with JSON that is text already."""
        self.set_status(status)
        self.finish(data)
