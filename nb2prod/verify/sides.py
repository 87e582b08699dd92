"""One run of a notebook or a package: in a process of its own and in a copy of the folder."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from nb2prod.errors import InputError

RUNNER = Path(__file__).with_name("runner.py")
Progress = Callable[[str, float], None]  # which cell or function runs, and for how many seconds

_INSTALLERS = ("pip", "pip3", "conda", "mamba", "apt", "apt-get", "brew", "jupyter")
# one thread and no hash seed: what is left to differ is the code
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUNBUFFERED": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONDONTWRITEBYTECODE": "1",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "LOKY_MAX_CPU_COUNT": "1",
}
_NOWHERE = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")  # for `!curl`
_NOT_COPIED = (".git", ".hg", "__pycache__", ".ipynb_checkpoints", "node_modules", ".venv", "venv")
STOPPED = "Stopped"
_TICK = 0.2  # seconds between two looks at a process
_LAST_LINES = 12  # of what a process said before it died


@dataclass(frozen=True, slots=True)
class Conditions:
    """What every run is given.

    `folder` is copied for each run, which takes place in `place` below the copy. `timeout` is in
    seconds, `memory` in bytes. `given` are assignments for names that the notebook never defines.
    """

    python: str
    version: str  # of that Python
    folder: Path
    place: Path = Path()
    timeout: float = 900.0
    memory: int | None = None
    network: bool = False
    given: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[Path, ...] = ()  # folders that are not copied


@dataclass(frozen=True, slots=True)
class Side:
    """How a run ended: `result` holds its values, `seconds` those of each cell or function."""

    result: Path | None
    printed: str
    duration: float
    error: Mapping[str, Any] | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)


def run_side(
    job: Mapping[str, Any],
    conditions: Conditions,
    work: Path,
    *,
    stop: Event,
    progress: Progress | None = None,
) -> Side:
    """Run what `job` says (see runner.py) below `work`; whatever happens there is in the result.

    Nobody needs the result any more when `stop` is set: the run ends.
    """
    place = Path(tempfile.mkdtemp(dir=work))
    copy = place / "copy"
    _copy(conditions, copy)
    folder = copy / conditions.place
    folder.mkdir(parents=True, exist_ok=True)
    described = {
        **job,
        "root": str(copy.resolve()),
        "given": conditions.given,
        "memory": conditions.memory,
        "network": conditions.network,
        "progress": str(place / "progress"),
    }
    (place / "job.json").write_text(json.dumps(described), "utf-8")
    result = place / "result"
    command = [
        conditions.python,
        "-u",
        str(RUNNER),
        job["kind"],
        str(place / "job.json"),
        str(result),
    ]
    start = time.perf_counter()
    status = _process(command, folder, place, conditions, stop, progress)
    duration = round(time.perf_counter() - start, 2)
    printed = (place / "stdout").read_text("utf-8", "replace").replace("\r\n", "\n")
    printed = printed.replace(described["root"], "(folder)")
    shutil.rmtree(copy, ignore_errors=True)
    if not result.exists():
        stopped = stop.is_set() and status is None
        return Side(None, printed, duration, _died(status, stopped, place, conditions.timeout))
    told = json.loads(result.with_suffix(".json").read_text("utf-8"))
    return Side(result, printed, duration, told["error"], told["seconds"])


def judged(kind: str, conditions: Conditions, work: Path, *sides: Side) -> Any:
    """Compare results as runner.py does for `kind`; the interpreter that made them reads them."""
    target = Path(tempfile.mkdtemp(dir=work)) / "verdict.json"
    paths = [str(side.result) for side in sides]
    command = [conditions.python, str(RUNNER), kind, str(target), *paths]
    subprocess.run(command, check=True, cwd=work, env=_environment(conditions, work))
    return json.loads(target.read_text("utf-8"))


def _copy(conditions: Conditions, copy: Path) -> None:
    left_out = {path.resolve() for path in conditions.left_out}

    def ignored(folder: str, names: list[str]) -> set[str]:
        here = Path(folder)
        return {
            name
            for name in names
            if name in _NOT_COPIED
            or (here / name).resolve() in left_out
            or (here / name / "pyvenv.cfg").exists()
        }

    try:  # links are followed: through one, a run would change what it leads to
        shutil.copytree(conditions.folder, copy, ignore=ignored, ignore_dangling_symlinks=True)
    except (OSError, shutil.Error) as error:
        reason = error.args[0][0][2] if isinstance(error, shutil.Error) else error
        raise InputError(
            f"{conditions.folder} cannot be copied, and a run takes place in a copy: {reason}"
        ) from error


def _environment(conditions: Conditions, place: Path) -> dict[str, str]:
    """Return the environment: installers that do nothing first on the path, then the Python's."""
    stubs = place / "stubs"
    stubs.mkdir(exist_ok=True)
    for name in _INSTALLERS:
        stub = stubs / name
        stub.write_text("#!/bin/sh\nexit 0\n")
        stub.chmod(0o755)
    folders = [str(stubs), str(Path(conditions.python).parent), os.environ.get("PATH", "")]
    offline = {} if conditions.network else _NOWHERE
    own = {"PATH": os.pathsep.join(folders), "IPYTHONDIR": str(place / "ipython")}
    return {**os.environ, **_ENVIRONMENT, **offline, **own, **conditions.environment}


def _process(
    command: list[str],
    folder: Path,
    place: Path,
    conditions: Conditions,
    stop: Event,
    progress: Progress | None,
) -> int | None:
    """Run a command in a process group of its own; return its status, None when time ran out."""
    with (place / "stdout").open("wb") as out, (place / "stderr").open("wb") as err:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(conditions, place),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        start = time.perf_counter()
        try:
            while (elapsed := time.perf_counter() - start) < conditions.timeout:
                if stop.is_set():
                    return None
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return child.wait(min(_TICK, conditions.timeout - elapsed))
                if progress and (name := _running(place)):
                    progress(name, elapsed)
            return None
        finally:
            with contextlib.suppress(ProcessLookupError):  # also what the notebook left running
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _running(place: Path) -> str:
    """Return what the runner said last: "cell 12, 5 of 40"."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        last = json.loads((place / "progress").read_text("utf-8").splitlines()[-1])
        return (
            f"{last['name']}, {last['number'] + 1} of {last['of']}" if last["of"] else last["name"]
        )
    return ""


def _died(status: int | None, stopped: bool, place: Path, timeout: float) -> dict[str, Any]:
    """Return the error of a process that left no result."""
    said = (place / "stderr").read_text("utf-8", "replace").strip().splitlines()
    if stopped:
        kind, message = STOPPED, "nobody needed the result any more"
    elif status is None:
        kind, message = "Timeout", f"not done in {timeout:g} s; `--timeout` gives it longer"
    elif status < 0:
        name = signal.Signals(-status).name
        kind, message = "Killed", f"ended by {name}, perhaps for want of memory"
    else:
        kind, message = "Crash", said[-1] if said else f"ended with status {status}"
    where = _running(place)
    return {"kind": kind, "message": message, "place": where, "traceback": said[-_LAST_LINES:]}
