"""Does a package compute what its notebook computes?

    compare.py NOTEBOOK PACKAGE_DIR [--python PYTHON] [--root FOLDER] [--given "x = 1"] ...

NOTEBOOK (.ipynb, or a program in percent format) runs twice, the package once, each in a fresh
process of PYTHON and in a fresh copy of the notebook's folder (or of FOLDER around it). Names that
differ between the two runs of the notebook are left out. Standard output is a JSON verdict; the
exit status is 0 for equal, 1 for anything else, 2 when the notebook itself fails.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import percent

RUNNER = Path(__file__).with_name("runner.py")
STUBS = ("pip", "pip3", "conda", "mamba", "apt", "apt-get", "brew", "jupyter")
# one thread and no hash seed: what is left to differ is the code; no network by mistake
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUNBUFFERED": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONDONTWRITEBYTECODE": "1",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "LOKY_MAX_CPU_COUNT": "1",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
}
TIMINGS = re.compile(r"^(CPU times|Wall time|Compiler *:|[\d.]+ [nµμm]?s ± |\d+ loops).*$", re.M)


@dataclass(frozen=True)
class Comparison:
    """What to compare and how; `root` is copied, and the notebook lies somewhere below it."""

    notebook: Path
    package_dir: Path
    python: str = sys.executable
    root: Path | None = None
    given: str = ""
    order: str = "auto"
    timeout: float = 900.0
    cache: Path | None = None
    files: Path | None = None  # a folder whose content belongs beside the notebook
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Side:
    """How one process ended."""

    result: Path | None
    stdout: str
    seconds: float
    error: dict[str, Any] | None = None


def compare(wanted: Comparison) -> dict[str, Any]:
    """Run notebook and package and return the verdict; nothing is raised for what they do."""
    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        work = Path(folder)
        made = find_package(wanted.package_dir)
        if made is None:
            return {"status": "no package", "values": {}, "error": "no src/*/pipeline.py"}
        order, first, second = run_notebooks(wanted, work)
        if first.error or second.error:
            return {"status": "notebook failed", **told("notebook", first, second), "order": order}
        job = {"src": str(made.parent), "package": made.name}
        package = run_side("package", job, wanted, work)
        verdict = judge(first, second, package, wanted, work)
        return {**verdict, "order": order, "run_seconds": [first.seconds, package.seconds]}


def find_package(folder: Path) -> Path | None:
    """Return the folder of the package that has a pipeline, or None."""
    found = sorted(folder.resolve().glob("src/*/pipeline.py"))
    return found[0].parent if found else None


def told(key: str, *sides: Side) -> dict[str, Any]:
    """Return the first error of some sides under a key."""
    return {f"{key}_error": next(side.error for side in sides if side.error)}


# ---------------------------------------------------------------- running


def run_notebooks(wanted: Comparison, work: Path) -> tuple[str, Side, Side]:
    """Run the notebook twice, in the order that works, and return both results."""
    orders = ["document", "execution"] if wanted.order == "auto" else [wanted.order]
    for order in orders:
        first = notebook_side(order, 1, wanted, work)
        if not first.error or first.error.get("kind") != "NameError":
            break
    if first.error:
        # the document's order is what the failure is reported for
        failed = notebook_side(orders[0], 1, wanted, work)
        return orders[0], failed, failed
    return order, first, notebook_side(order, 2, wanted, work)


def notebook_side(order: str, number: int, wanted: Comparison, work: Path) -> Side:
    """Run the notebook once, or take the result of an earlier time from the cache."""
    kept = wanted.cache and wanted.cache / f"{cache_key(wanted, order)}-{number}.pickle"
    if kept and kept.exists():
        stored, stdout, seconds, error = pickle.loads(kept.read_bytes())
        result = work / f"{order}-{number}.cached"
        result.write_bytes(stored)
        return Side(None if error else result, stdout, seconds, error)
    side = run_side("notebook", {"order": order}, wanted, work)
    if kept and (side.error or {}).get("kind") != "Timeout":
        kept.parent.mkdir(parents=True, exist_ok=True)
        stored = side.result.read_bytes() if side.result else b""
        kept.write_bytes(pickle.dumps((stored, side.stdout, side.seconds, side.error)))
    return side


def cache_key(wanted: Comparison, order: str) -> str:
    """Return what identifies a run of a notebook: its text, interpreter, order, descriptions."""
    described = RUNNER.read_bytes().split(b"# ---- comparison")[0]
    parts = [wanted.notebook.read_bytes(), described, wanted.python, order, wanted.given]
    digest = hashlib.sha256()
    for part in [*parts, str(wanted.notebook.resolve())]:
        digest.update(part if isinstance(part, bytes) else part.encode())
    return digest.hexdigest()[:24]


def run_side(kind: str, job: dict[str, Any], wanted: Comparison, work: Path) -> Side:
    """Run one side in its own copy of the folder and its own process."""
    base = Path(tempfile.mkdtemp(dir=work))
    # the same path on every side: values and outputs may name it
    copy, place = work / "copy", base
    shutil.rmtree(copy, ignore_errors=True)
    notebook = lay_out(wanted, copy)
    (place / "job.json").write_text(
        json.dumps({**job, "notebook": str(notebook), "root": str(copy), "given": wanted.given})
    )
    command = [wanted.python, "-u", str(RUNNER), kind, str(place / "job.json"), str(place / "out")]
    start = time.perf_counter()
    status = process(command, notebook.parent, environment(wanted, work), place, wanted.timeout)
    seconds = round(time.perf_counter() - start, 2)
    stdout = (place / "stdout").read_text("utf-8", "replace").replace("\r\n", "\n")
    if not (place / "out").exists():
        return Side(None, stdout, seconds, crashed(status, place / "stderr"))
    error = pickle_error(place / "out", wanted.python)
    return Side(place / "out", stdout, seconds, error)


def lay_out(wanted: Comparison, copy: Path) -> Path:
    """Copy the notebook's folder (or the root around it) and return the notebook in the copy."""
    root = (wanted.root or wanted.notebook.parent).resolve()
    if wanted.notebook.suffix == ".py":
        copy.mkdir(parents=True)
        target = copy / wanted.notebook.with_suffix(".ipynb").name
        percent.main(str(wanted.notebook), str(target))
    else:
        ignored = shutil.ignore_patterns(".git", "__pycache__")
        shutil.copytree(root, copy, ignore=ignored, symlinks=True)
        target = copy / wanted.notebook.resolve().relative_to(root)
    if wanted.files:
        shutil.copytree(wanted.files, copy, dirs_exist_ok=True)
    return target


def environment(wanted: Comparison, work: Path) -> dict[str, str]:
    """Return the environment: stubs for installers first on the path, then PYTHON's folder."""
    stubs = work / "stubs"
    if not stubs.exists():
        stubs.mkdir()
        for name in STUBS:
            (stubs / name).write_text("#!/bin/sh\nexit 0\n")
            (stubs / name).chmod(0o755)
    path = os.pathsep.join([str(stubs), str(Path(wanted.python).parent), os.environ["PATH"]])
    own = {"PATH": path, "IPYTHONDIR": str(work / "ipython")}
    return {**os.environ, **ENVIRONMENT, **own, **wanted.environment}


def process(command: list[str], cwd: Path, env: dict[str, str], place: Path, limit: float) -> int:
    """Run a command with its own process group; return its status, -9 when time ran out."""
    with (place / "stdout").open("wb") as out, (place / "stderr").open("wb") as err:
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            return child.wait(limit)
        except subprocess.TimeoutExpired:
            return -9
        finally:
            # also whatever the notebook left running
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def crashed(status: int, stderr: Path) -> dict[str, Any]:
    """Return the error of a process that left no result."""
    kind = "Timeout" if status == -9 else "Crash"
    lines = stderr.read_text("utf-8", "replace").strip().splitlines()
    return {"kind": kind, "status": status, "traceback": lines[-12:]}


def pickle_error(result: Path, python: str) -> dict[str, Any] | None:
    """Return the error that a result tells of (it may hold arrays, so PYTHON reads it)."""
    code = "import json,pickle,sys; print(json.dumps(pickle.load(open(sys.argv[1],'rb'))['error']))"
    done = subprocess.run([python, "-c", code, str(result)], capture_output=True, check=True)
    error: dict[str, Any] | None = json.loads(done.stdout)
    return error


# ---------------------------------------------------------------- judging


def judge(
    first: Side, second: Side, package: Side, wanted: Comparison, work: Path
) -> dict[str, Any]:
    """Return the verdict on a package from the results of three runs."""
    verdict: dict[str, Any] = {"values": {}, "files": {}}
    if package.result:
        paths = [str(side.result) for side in (first, second, package)]
        target = work / "verdict.json"
        subprocess.run([wanted.python, str(RUNNER), "compare", *paths, str(target)], check=True)
        verdict = json.loads(target.read_text("utf-8"))
    verdict["stdout"] = same_output(first.stdout, second.stdout, package.stdout)
    if package.error:
        return {"status": "package failed", **told("package", package), **verdict}
    return {"status": status_of(verdict), **verdict, "counts": counts(verdict)}


def status_of(verdict: dict[str, Any]) -> str:
    """Return "equal" or "different": values and files decide, output is told apart."""
    wrong = verdict["values"]["different"] or verdict["files"]["different"]
    return "different" if wrong or verdict["files"]["absent"] else "equal"


def counts(verdict: dict[str, Any]) -> dict[str, int]:
    """Return how many names came to which end."""
    return {key: len(names) for key, names in verdict["values"].items()}


def same_output(first: str, second: str, package: str) -> dict[str, Any]:
    """Compare what was printed, timings aside."""
    a, b, c = (TIMINGS.sub("", text).strip() for text in (first, second, package))
    if a != b:
        return {"status": "unstable"}
    if a == c:
        return {"status": "equal"}
    wanted, found = a.splitlines(), c.splitlines()
    number = next((n for n, (x, y) in enumerate(zip(wanted, found, strict=False)) if x != y), None)
    if number is None:
        number = min(len(wanted), len(found))
    lines = [(lines[number : number + 1] or ["(end)"])[0][:200] for lines in (wanted, found)]
    return {"status": "different", "line": number + 1, "notebook": lines[0], "package": lines[1]}


# ---------------------------------------------------------------- command line


def arguments(argv: list[str] | None) -> Comparison:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("package_dir", type=Path)
    parser.add_argument("--python", default=sys.executable, help="the notebook's interpreter")
    parser.add_argument("--root", type=Path, help="folder to copy, when not the notebook's own")
    parser.add_argument("--files", type=Path, help="folder whose content belongs beside it")
    parser.add_argument("--given", default="", help="assignments for names never defined")
    parser.add_argument("--order", choices=["auto", "document", "execution"], default="auto")
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds for one run")
    parser.add_argument("--cache", type=Path, help="keep the notebook's results here")
    return Comparison(**vars(parser.parse_args(argv)))


def main(argv: list[str] | None = None) -> int:
    """Compare and print the verdict; return the exit status."""
    verdict = compare(arguments(argv))
    print(json.dumps(verdict, indent=1))
    return {"equal": 0, "notebook failed": 2}.get(verdict["status"], 1)


if __name__ == "__main__":
    sys.exit(main())
