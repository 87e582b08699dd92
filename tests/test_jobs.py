"""Jobs of a server that is killed: nothing of them goes on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from programs import notebook

_SERVER = """
import json, sys, time
from nb2prod.jupyter.jobs import JobList
jobs = JobList()
body = sys.stdin.buffer.read()
request = {"path": "long.ipynb", "place": None, "folder": "", "output": sys.argv[1]}
jobs.add("verify", "long.ipynb", request, body, jobs.scratch())
time.sleep(600)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Give a process with a running verification, whose temporary files lie in a folder of their own."""
    cell = "import time\ntime.sleep(600)"
    body = json.dumps({"content": json.loads(notebook([cell]))}).encode()
    command = [sys.executable, "-c", _SERVER, str(tmp_path / "none")]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
    try:
        assert process.stdin
        process.stdin.write(body)
        process.stdin.close()
        _wait(lambda: any(said.stat().st_size for said in tmp_path.rglob("progress")))
        assert any(b"runner.py" in line for line in _started(tmp_path).values())
        yield process
    finally:
        for left in {process.pid, *_started(tmp_path)}:
            os.kill(left, signal.SIGKILL)
        process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["server", "job"])
def test_what_a_killed_process_started_ends(
    server: subprocess.Popen[bytes], tmp_path: Path, victim: str
) -> None:
    (job,) = (key for key, line in _started(tmp_path).items() if b"run_job" in line)
    os.kill(server.pid if victim == "server" else job, signal.SIGKILL)
    _wait(lambda: not _started(tmp_path).keys() - {server.pid})
    _wait(lambda: not list(tmp_path.iterdir()))


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 40
    while not until():
        assert time.monotonic() < end
        time.sleep(0.1)


def _started(folder: Path) -> dict[int, bytes]:
    """Return the command lines, by process, of what has its temporary files in a folder."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if f"TMPDIR={folder}".encode() in (path / "environ").read_bytes().split(b"\0"):
                found[int(path.name)] = (path / "cmdline").read_bytes()
    return {key: line for key, line in found.items() if line}  # else it ended, and is not collected
