"""Runs of a notebook and of a package: in processes of their own and in copies of the folder."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any

from nb2prod.render.templates import builtin_templates
from nb2prod.verify.copies import COPY_LIMIT, Original
from nb2prod.verify.copies import copy as copy_folder

RUNNER = Path(__file__).with_name("runner.py")
Progress = Callable[[str, float], None]  # which cell or function runs, and for how many seconds

_SECRETS = RUNNER.parents[1] / "secrets"
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
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "LOKY_MAX_CPU_COUNT": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # or a package's runs could not be forked
}
# for `!curl` where there are no namespaces, and for Spark where the machine's address is gone
_NOWHERE = {
    **dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9"),
    "SPARK_LOCAL_IP": "127.0.0.1",
}
STOPPED = "Stopped"
_TICK = 0.1  # seconds between two looks at a process
_TOGETHER = 2  # runs of a package at a time
_LAST_LINES = 12  # of what a process said before it died


@dataclass(frozen=True, slots=True)
class Conditions:
    """What every run is given.

    `folder`, or `only` parts of it, is copied for each run, which takes place in `place` below the
    copy. `timeout` is in seconds, `memory` in bytes. `given` are assignments for names that the
    notebook never defines.
    """

    python: str
    version: str  # of that Python
    folder: Path
    place: Path = Path()
    only: tuple[Path, ...] = ()  # paths below the folder; without any, it is copied whole
    timeout: float = 900.0
    memory: int | None = None
    network: bool = False
    given: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[Path, ...] = ()  # folders that are not copied
    keep_personal: bool = False  # in recorded calls
    copy_limit: int = COPY_LIMIT  # bytes

    @property
    def original(self) -> Original:
        """What is copied for each run."""
        return Original(self.folder, self.only, self.left_out)


@dataclass(frozen=True, slots=True)
class Side:
    """How a run ended: `result` holds its values, `seconds` those of each cell or function.

    `isolated` says whether the system kept it, with every program that it started, off the network.
    """

    result: Path | None
    printed: str
    duration: float
    error: Mapping[str, Any] | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    distributions: Mapping[str, str] = field(default_factory=dict)  # imported, with their versions
    lineage: bytes | None = None
    isolated: bool | None = None  # unknown of those that did not end by themselves


@dataclass(frozen=True, slots=True)
class Part:
    """One run of a package: everything, or a stage on what `artifacts` holds of earlier ones.

    Calls of the package's functions are recorded in the folder `record`; `lineage` says whether
    what the run reads, writes and imports is: that of the run that others are held against.
    """

    explore: bool = True
    stage: str | None = None
    artifacts: Path | None = None
    record: Path | None = None
    lineage: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """Where runs take place (`folder` is temporary), what they are given, who wants to know.

    Nobody needs the results any more when `stop` is set: the runs end.
    """

    folder: Path
    conditions: Conditions
    progress: Progress | None = None
    stop: Event = field(default_factory=Event)


def run_notebook(notebook: Path, order: str, work: Work) -> Side:
    """Run a notebook's cells; whatever happens there is in the result."""
    copy = _copied(work)
    run = _run(work, copy)
    _started("notebook", {"notebook": str(notebook), "order": order, "runs": [run]}, work)
    side = _side(run, "", work)
    shutil.rmtree(copy, ignore_errors=True)
    return side


def run_package(
    package: Path, chains: Sequence[Sequence[Part]], work: Work
) -> tuple[tuple[Side, ...], ...]:
    """Run a package in parts; those of one chain follow each other in one copy of the folder."""
    copies = [_copied(work) for _ in chains]
    runs = [
        [{**_run(work, copy), **asdict(part), "chain": number} for part in parts]
        for number, (copy, parts) in enumerate(zip(copies, chains, strict=True))
    ]
    flat = [run for chain in runs for run in chain]
    said = _started("package", {**_named(package), "runs": flat}, work)
    sides = tuple(tuple(_side(run, said, work) for run in chain) for chain in runs)
    for copy in copies:
        shutil.rmtree(copy, ignore_errors=True)
    return sides


def record(package: Path, records: Path, work: Work) -> Side:
    """Run a package, where sets have another order, and record its functions' calls in a folder."""
    ((side,),) = run_package(package, [[Part(record=records)]], _elsewise(work, "1"))
    return side


def confirm(package: Path, records: Path, work: Work) -> None:
    """Make recorded calls again in another process, where sets have yet another order.

    Those that give something else are forgotten.
    """
    place = Path(tempfile.mkdtemp(dir=work.folder))
    run = {"place": str(place), "root": str(place), "folder": str(place)}
    job = {**_named(package), "folder": str(records), "runs": [run]}
    _started("confirm", job, _elsewise(work, "2"))


def _elsewise(work: Work, hash_seed: str) -> Work:
    conditions = work.conditions
    environment = {**conditions.environment, "PYTHONHASHSEED": hash_seed}
    return replace(work, conditions=replace(conditions, environment=environment))


def _named(package: Path) -> dict[str, Any]:
    """Return what names a package, and the files that record its calls for its own tests."""
    templates = builtin_templates()
    beside = {
        "recorder": str(RUNNER.with_name("recorder.py")),
        "contract": str(templates / "src" / "{{package}}" / "contract.py"),
        **{n: str(_SECRETS / f"{n}.py") for n in ("personal", "pseudonyms")},
    }
    tests = str(templates / "tests")
    return {"src": str(package.parent), "package": package.name, "beside": beside, "tests": tests}


def compared(
    package: Side,
    notebooks: Sequence[Side],
    parts: Sequence[Side],
    again: Sequence[Side],
    work: Work,
) -> dict[str, Any]:
    """Compare results as runner.py does; the interpreter that made them reads them.

    A package's run is held against those of its notebook, of its own parts, and of itself again.
    """
    place = Path(tempfile.mkdtemp(dir=work.folder))
    job = {
        "package": [str(package.result)],
        "notebooks": [str(side.result) for side in notebooks],
        "parts": [str(side.result) for side in parts],
        "again": [str(side.result) for side in again],
        "verdict": str(place / "verdict.json"),
        "memory": None,  # it holds what several runs left
        "network": False,
        "parent": os.getpid(),
    }
    (place / "job.json").write_text(json.dumps(job), "utf-8")
    command = [work.conditions.python, str(RUNNER), "compare", str(place / "job.json")]
    subprocess.run(command, check=True, cwd=place, env=_environment(work.conditions, place))
    found: dict[str, Any] = json.loads((place / "verdict.json").read_text("utf-8"))
    return found


def _run(work: Work, copy: Path) -> dict[str, Any]:
    """Return what the runner is told of a run in a copy of the folder."""
    folder = copy / work.conditions.place
    folder.mkdir(parents=True, exist_ok=True)
    place = tempfile.mkdtemp(dir=work.folder)
    return {"place": place, "root": str(copy.resolve()), "folder": str(folder)}


def _started(kind: str, job: Mapping[str, Any], work: Work) -> str:
    """Do a job and return what its process printed apart from its runs."""
    conditions = work.conditions
    limits = {
        "given": conditions.given,
        "memory": conditions.memory,
        "network": conditions.network,
        "timeout": conditions.timeout,
        "together": _TOGETHER,
        "keep_personal": conditions.keep_personal,
        "parent": os.getpid(),
    }
    first = Path(job["runs"][0]["place"])
    place = first if kind != "package" else Path(tempfile.mkdtemp(dir=work.folder))
    (place / "job.json").write_text(json.dumps({**job, **limits}, default=str), "utf-8")
    command = [conditions.python, "-u", str(RUNNER), kind, str(place / "job.json")]
    places = [Path(run["place"]) for run in job["runs"]]
    ended = _process(command, Path(job["runs"][0]["folder"]), place, places, work)
    for each in places:  # those that ended by themselves have said how
        if not (each / "ended.json").exists():
            (each / "ended.json").write_text(json.dumps(ended), "utf-8")
    return _printed(place) if place not in places else ""


def _side(run: Mapping[str, Any], said: str, work: Work) -> Side:
    """Return how a run ended, from what it left in its place."""
    place = Path(run["place"])
    printed = (said + _printed(place)).replace(run["root"], "(folder)")
    try:
        told = json.loads((place / "told.json").read_text("utf-8"))
    except (OSError, ValueError):
        return Side(None, printed, 0.0, _died(place, work))
    return Side(
        place / "result",
        printed,
        round(told["duration"], 2),
        told["error"],
        told["seconds"],
        told["distributions"],
        lineage.read_bytes() if (lineage := place / "lineage.json").exists() else None,
        told["isolated"],
    )


def _printed(place: Path) -> str:
    try:
        return (place / "stdout").read_text("utf-8", "replace").replace("\r\n", "\n")
    except OSError:
        return ""


def _copied(work: Work) -> Path:
    """Return a fresh copy of the folder."""
    target = Path(tempfile.mkdtemp(dir=work.folder)) / "copy"
    copy_folder(work.conditions.original, target)
    return target


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
    # IPython would take libraries from the environment in which nb2prod runs
    inherited = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    return {**inherited, **_ENVIRONMENT, **offline, **own, **conditions.environment}


def _process(
    command: list[str], folder: Path, place: Path, places: Sequence[Path], work: Work
) -> dict[str, Any]:
    """Run a command in a process group of its own, and return how it ended.

    It may take the timeout once for every run, and once more.
    """
    conditions, limit = work.conditions, work.conditions.timeout * (len(places) + 1)
    if place in places:  # the only run: nobody else looks at the clock
        limit = conditions.timeout
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
            while (elapsed := time.perf_counter() - start) < limit:
                if work.stop.is_set():
                    return {"stopped": True}
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return {"signal": -min(child.wait(min(_TICK, limit - elapsed)), 0)}
                if work.progress and (name := _running(places)):
                    work.progress(name, elapsed)
            return {"late": True}
        finally:
            with contextlib.suppress(ProcessLookupError):  # also what the notebook left running
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _running(places: Sequence[Path]) -> str:
    """Return what the runner said last: "cell 12, 5 of 40"."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        said = [path for place in places if (path := place / "progress").exists()]
        latest = max(said, key=lambda path: path.stat().st_mtime_ns)
        last = json.loads(latest.read_text("utf-8").splitlines()[-1])
        return (
            f"{last['name']}, {last['number'] + 1} of {last['of']}" if last["of"] else last["name"]
        )
    return ""


def _died(place: Path, work: Work) -> dict[str, Any]:
    """Return the error of a run that left no result."""
    try:
        said = (place / "stderr").read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        said = []
    how = json.loads((place / "ended.json").read_text("utf-8"))
    if how.get("stopped"):
        kind, message = STOPPED, "nobody needed the result any more"
    elif how.get("late"):
        limit = f"{work.conditions.timeout:g} s"
        kind, message = "Timeout", f"not done in {limit}; `--timeout` gives it longer"
    elif how.get("signal"):
        name = signal.Signals(how["signal"]).name
        kind, message = "Killed", f"ended by {name}, perhaps for want of memory"
    else:
        kind, message = "Crash", said[-1] if said else "ended without a word"
    where = _running([place])
    return {"kind": kind, "message": message, "place": where, "traceback": said[-_LAST_LINES:]}
