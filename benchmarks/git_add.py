"""CPU time of `git add` of many notebooks: without a filter, with nb2prod's, with nbstripout's.

    git_add.py [--count 50] [--nbstripout EXECUTABLE] [--rounds 5] [--notebooks FOLDER]

All in one run and in turns; each round adds the same files to a new repository. Notebooks have 20
cells; larger ones an image as well; with a folder some of those below it, drawn at random, come last.
nbstripout, which takes long, runs once on the small.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from nb2prod.git.clean import COMMAND  # noqa: E402


def notebook(number: int, size: int) -> str:
    """Return a notebook of 20 cells that ran, with an image of so many bytes."""
    image = base64.b64encode(random.Random(number).randbytes(size)).decode()
    cells = [
        {
            "cell_type": "code",
            "execution_count": i + 1,
            "id": f"cell{number}x{i}",
            "metadata": {},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": [f"{number} {i}\n"]}],
            "source": [f"x{i} = load({number})\n", f"print(x{i})"],
        }
        for i in range(20)
    ]
    if size:
        data = {"image/png": image, "text/plain": ["<Figure>"]}
        shown = {"data": data, "metadata": {}, "output_type": "display_data"}
        cells[3]["outputs"] = [shown]
    return json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1
    )


def add(texts: list[str], settings: dict[str, str]) -> float:
    """Return the CPU seconds, of all its processes, that `git add` takes in a new repository."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

        def git(*arguments: str) -> None:
            subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True)

        git("init", "-q")
        for key, value in settings.items():
            git("config", f"filter.tried.{key}", value)
        if settings:
            (folder / ".git" / "info" / "attributes").write_text("*.ipynb filter=tried\n")
        for number, text in enumerate(texts):
            (folder / f"n{number}.ipynb").write_text(text)
        before = _children()
        git("add", "-A")
        return _children() - before


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--nbstripout", metavar="EXECUTABLE")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--notebooks", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    python, folder = shlex.quote(sys.executable), shlex.quote(str(ROOT / "nb2prod" / "git"))
    filters = {"none": {}, "nb2prod": {"process": COMMAND.format(python=python, folder=folder)}}
    sets = {
        what: [notebook(number, size) for number in range(arguments.count)]
        for size, what in ((0, "6 kB"), (75_000, "100 kB"), (750_000, "1 MB"))
    }
    if arguments.notebooks:
        found = sorted(arguments.notebooks.rglob("*.ipynb"))
        drawn = random.Random(0).sample(found, arguments.count)
        sets[f"drawn from {len(found)}"] = [path.read_text("utf-8") for path in drawn]
    for what, texts in sets.items():
        rounds = [
            {name: add(texts, settings) for name, settings in filters.items()}
            for _ in range(arguments.rounds)
        ]
        ratio = statistics.median(taken["nb2prod"] / taken["none"] for taken in rounds)
        print(f"git add of {arguments.count} notebooks, {what}, median of {arguments.rounds}")
        for name in filters:
            print(f"  {name}: {statistics.median(taken[name] for taken in rounds):.3f} s")
        print(f"  nb2prod / none: {ratio:.2f} (median of the ratios)")
        if arguments.nbstripout and what == "6 kB":  # its time is that of its starts
            print(f"  nbstripout: {add(texts, {'clean': arguments.nbstripout}):.1f} s (once)")


if __name__ == "__main__":
    main()
