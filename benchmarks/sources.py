"""Measure the inventory of data: against what runs opened, against what calls look like, its speed.

    sources.py CORPUS_DIR [--run --runnable FILE [--traces DIR]] [--calls] [--speed NUMBER]

--run     runs the notebooks that FILE names in copies of their folders (in the corpus' environments),
          and compares the files below the folder that Python opened with those of the inventory;
          DIR keeps the records of the runs, and those that are there are not made again
--calls   lists the calls in `static/` that look like reads or writes by their names and are in no
          entry: for reading by eye
--speed   takes inventories of so many notebooks, repeating those of `static/`, with `nb2prod sources`
"""

from __future__ import annotations

import argparse
import ast
import csv
import fnmatch
import hashlib
import json
import os
import posixpath
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from nb2prod import api
from nb2prod.errors import Nb2prodError
from nb2prod.inventory.inventory import inventory, scripts
from nb2prod.model import Source
from nb2prod.notebook import document
from nb2prod.notebook.read import code_cells, outline

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = {"old": "env_old", "mid": "env_mid", "venv": "env", "new": "env"}
_LOCAL = ("file", "model", "figure", "database")
_LOOKS = re.compile(
    r"^(read|load|save|open|write|dump|fetch|download|export|imread|imsave|imwrite|glob|rglob|listdir"
    r"|walk|urlopen|urlretrieve|connect|to_|from_)|[Ff]ile$|dataset|savefig|[Rr]eader|[Ww]riter"
)


def run_all(corpus: Path, runnable: Path, traces: Path) -> None:
    """Compare the inventories of runnable notebooks with what their runs opened."""
    counts: Counter[str] = Counter()
    with runnable.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for row in rows:
        trace = traces / f"{hashlib.md5((row['path'] + chr(10)).encode()).hexdigest()[:10]}.json"
        if not trace.exists():
            _run(corpus, row, trace)
        if trace.exists():
            counts += _compare(
                corpus / "run" / row["path"], row["path"], json.loads(trace.read_text())
            )
    for way in ("read", "write"):
        names = ("opened", "matched", "found", "right")
        opened, matched, found, right = (counts[f"{way} {name}"] for name in names)
        print(
            f"{way}: {matched} of {opened} opened files found ({matched / max(opened, 1):.3f}),"
            f" {right} of {found} found files opened ({right / max(found, 1):.3f})"
        )
    print(f"{counts['notebooks']} notebooks, {counts['errors']} cells with errors")


def _run(corpus: Path, row: dict[str, str], trace: Path) -> None:
    python = corpus / ENVIRONMENTS[row["venv"]] / "bin/python"
    top, _, inner = row["path"].partition("/")
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(corpus / "run" / top, Path(copy, top))
        place = Path(copy, top, inner).parent
        worker = [str(python), str(HERE / "sources_worker.py"), str(corpus / "run" / row["path"])]
        try:
            subprocess.run([*worker, str(trace)], cwd=place, capture_output=True, timeout=600)
        except subprocess.TimeoutExpired:
            print("too slow:", row["path"])


def _compare(notebook: Path, name: str, record: dict) -> Counter[str]:  # type: ignore[type-arg]
    place = record["cwd"]
    top = place[: len(place) - len(posixpath.dirname(name).partition("/")[2])].rstrip("/")
    found = api.sources(notebook, consumers=False)
    counts = Counter({"notebooks": 1, "errors": record["errors"]})
    written = {path for mode, path in record["log"] if mode == "w"}
    for way, letter in (("read", "r"), ("write", "w")):
        opened = {
            os.path.relpath(path, place)
            for mode, path in record["log"]
            if mode == letter and path.startswith(f"{top}/") and _is_data(path)
        }
        if way == "read":  # its own intermediates are entries, too
            opened -= {
                os.path.relpath(p, place) for p in written if not _is_listed(found, place, p)
            }
        entries = [s for s in found if s.direction == way and s.kind in _LOCAL and s.resolved]
        known = {_plain(s.resolved or "") for s in entries}
        missing = {path for path in opened if not any(_fits(text, path) for text in known)}
        exact = {text for text in known if not _is_elsewhere(text)}
        wrong = {text for text in exact if not any(_fits(text, path) for path in opened)}
        counts += Counter(
            {
                f"{way} opened": len(opened),
                f"{way} matched": len(opened) - len(missing),
                f"{way} found": len(exact),
                f"{way} right": len(exact) - len(wrong),
            }
        )
        for kind, paths in (("not found", missing), ("not opened", wrong)):
            for path in sorted(paths):
                print(f"{way} {kind}: {path} ({name})")
    return counts


def _is_listed(found: tuple[Source, ...], place: str, path: str) -> bool:
    relative = os.path.relpath(path, place)
    return any(
        s.direction == "read" and s.resolved and _fits(_plain(s.resolved), relative) for s in found
    )


def _plain(text: str) -> str:
    return posixpath.normpath(text.removeprefix("sqlite:///"))


def _is_data(path: str) -> bool:
    return (
        not path.endswith((".py", ".pyc", ".ipynb"))
        and "/.git/" not in path
        and Path(path).suffix != ""
    )


def _is_elsewhere(text: str) -> bool:
    return "://" in text or text.startswith(("/", "~")) or re.match(r"[A-Za-z]:", text) is not None


def _fits(text: str, path: str) -> bool:
    if text in (path, ".") or path.startswith(f"{text}/"):
        return True
    return fnmatch.fnmatchcase(path, text.replace("**/", "*")) or path.startswith(f"{text}.")


def calls(corpus: Path) -> Iterator[str]:
    """Yield the calls that look like reads or writes and stand in no entry."""
    for notebook in sorted((corpus / "static").rglob("*.ipynb")):
        try:
            program = outline(document.load(notebook))
            cells = scripts(code_cells(program))
        except Nb2prodError:
            continue
        listed = {(s.cell, s.line) for s in inventory(cells, program.folder)}
        for cell in cells:
            for node in ast.walk(cell.tree):
                if isinstance(node, ast.Call) and (cell.cell, node.func.end_lineno) not in listed:
                    function = node.func
                    name = getattr(function, "attr", getattr(function, "id", ""))
                    if _LOOKS.search(name):
                        code = " ".join(ast.unparse(node).split())[:120]
                        yield f"{notebook.relative_to(corpus)} | {cell.cell} | {function.end_lineno} | {code}"


def speed(corpus: Path, number: int) -> None:
    """Print how many inventories a second the command makes, by the clock and by the time of CPUs."""
    notebooks = sorted(map(str, (corpus / "static").rglob("*.ipynb")))
    many = (notebooks * (number // max(len(notebooks), 1) + 1))[:number]
    start = time.perf_counter()
    command = [sys.executable, "-m", "nb2prod", "sources", *many, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parent)
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = used.ru_utime + used.ru_stime
    entries = sum(len(row["sources"]) for row in json.loads(done.stdout)["notebooks"])
    print(f"{number} notebooks, {entries} entries: {number / seconds:.1f} a second by the clock")
    print(
        f"{busy:.1f} s of CPU: {number / busy:.1f} a second for one CPU that has nothing else to do"
    )


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--runnable", type=Path)
    parser.add_argument("--traces", type=Path)
    parser.add_argument("--calls", action="store_true")
    parser.add_argument("--speed", type=int)
    given = parser.parse_args()
    if given.run:
        traces = given.traces or Path(tempfile.mkdtemp())
        traces.mkdir(parents=True, exist_ok=True)
        run_all(given.corpus, given.runnable, traces)
    if given.calls:
        found = list(calls(given.corpus))
        print(*found, f"{len(found)} calls", sep="\n")
    if given.speed:
        speed(given.corpus, given.speed)


if __name__ == "__main__":
    main()
