"""Seconds of `git diff` with nb2prod's driver and nbdime's in the same run, and of the matching.

    python benchmarks/git_diff.py --nbdime PYTHON --counts 1 50 --megabytes 0 5

The seconds in brackets are those of the processor, which other work on the machine changes little.
PYTHON is one that has nbdime installed. Each case is a repository of its own: notebooks of 20 cells, two
of them changed, of some kB or with five pictures that add up to so many megabytes, one of them changed.
"""

from __future__ import annotations

import argparse
import base64
import copy
import json
import os
import random
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nb2prod.git import driver, entries

_CELLS = 20
_PICTURES = 5
_WORDS = "frame value column total mean rate price model score region date plan"


def main() -> None:
    """Print a table a case."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--nbdime", type=Path, metavar="PYTHON")
    parser.add_argument("--counts", type=int, nargs="*", default=[1, 10, 50])
    parser.add_argument("--megabytes", type=float, nargs="+", default=[0, 5])
    given = parser.parse_args()
    for megabytes in given.megabytes:
        for count in given.counts:
            _table(
                f"{count} notebooks of {megabytes or 0.007:g} MB", count, megabytes, given.nbdime
            )
    print("\nin process, nb2prod (and nbdime), seconds of the processor")
    for name, (old, new) in _cases().items():
        start = time.process_time()
        _in_process(old, new)
        ours = time.process_time() - start
        theirs = _nbdime_in_process(old, new, given.nbdime) if given.nbdime else ""
        print(f"  {name:<32} {ours:6.3f} {theirs}", flush=True)


def _table(name: str, count: int, megabytes: float, nbdime: Path | None) -> None:
    print(f"\n{name}")
    with tempfile.TemporaryDirectory() as folder:
        repository = _repository(Path(folder), count, megabytes)
        plain = _diff(repository, {}, "--no-ext-diff", "--no-textconv")
        ours = _diff(repository, entries.settings(["diff"]))
        cold = _diff(repository, entries.settings(["diff"]), "--no-ext-diff")
        warm = _diff(repository, entries.settings(["diff"]), "--no-ext-diff")
        row = f"  git {_said(plain)}  nb2prod {_said(ours)}"
        row += f"  textconv {_said(cold)}, again {_said(warm)}"
        if nbdime:
            command = f"'{nbdime.parent / 'git-nbdiffdriver'}' diff"
            theirs = _diff(repository, {"diff.nb2prod.command": command})
            ratios = [f"{one / other:.3f}" for one, other in zip(ours, theirs, strict=True)]
            row += f"  nbdime {_said(theirs)}  ratio {' and '.join(ratios)}"
        print(row, flush=True)


def _said(seconds: tuple[float, float]) -> str:
    return f"{seconds[0]:.2f} ({seconds[1]:.2f})"


def _repository(folder: Path, count: int, megabytes: float) -> Path:
    _git(folder, "init", "-q")
    _git(folder, "config", "user.name", "benchmark")
    _git(folder, "config", "user.email", "benchmark@localhost")
    (folder / ".gitattributes").write_text("*.ipynb diff=nb2prod\n")
    notebooks = [_notebook(number, megabytes) for number in range(count)]
    for edited in (False, True):
        for number, notebook in enumerate(notebooks):
            text = json.dumps(_edited(notebook) if edited else notebook, indent=1)
            (folder / f"notebook{number}.ipynb").write_text(text)
        if not edited:
            _git(folder, "add", ".")
            _git(folder, "commit", "-qm", "first")
    return folder


def _notebook(seed: int, megabytes: float) -> dict[str, Any]:
    draw = random.Random(seed)
    cells = [_cell(draw, f"c{seed}x{index}") for index in range(_CELLS)]
    for cell in cells[:_PICTURES] if megabytes else ():
        size = int(megabytes * 1e6 / _PICTURES * 3 / 4)
        picture = base64.b64encode(draw.randbytes(size)).decode()
        data = {"image/png": picture, "text/plain": ["<Figure>"]}
        cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    return _document(cells)


def _document(cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _cell(draw: random.Random, name: str, lines: int = 8) -> dict[str, Any]:
    words = _WORDS.split()
    source = [
        f"{draw.choice(words)}_{draw.randrange(99)} = {draw.choice(words)}({draw.choice(words)}, "
        f"{draw.randrange(999)})\n"
        for _ in range(lines)
    ]
    return {
        "cell_type": "code",
        "execution_count": 1,
        "id": name,
        "metadata": {},
        "outputs": [{"output_type": "stream", "name": "stdout", "text": [f"{draw.random()}\n"]}],
        "source": source,
    }


def _edited(notebook: dict[str, Any]) -> dict[str, Any]:
    new = copy.deepcopy(notebook)
    new["cells"][3]["source"][2] = "changed = 1\n"
    new["cells"][9]["source"].insert(4, "put_in = 2\n")
    data = new["cells"][0]["outputs"][0].get("data")
    if data:
        data["image/png"] = data["image/png"][::-1]
    return new


def _diff(repository: Path, settings: dict[str, str], *options: str) -> tuple[float, float]:
    """Return seconds and those of the processor: the best of three, or of one where it takes long."""
    for key in ("command", "textconv", "cachetextconv"):
        _git(repository, "config", "--unset-all", f"diff.nb2prod.{key}", check=False)
    for name, value in settings.items():
        _git(repository, "config", name, value)
    taken = [_once(repository, options)]
    while "--no-ext-diff" not in options and taken[0][0] < 5 and len(taken) < 3:
        taken.append(_once(repository, options))
    return min(taken)


def _once(repository: Path, options: Sequence[str]) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = _seconds(lambda: _git(repository, "diff", *options))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _git(folder: Path, *arguments: str, check: bool = True) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", *arguments]
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=check)


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _cases() -> dict[str, tuple[bytes, bytes]]:
    draw = random.Random(0)
    cells = [_cell(draw, f"c{index}") for index in range(500)]
    fresh = [{**cell, "id": f"other{index}"} for index, cell in enumerate(cells)]
    rewritten = [
        {**cell, "source": [line.replace("(", "(new, ") for line in cell["source"]]}
        for cell in cells[:200]
    ]
    without = [{k: v for k, v in cell.items() if k != "id"} for cell in cells[:200]]
    without_rewritten = [{k: v for k, v in cell.items() if k != "id"} for cell in rewritten]
    shuffled = draw.sample(cells, len(cells))
    pairs = {
        "200 cells all rewritten": (cells[:200], rewritten),
        "200 rewritten, without ids": (without, without_rewritten),
        "500 cells with new ids": (cells, fresh),
        "500 cells shuffled": (cells, shuffled),
    }
    return {
        name: (json.dumps(_document(old)).encode(), json.dumps(_document(new)).encode())
        for name, (old, new) in pairs.items()
    }


def _in_process(old: bytes, new: bytes) -> None:
    driver.body(old, new, driver.Paper(driver.Style(colour=True)))


_NBDIME = """
import sys, time, nbformat
from nbdime import diff_notebooks
old, new = (nbformat.read(path, as_version=4) for path in sys.argv[1:])
start = time.process_time()
diff_notebooks(old, new)
print(f"{time.process_time() - start:.2f}")
"""


def _nbdime_in_process(old: bytes, new: bytes, python: Path) -> str:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("old.ipynb", "new.ipynb")]
        for path, data in zip(paths, (old, new), strict=True):
            path.write_bytes(data)
        command = [str(python), "-c", _NBDIME, *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return f"({done.stdout.strip()})"


if __name__ == "__main__":
    main()
