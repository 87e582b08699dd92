"""Long jobs: each in a process of its own that can be watched and ended; kept until others follow.

A job outlives the page that asked for it, not the server: when the server ends, the processes see
the end of their input, and end what they run.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock, Timer
from typing import Any, Literal

from nb2prod.jupyter.problems import problem
from nb2prod.jupyter.turns import Turns
from nb2prod.render.process import start

State = Literal["queued", "running", "done", "failed", "cancelled"]
KEPT = 20  # jobs that have ended
WAITING = 20  # jobs that have not
_GRACE = 8.0  # seconds in which a process may end what it runs
_ENDED = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Job:
    """How far a job is; `report` is its page."""

    key: str
    kind: str
    path: str
    state: State = "queued"
    progress: Mapping[str, Any] | None = None
    started: float = 0.0  # seconds since the epoch; 0: not yet
    ended: float = 0.0
    result: Any = None
    error: Mapping[str, Any] | None = None
    report: bytes | None = None

    def json(self, report: str) -> dict[str, Any]:
        """Return the job as JSON data, `report` being the address of its page."""
        until = self.ended or time.time()
        return {
            "id": self.key,
            "kind": self.kind,
            "path": self.path,
            "state": self.state,
            "progress": self.progress or {"text": "", "done": None, "total": None},
            "started": self.started or None,
            "seconds": round(until - self.started, 1) if self.started else 0.0,
            "result": self.result,
            "error": self.error,
            "report": report if self.report else None,
        }


class JobList:
    """The jobs of a server; one runs at a time, since a verification alone takes several cores."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = Lock()
        self._turns = Turns("nb2prod-jobs")

    def __iter__(self) -> Any:
        return iter(list(self._jobs.values()))

    def get(self, key: str) -> Job | None:
        """Return a job, None where there is none of that key."""
        return self._jobs.get(key)

    def scratch(self) -> Path:
        """Return a new folder for a job, which is removed when that ends."""
        return Path(tempfile.mkdtemp(prefix="nb2prod-job-"))

    def add(
        self, kind: str, path: str, request: Mapping[str, Any], body: bytes, folder: Path
    ) -> Job | None:
        """Queue a job on a request's body; return None where too many wait already."""
        with self._lock:
            if sum(job.state not in _ENDED for job in self) >= WAITING:
                return None
            for job in [job for job in self if job.state in _ENDED][: -KEPT + 1]:
                del self._jobs[job.key]
            job = Job(secrets.token_hex(8), kind, path)
            self._jobs[job.key] = job
        (folder / "body.json").write_bytes(body)
        self._turns.submit(self._run, job.key, folder, {**request, "kind": kind})
        return job

    def cancel(self, key: str) -> None:
        """End a job that has not ended."""
        with self._lock:
            if self._jobs[key].state in _ENDED:
                return
            self._jobs[key] = replace(self._jobs[key], state="cancelled", ended=time.time())
            process = self._processes.get(key)
        if process:
            _release(process)

    def _set(self, key: str, **what: Any) -> bool:
        """Change a job unless it has ended; say whether it has not."""
        with self._lock:
            if self._jobs[key].state in _ENDED:
                return False
            self._jobs[key] = replace(self._jobs[key], **what)
            return True

    def _run(self, key: str, folder: Path, request: Mapping[str, Any]) -> None:
        try:
            if self._set(key, state="running", started=time.time()):
                self._watched(key, folder, request)
        except Exception as error:  # of the system: no memory, no processes
            self._set(key, **_failed(problem(f"The job could not run: {error}")))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _watched(self, key: str, folder: Path, request: Mapping[str, Any]) -> None:
        """Start the process and take down what it says."""
        pipe = subprocess.PIPE
        with start(
            "nb2prod.jupyter.run_job", pipe, pipe, subprocess.DEVNULL, group=True
        ) as process:
            assert process.stdin and process.stdout
            with self._lock:
                self._processes[key] = process
                cancelled = self._jobs[key].state == "cancelled"
            process.stdin.write(json.dumps({**request, "scratch": str(folder)}).encode() + b"\n")
            process.stdin.flush()
            if cancelled:
                _release(process)
            for line in process.stdout:
                self._heard(key, json.loads(line), folder)
        self._processes.pop(key, None)
        ended = problem(
            "The job's process ended without a word.", "It may have had too little memory."
        )
        self._set(key, **_failed(ended))

    def _heard(self, key: str, said: Mapping[str, Any], folder: Path) -> None:
        if "progress" in said:
            self._set(key, progress=said["progress"])
        elif "error" in said:
            self._set(key, **_failed(said["error"]))
        else:
            page = folder / "report.html"
            report = page.read_bytes() if page.exists() else None
            self._set(key, state="done", ended=time.time(), result=said["result"], report=report)


def _failed(error: Mapping[str, Any]) -> dict[str, Any]:
    return {"state": "failed", "ended": time.time(), "error": error}


def _release(process: subprocess.Popen[bytes]) -> None:
    """Close a process's input, which tells it to end; kill it where it does not."""
    with contextlib.suppress(OSError):
        assert process.stdin
        process.stdin.close()
    late = Timer(_GRACE, _kill, [process])
    late.daemon = True
    late.start()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
