"""Run packages in environments built from their own pins alone, and count how many run.

    pins.py RUN_DIR RUNNABLE ... [--uv PATH] [--work DIR] [--python-root DIR] [--explore]
                                 [--only PATTERN] [--limit N] [--resume] [--json OUT]

RUN_DIR holds notebooks beside their data; every RUNNABLE is a table of those to run, with the columns
`path` (below RUN_DIR; its first part is the repository's folder) and `seconds`, tab-separated. The
quickest comes first.

Each notebook is converted without naming an interpreter. uv then makes an environment with the Python
that the package's Dockerfile states, of those below --python-root, and with requirements.txt alone;
packages with the same pins share one. `python -m PACKAGE` runs at the notebook's place in a copy of the
repository's folder, without network, and commands that install do nothing. Results are kept in --work:
--resume goes on after an interruption, and keeps what ran with the same pins before.
"""

from __future__ import annotations

import argparse
import csv
import fnmatch
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import corpus

INSTALLERS = ("pip", "pip3", "conda", "mamba", "apt", "apt-get")
NOWHERE = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "127.0.0.1:9")
Result = dict[str, Any]


@dataclass(frozen=True)
class Pins:
    """What a package asks for: the Python of its Dockerfile, the lines of its requirements.txt."""

    python: str
    lines: tuple[str, ...]

    @classmethod
    def of(cls, package: Path) -> Pins:
        """Read them from a generated project."""
        text = (package / "requirements.txt").read_text("utf-8")
        lines = [line.strip() for line in text.splitlines()]
        stated = re.search(r"python:(\d+\.\d+)", (package / "Dockerfile").read_text("utf-8"))
        assert stated, "the Dockerfile names no Python"
        return cls(stated[1], tuple(sorted(x for x in lines if x and not x.startswith("#"))))

    @property
    def key(self) -> str:
        """Name the environment that they make."""
        return hashlib.sha256("\n".join((self.python, *self.lines)).encode()).hexdigest()[:16]


def interpreter(root: Path, wanted: str) -> tuple[Path, str]:
    """Return a Python of a minor version, or else the nearest that is there, and what it is."""
    there = {}
    for path in root.glob("3.*/bin/python"):
        major, minor = path.parts[-3].split(".")[:2]
        there[int(minor)] = path, f"{major}.{minor}"
    minor = int(wanted.split(".")[1])
    return there[min(there, key=lambda one: abs(one - minor))]


def environment(pins: Pins, options: argparse.Namespace) -> tuple[Path, str, str]:
    """Build what the pins ask for; return its Python, that one's version, and why it failed or ""."""
    base, version = interpreter(options.python_root, pins.python)
    place = options.work / "environments" / pins.key
    python = place / "bin" / "python"
    if (place / "done").exists():
        return python, version, ""
    shutil.rmtree(place, ignore_errors=True)
    listed = options.work / "requirements.txt"
    listed.write_text("\n".join(pins.lines) + "\n", "utf-8")
    for command in (
        ["venv", "--quiet", "--python", str(base), str(place)],
        ["pip", "install", "--quiet", "--python", str(python), "--requirement", str(listed)],
    ):
        try:
            done = subprocess.run(
                [options.uv, *command], capture_output=True, text=True, timeout=options.timeout
            )
        except subprocess.TimeoutExpired:
            return python, version, f"not installed in {options.timeout:g} s"
        if done.returncode:
            return python, version, " ".join(done.stderr.split())[-1500:]
    (place / "done").touch()
    return python, version, ""


def run_one(row: dict[str, str], options: argparse.Namespace, before: Result | None) -> Result:
    """Convert one notebook, build its environment and run its package there.

    `before` is the result to keep if the package ran and asks for the same.
    """
    slug = re.sub(r"\W+", "_", row["path"])
    package = options.work / "packages" / slug
    shutil.rmtree(package, ignore_errors=True)
    made = corpus.convert(options.run / row["path"], package)
    if made["exit"]:
        return {"status": "no package", "error": made["error"]}
    pins = Pins.of(package)
    if before and (before["status"], before.get("python"), before.get("pins")) == (
        "ok",
        pins.python,
        list(pins.lines),
    ):
        return before
    python, version, problem = environment(pins, options)
    told = {"python": pins.python, "ran_on": version, "pins": list(pins.lines)}
    if problem:
        return {**told, "status": "no environment", "error": problem}
    folder = Path(row["path"])
    copy = options.work / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(options.run / folder.parts[0], copy, ignore_dangling_symlinks=True)
    start = time.perf_counter()
    status, error = run_package(package, python, copy.joinpath(*folder.parent.parts[1:]), options)
    seconds = round(time.perf_counter() - start, 1)
    return {**told, "status": status, "error": error, "seconds": seconds}


def run_package(
    package: Path, python: Path, place: Path, options: argparse.Namespace
) -> tuple[str, str]:
    """Run a package in a folder; return how it ended and the last line of an error."""
    name = next((package / "src").glob("*/pipeline.py")).parent.name
    command = [str(python), "-m", name, *(["--explore"] if options.explore else [])]
    variables = {
        **os.environ,
        **NOWHERE,
        "MPLBACKEND": "Agg",
        "PYTHONPATH": str(package / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SEABORN_DATA": str(options.run.parent / "seaborn-data"),
        "PATH": os.pathsep.join((str(stubs(options.work)), str(python.parent), os.environ["PATH"])),
    }
    variables.pop("VIRTUAL_ENV", None)
    log = options.work / "output.txt"
    with log.open("wb") as said:
        try:
            done = subprocess.run(
                command,
                cwd=place,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                timeout=options.timeout,
            )
        except subprocess.TimeoutExpired:
            return "timeout", f"not done in {options.timeout:g} s"
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    (package / "output.txt").write_text("\n".join(lines), "utf-8")
    return ("ok", "") if done.returncode == 0 else ("failed", "".join(lines[-1:])[-500:])


def stubs(work: Path) -> Path:
    """Make a folder of commands that install nothing."""
    folder = work / "stubs"
    folder.mkdir(exist_ok=True)
    for name in INSTALLERS:
        (folder / name).write_text("#!/bin/sh\nexit 0\n", "utf-8")
        (folder / name).chmod(0o755)
    return folder


# ---------------------------------------------------------------- all of them


def rows(options: argparse.Namespace) -> list[dict[str, str]]:
    """Return the notebooks to run, the quickest first."""
    found = []
    for table in options.runnable:
        with table.open(newline="", encoding="utf-8") as handle:
            found += [dict(row) for row in csv.DictReader(handle, delimiter="\t")]
    found = [row for row in found if fnmatch.fnmatch(row["path"], f"*{options.only}*")]
    return sorted(found, key=lambda row: float(row["seconds"]))[: options.limit]


def figures(results: dict[str, Result]) -> dict[str, Any]:
    """Return the counts, and why what did not run did not."""
    return {
        "notebooks": len(results),
        "status": dict(Counter(r["status"] for r in results.values())),
        "environments": len({tuple(r["pins"]) for r in results.values() if "pins" in r}),
        "not ok": {
            name: f"{r['status']}: {r['error']}"
            for name, r in results.items()
            if r["status"] != "ok"
        },
        "on another Python": {
            name: f"{r['ran_on']} for {r['python']}"
            for name, r in results.items()
            if r.get("python") != r.get("ran_on")
        },
    }


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("run", type=Path, help="the folder of notebooks beside their data")
    parser.add_argument("runnable", type=Path, nargs="+", help="tables of the notebooks to run")
    parser.add_argument("--uv", default="uv", help="the uv to build environments with")
    parser.add_argument("--work", type=Path, default=Path("pins-work"), help="kept between runs")
    parser.add_argument(
        "--python-root", type=Path, required=True, help="folder with 3.X.Y/bin/python"
    )
    parser.add_argument("--explore", action="store_true", help="run the exploration, too")
    parser.add_argument("--only", default="", help="pattern of notebook paths, run in any case")
    parser.add_argument("--limit", type=int, help="at most so many notebooks")
    parser.add_argument("--resume", action="store_true", help="keep the results that are there")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds for one run")
    parser.add_argument("--json", type=Path, help="write every single result here")
    options = parser.parse_args(argv)
    options.run, options.work = options.run.resolve(), options.work.resolve()
    return options


def main(argv: list[str] | None = None) -> int:
    """Run them one after the other; print a line on each and the figures as JSON."""
    options = arguments(argv)
    options.work.mkdir(parents=True, exist_ok=True)
    kept = options.work / ("explored.json" if options.explore else "results.json")
    results: dict[str, Result] = {}
    if kept.exists() and (options.resume or options.only):
        results = json.loads(kept.read_text("utf-8"))
    for row in rows(options):
        name = row["path"]
        results[name] = run_one(row, options, None if options.only else results.get(name))
        kept.write_text(json.dumps(results, indent=1), "utf-8")
        told = results[name]
        words = (told["status"], told.get("python", ""), told.get("seconds", ""), name)
        print(*words, told["error"][-200:], sep="\t", flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), "utf-8")
    print(json.dumps(figures(results), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
