"""Count the files that a run opens, as strace sees them, and those that lineage.json lists.

    lineage.py [NOTEBOOK ... --python PYTHON] [--corpus CORPUS_DIR --runnable FILE]
               [--seconds 20] [--only PATTERN] [--json OUT]

Each package runs twice, in copies of the notebook's folder: under strace without any recording,
which says what there is to list, and as `python -m PACKAGE` does, which lists. What strace saw is
told apart by a rule of its own, so that a mistake in the package's rule is found.
"""

from __future__ import annotations

import argparse
import csv
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus import ENVIRONMENTS, convert

RUN = "from {0} import pipeline; pipeline.run()"
CALL = re.compile(
    r"^(\d+) +(?:open|openat|creat)\((?:[^,\"]*, )?\"(?:[^\"\\]|\\.)*\"\.*(, [A-Z_|0-9]+)?"
)
OPENED = re.compile(r" = \d+<(.*)>$")
RESUMED = re.compile(r"^(\d+) +<\.\.\. (?:open|openat|creat) resumed>")
SYSTEM = re.compile(r"^/(dev|proc|sys|etc|usr|lib|lib64|run|bin)/")
# what no one would call data, wherever it lies
CODE = re.compile(
    r"\.(py|pyc|pyi|so[.\d]*|pth|cfg|ttf|otf|afm|mplstyle|pem|js|css)$|/(__pycache__|\.ipython|\.git)/"
)
# of a library, only what has a format of data is
DATA = re.compile(
    r"(?<!zoneinfo\.tar)\.(csv|tsv|npz|npy|gz|bz2|zip|mat|arff|parquet|dat|data|xlsx?)$"
)


@dataclass(frozen=True)
class Counted:
    """Files by path: those that strace saw and those that the record lists."""

    read: set[str]
    written: set[str]
    listed_read: set[str]
    listed_written: set[str]
    error: str = ""


def opened(log: Path) -> Iterator[tuple[str, str]]:
    """Yield path and flags of every file that was opened."""
    waiting: dict[str, str] = {}
    for line in log.read_text("utf-8", "replace").splitlines():
        call, resumed, path = CALL.match(line), RESUMED.match(line), OPENED.search(line)
        if call and line.endswith("<unfinished ...>"):
            waiting[call[1]] = call[2] or "O_WRONLY|O_CREAT"
        elif path and (call or resumed):
            flags = (call[2] or "O_WRONLY|O_CREAT") if call else waiting.pop(resumed[1], "")
            yield _decoded(path[1]), flags


def _decoded(path: str) -> str:
    """Return a path without strace's escapes."""
    return (
        path.encode("latin-1", "replace")
        .decode("unicode_escape")
        .encode("latin-1")
        .decode("utf-8", "replace")
    )


def is_data(path: str, copy: Path, environment: Path, project: Path) -> bool:
    """Say whether somebody would call a file data that a run reads or writes."""
    if CODE.search(path) or path.startswith(f"{project}/") or path.endswith("(deleted)"):
        return False
    if path.startswith(f"{environment}/"):
        return bool(DATA.search(path))
    if path.startswith(f"{copy}/"):
        return True
    return not SYSTEM.match(path) and not re.search(r"matplotlib|fontconfig|/\.config/", path)


def count(notebook: Path, python: Path, root: Path, seaborn: Path | None) -> Counted | None:
    """Convert a notebook and run its package both ways; None where there is no package."""
    with tempfile.TemporaryDirectory(prefix="lineage-") as folder:
        work = Path(folder).resolve()
        project = work / "project"
        if convert(notebook, project)["exit"]:
            return None
        (package,) = (path.parent.name for path in project.glob("src/*/pipeline.py"))
        environment = {**os.environ, "PYTHONPATH": str(project / "src"), "MPLBACKEND": "Agg"}
        environment |= {"SEABORN_DATA": str(seaborn)} if seaborn else {}
        # nothing answers there, so that both runs end the same way without network
        environment |= {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
        place, log = notebook.parent.relative_to(root), work / "strace"
        ends = []
        strace = ["strace", "-f", "-y", "-e", "trace=open,openat,creat", "-o", str(log)]
        commands = {
            "traced": [*strace, str(python), "-c", RUN.format(package)],
            "recorded": [str(python), "-m", package, "run", "--artifacts", str(work / "kept")],
        }
        for name, command in commands.items():
            shutil.copytree(root, work / name, symlinks=False, ignore_dangling_symlinks=True)
            done = subprocess.run(
                command, cwd=work / name / place, env=environment, capture_output=True, text=True
            )
            ends.append(done.stderr.strip().splitlines()[-1:] if done.returncode else [])
        record = json.loads((work / "kept/lineage.json").read_text("utf-8"))
        prefix = python.parent.parent.resolve()
        read, written = set(), set()
        for path, flags in opened(log):
            if Path(path).is_dir() or not is_data(path, work / "traced", prefix, project):
                continue
            shown = os.path.relpath(path, work / "traced" / place)
            shown = shown if path.startswith(str(work)) else path
            if "O_WRONLY" not in flags and "O_CREAT" not in flags:
                read.add(shown)
            elif Path(path).exists():
                written.add(shown)
        files = record["files"]
        listed = {kind: {_full(row["path"]) for row in files[kind]} for kind in ("read", "written")}
        error = " / ".join("".join(end) for end in ends if end)
        return Counted(read, written, listed["read"], listed["written"], error[:200])


def _full(path: str) -> str:
    """Return a listed path as strace has it."""
    full = os.path.expanduser(path)
    return os.path.realpath(full) if os.path.isabs(full) else full


def tasks(options: argparse.Namespace) -> Iterator[tuple[Path, Path, Path]]:
    """Yield notebook, Python and the folder to copy."""
    for notebook in options.notebooks:
        yield notebook.resolve(), options.python.absolute(), notebook.resolve().parent
    if options.runnable:
        corpus = options.corpus.resolve()
        with options.runnable.open(newline="", encoding="utf-8") as handle:
            for row in csv.DictReader(handle, delimiter="\t"):
                wanted = fnmatch.fnmatch(row["path"], f"*{options.only}*")
                if wanted and float(row["seconds"]) <= options.seconds:
                    python = corpus / ENVIRONMENTS[row["venv"]] / "bin/python"
                    root = corpus / "run" / row["path"].split("/", 1)[0]
                    yield corpus / "run" / row["path"], python, root


def main() -> int:
    """Count for every notebook; end with 1 when a file that was read is not listed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--runnable", type=Path)
    parser.add_argument("--seconds", type=float, default=20, help="leave longer ones out")
    parser.add_argument("--only", default="")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    seaborn = options.corpus.resolve() / "seaborn-data" if options.corpus else None
    told, totals = {}, [0, 0, 0, 0]
    for notebook, python, root in tasks(options):
        found = count(notebook, python, root, seaborn)
        if found is None:
            print(f"{notebook.name}: no package")
            continue
        missing = sorted(found.read - found.listed_read)
        lost = sorted(found.written - found.listed_written)
        beyond = sorted(found.listed_read - found.read)
        sums = [len(found.read), len(missing), len(found.written), len(lost)]
        totals = [a + b for a, b in zip(totals, sums, strict=True)]
        told[str(notebook)] = {"read": sorted(found.read), "missing": missing, "lost": lost}
        print(
            f"{notebook.name}: {sums[0]} read, {len(missing)} not listed {missing or ''}; "
            f"{sums[2]} written, {len(lost)} not listed {lost or ''}; "
            f"listed beyond {beyond or 'nothing'} {found.error}",
            flush=True,
        )
    print(
        f"{len(told)} packages: {totals[0] - totals[1]} of {totals[0]} files read are listed, "
        f"{totals[2] - totals[3]} of {totals[2]} written"
    )
    if options.json:
        options.json.write_text(json.dumps(told, indent=2), "utf-8")
    return int(totals[1] > 0)


if __name__ == "__main__":
    sys.exit(main())
