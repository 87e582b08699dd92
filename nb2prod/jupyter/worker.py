"""A warm process that plans and converts, so that no request waits for imports or for the server."""

from __future__ import annotations

import asyncio
import atexit
import json
import subprocess
from collections.abc import Mapping
from threading import Timer
from typing import Any

from nb2prod.jupyter.problems import problem
from nb2prod.jupyter.turns import Turns
from nb2prod.render.process import start

TIMEOUT = 180.0  # seconds for one request


class Worker:
    """`python -m nb2prod.jupyter.serve`: started by the first request, and again after it died."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._turns = Turns("nb2prod")  # one request at a time
        self._timeout = timeout
        atexit.register(self.stop)

    async def ask(self, request: Mapping[str, Any], body: bytes = b"") -> tuple[int, bytes]:
        """Return the status and the JSON that the process answers to a request and its body."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._turns, self._ask, request, body)

    def stop(self) -> None:
        """End the process."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def _ask(self, request: Mapping[str, Any], body: bytes) -> tuple[int, bytes]:
        process = self._running()
        assert process.stdin and process.stdout
        late = Timer(self._timeout, process.kill)
        late.daemon = True
        late.start()
        try:
            header = json.dumps({**request, "bytes": len(body)}).encode()
            process.stdin.write(header + b"\n" + body)
            process.stdin.flush()
            status, size = json.loads(process.stdout.readline())
            return status, process.stdout.read(size)
        except (OSError, ValueError):
            process.kill()
            return 500, json.dumps(self._died(late.finished.is_set())).encode()
        finally:
            late.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            pipe = subprocess.PIPE
            self._process = start(
                "nb2prod.jupyter.serve", pipe, pipe, subprocess.DEVNULL, group=True
            )
        return self._process

    def _died(self, late: bool) -> dict[str, Any]:
        if late:
            return problem(
                f"The notebook took longer than {self._timeout:.0f} s.",
                "Convert it with `nb2prod convert` in a terminal, which has no limit.",
            )
        return problem(
            "The process that plans notebooks ended.",
            "Try again; it may have had too little memory.",
        )
