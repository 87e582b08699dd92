"""How long the JupyterLab panel waits: a real server, a token, and the requests that the panel sends.

    python benchmarks/panel.py NOTEBOOK...

Prints for each notebook the shortest and the middle seconds of five requests each: a plan of code
that the server has not seen, and a plan after a stage was changed.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_TIMES = 5
Post = Callable[[str, dict[str, Any] | None], dict[str, Any]]


@contextlib.contextmanager
def server() -> Iterator[Post]:
    """Run a server and give what sends it a request."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", f"--ServerApp.port={port}"]
    command += ["--ServerApp.jpserver_extensions={'nb2prod.jupyter': True}", "--allow-root"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory() as root:
        environment = {**os.environ, "JUPYTER_TOKEN": token, "HOME": root}
        process = subprocess.Popen(command, cwd=root, env=environment, **quiet)

        def post(address: str, body: dict[str, Any] | None) -> dict[str, Any]:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/nb2prod/api/v1/{address}",
                json.dumps(body).encode() if body else None,
                {"Authorization": f"token {token}"},
            )
            with urllib.request.urlopen(request) as answer:
                found: dict[str, Any] = json.load(answer)
                return found

        try:
            _wait(post)
            yield post
        finally:
            process.terminate()
            process.wait()


def _wait(post: Post) -> None:
    """Wait until the server and its warm process answer."""
    for _ in range(600):
        with contextlib.suppress(OSError):
            post("info", None)
            return
        time.sleep(0.1)
    sys.exit("the server does not answer")


def measure(notebook: Path, post: Post) -> str:
    """Return the seconds of a notebook's requests as a line."""
    content = json.loads(notebook.read_text("utf-8"))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    fresh, staged = [], []
    for number in range(_TIMES):
        code[-1]["source"] = f"seen = {number}"
        fresh.append(_seconds(notebook, content, post))
        code[number]["metadata"]["nb2prod"] = {"stage": "clean"}
        staged.append(_seconds(notebook, content, post))
    cells, size = len(content["cells"]), notebook.stat().st_size / 1e6
    return f"{notebook.name}: {cells} cells, {size:.1f} MB: plan {_of(fresh)}, stage {_of(staged)}"


def _seconds(notebook: Path, content: dict[str, Any], post: Post) -> float:
    start = time.perf_counter()
    post("inspect", {"path": notebook.name, "content": content})
    return time.perf_counter() - start


def _of(seconds: list[float]) -> str:
    return f"{min(seconds):.2f} to {statistics.median(seconds):.2f} s"


if __name__ == "__main__":
    with server() as asked:
        for name in sys.argv[1:]:
            print(measure(Path(name), asked), flush=True)
