"""Convert a corpus of public notebooks and count what comes out.

    corpus.py CORPUS_DIR [--static] [--run --runnable FILE] [--peers NAME=PYTHON ...]
                         [--only PATTERN] [--jobs 2] [--json OUT]

CORPUS_DIR holds `static/` (notebooks to convert) and `run/` (notebooks beside their data) with the
environments `env_old`, `env_mid` and `env`, as the corpus' own scripts lay them out.

--static  converts every notebook in its own process and inspects the package
--run     converts the notebooks that FILE names, and compares each package with its notebook
--peers   lets other tools convert the static notebooks in the same run; each in its own
          environment: `python -m venv DIR; DIR/bin/pip install DISTRIBUTION`, and then
          `--peers nb2p=DIR/bin/python` (distributions: see peers.py)
"""

from __future__ import annotations

import argparse
import csv
import fnmatch
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import compare
import inspection
import peers

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = {"old": "env_old", "mid": "env_mid", "venv": "env", "new": "env"}
Result = dict[str, Any]


def convert(notebook: Path, package: Path, limit: float = 300.0) -> Result:
    """Convert a notebook in its own process; return exit status, seconds and what was said."""
    command = [sys.executable, "-m", "nb2prod", "convert", str(notebook), "--output", str(package)]
    start = time.perf_counter()
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=limit, cwd=HERE.parent
        )
        status, said = done.returncode, done.stderr
    except subprocess.TimeoutExpired:
        status, said = -9, f"not done in {limit:g} s"
    seconds = round(time.perf_counter() - start, 3)
    last = said.strip().splitlines()[-1:] if status else []
    return {"exit": status, "seconds": seconds, "error": "".join(last)[:300]}


def static_one(notebook: Path) -> Result:
    """Convert one notebook and inspect its package."""
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        package = Path(folder) / "package"
        result = convert(notebook, package)
        if result["exit"] == 0:
            result.update(inspection.inspect(package))
        return result


def run_one(notebook: Path, row: dict[str, str], options: argparse.Namespace) -> Result:
    """Convert one notebook that runs, and compare its package with it."""
    python = options.corpus.resolve() / ENVIRONMENTS[row["venv"]] / "bin" / "python"
    root = options.corpus.resolve() / "run" / row["path"].split("/", 1)[0]
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        package = Path(folder) / "package"
        result = convert(notebook, package)
        if result["exit"] != 0:
            return {**result, "status": "no package"}
        wanted = compare.Comparison(
            notebook,
            package,
            python=str(python),
            root=root,
            timeout=options.timeout,
            environment={"SEABORN_DATA": str(options.corpus.resolve() / "seaborn-data")},
        )
        return {**result, **compare.compare(wanted)}


# ---------------------------------------------------------------- all of them


def each(
    notebooks: Iterable[tuple[str, Callable[[], Result]]], jobs: int, title: str
) -> dict[str, Result]:
    """Do a task for every notebook, some at a time, with a line on each as it ends."""
    results: dict[str, Result] = {}

    def one(named: tuple[str, Callable[[], Result]]) -> None:
        name, task = named
        results[name] = task()
        told = {
            k: results[name].get(k) for k in ("exit", "status", "seconds", "run_seconds", "error")
        }
        words = " ".join(f"{k}={v}" for k, v in told.items() if v not in (None, ""))
        print(f"{title} {name}: {words}", file=sys.stderr, flush=True)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, notebooks))
    return dict(sorted(results.items()))


def static_notebooks(options: argparse.Namespace) -> list[Path]:
    """Return the static notebooks that match the pattern."""
    found = sorted((options.corpus / "static").rglob("*.ipynb"))
    named = [path for path in found if fnmatch.fnmatch(str(path), f"*{options.only}*")]
    return named[: options.limit]


def all_static(options: argparse.Namespace) -> dict[str, Result]:
    """Convert and inspect every static notebook."""
    base = options.corpus / "static"
    tasks = [
        (str(path.relative_to(base)), partial(static_one, path))
        for path in static_notebooks(options)
    ]
    return each(tasks, options.jobs, "static")


def all_runs(options: argparse.Namespace) -> dict[str, Result]:
    """Convert and compare every notebook that runs."""
    with options.runnable.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    tasks = []
    for row in rows:
        notebook = options.corpus / "run" / row["path"]
        if fnmatch.fnmatch(row["path"], f"*{options.only}*") and notebook.exists():
            tasks.append((row["path"], partial(run_one, notebook, row, options)))
    return each(tasks[: options.limit], options.jobs, "run")


def all_peers(options: argparse.Namespace) -> dict[str, dict[str, Result]]:
    """Let every peer convert every static notebook."""
    base = options.corpus / "static"
    found = {}
    for named in options.peers:
        name, python = named.split("=", 1)
        tasks = [
            (str(path.relative_to(base)), partial(peers.convert, name, python, path))
            for path in static_notebooks(options)
        ]
        found[name] = each(tasks, options.jobs, name)
    return found


# ---------------------------------------------------------------- figures


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of all values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def times(results: Iterable[Result]) -> dict[str, float]:
    """Return median and 95th percentile of the seconds that the conversions took."""
    seconds = [r["seconds"] for r in results if "seconds" in r]
    median = round(statistics.median(seconds), 2) if seconds else 0.0
    return {"median": median, "p95": round(percentile(seconds, 0.95), 2)}


def static_figures(results: dict[str, Result]) -> dict[str, Any]:
    """Return the counts over the static notebooks, with names where something is wrong."""
    made = {name: r for name, r in results.items() if r["exit"] == 0}
    wrong = {
        key: [name for name, r in made.items() if r[key]]
        for key in ("not_compiled", "undefined", "ruff", "black")
    }
    totals = Counter[str]()
    for result in made.values():
        totals.update(result["functions"])
    return {
        "notebooks": len(results),
        "packages": len(made),
        "exits": dict(Counter(str(r["exit"]) for r in results.values())),
        "clean": {key: len(made) - len(names) for key, names in wrong.items()},
        "wrong": wrong,
        "failed": {name: r["error"] for name, r in results.items() if r["exit"] != 0},
        "functions": dict(totals),
        "ruff_codes": dict(Counter(code for r in made.values() for code in r["ruff"])),
        "seconds": times(results.values()),
    }


def run_figures(results: dict[str, Result]) -> dict[str, Any]:
    """Return the counts over the notebooks that run, and what was not equal."""
    ran = {name: r for name, r in results.items() if r["status"] != "notebook failed"}
    totals = Counter[str]()
    for result in ran.values():
        totals.update(result.get("counts", {}))
    return {
        "notebooks": len(results),
        "status": dict(Counter(r["status"] for r in results.values())),
        "printed": dict(Counter(r["printed"] for r in ran.values() if r.get("printed"))),
        "names": dict(totals),
        "not_equal": {name: reason(r) for name, r in results.items() if r["status"] != "equal"},
        "other_output": {
            name: r["printed_detail"] for name, r in ran.items() if r.get("printed") == "different"
        },
    }


def reason(result: Result) -> Any:
    """Return why a package is not equal to its notebook."""
    keys = ("status", "error", "different", "files", "apart")
    return {key: result[key] for key in keys if result.get(key)}


def peer_figures(results: dict[str, Result]) -> dict[str, Any]:
    """Return the counts over what another tool made of the static notebooks."""
    made = [r for r in results.values() if r["exit"] == 0 and r.get("files")]
    good = [r for r in made if not r["not_compiled"] and not r["undefined"]]
    return {
        "notebooks": len(results),
        "made": len(made),
        "compiles": sum(not r["not_compiled"] for r in made),
        "no_undefined_name": sum(not r["undefined"] for r in made),
        "compiles_without_undefined": len(good),
        "seconds": times(results.values()),
    }


# ---------------------------------------------------------------- command line


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--static", action="store_true", help="convert static/ and inspect")
    parser.add_argument("--run", action="store_true", help="convert run/ and compare")
    parser.add_argument("--runnable", type=Path, help="the table of notebooks that run")
    parser.add_argument("--peers", nargs="+", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--only", default="", help="pattern of notebook paths")
    parser.add_argument("--limit", type=int, help="at most so many notebooks")
    parser.add_argument("--jobs", type=int, default=2, help="conversions at a time")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds for one run")
    parser.add_argument("--json", type=Path, help="write every single result here")
    options = parser.parse_args(argv)
    if options.run and not options.runnable:
        parser.error("--run needs --runnable FILE")
    return options


def main(argv: list[str] | None = None) -> int:
    """Do what was asked for and print the figures as JSON."""
    options = arguments(argv)
    results: dict[str, Any] = {}
    figures: dict[str, Any] = {}
    if options.static:
        results["static"] = all_static(options)
        figures["static"] = static_figures(results["static"])
    if options.run:
        results["run"] = all_runs(options)
        figures["run"] = run_figures(results["run"])
    if options.peers:
        results["peers"] = all_peers(options)
        figures["peers"] = {name: peer_figures(r) for name, r in results["peers"].items()}
    if options.json:
        options.json.write_text(json.dumps({**results, "figures": figures}, indent=1), "utf-8")
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
