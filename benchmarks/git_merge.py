"""Merges of notebooks by nb2prod and by nbdime alone, on the same pairs in one run.

    git_merge.py [--pairs 500] [--seed 1] [--large]

Both merge random edits (insert, delete, move, split, join, edit, run again) of notebooks whose lines
are all different, so that what a merge loses can be counted. `--large` adds 200 cells that both sides
rewrote, which takes nbdime minutes. Last, CPU seconds of the two merge drivers as git starts them.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # slow, not needed

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import nbformat  # noqa: E402
from edits import EDITS, Described, Edit, notebook  # noqa: E402
from nbdime import log  # noqa: E402
from nbdime.args import add_merge_args  # noqa: E402
from nbdime.merging import notebooks as nbdime  # noqa: E402

from nb2prod.git.notebooks import merge_notebooks  # noqa: E402

Json = dict[str, Any]
Merge = Callable[[Json, Json, Json], tuple[Json, bool]]


def ours(base: Json, left: Json, right: Json) -> tuple[Json, bool]:
    merged, conflicts = merge_notebooks(base, left, right)
    return merged, bool(conflicts)


def alone(*options: str) -> Merge:
    """nbdime as its driver calls it, with options of its command line."""
    parser = argparse.ArgumentParser()
    add_merge_args(parser)
    arguments = parser.parse_args(options)
    arguments.log_level = "ERROR"

    def merge(base: Json, left: Json, right: Json) -> tuple[Json, bool]:
        made = [nbformat.from_dict(side) for side in (base, left, right)]
        merged, decisions = nbdime.merge_notebooks(*made, arguments)
        return merged, any(decision.conflict for decision in decisions)

    return merge


TOOLS: dict[str, Merge] = {
    "nb2prod": ours,
    "nbdime": alone(),
    "nbdime, outputs cleared": alone("--output-strategy", "clear-all"),
}


def pair(chance: random.Random) -> list[list[Described]]:
    """Return a notebook and what two people made of it, each by up to six edits."""
    base = [
        Described(f"base{i}", [f"value_{i}_{n} = base{i}_{n}" for n in range(chance.randint(1, 6))])
        for i in range(chance.randint(3, 10))
    ]
    sides = [base]
    for name in ("ours", "theirs"):
        side = Edit(copy.deepcopy(base), name)
        for _ in range(chance.randint(1, 6)):
            side.apply(chance.choice(EDITS), chance.randrange(31), chance.randrange(31))
        sides.append(side.cells)
    return sides


def judge(three: list[list[Described]], result: Json, conflict: bool) -> Counter[str]:
    """Say what is wrong with a merge."""
    base, left, right = ([line for cell in side for line in cell.lines] for side in three)
    merged = Counter(line for cell in result["cells"] for line in cell["source"].splitlines())
    must = ((set(left) | set(right)) - set(base)) | (set(base) & set(left) & set(right))
    lost = must - merged.keys()
    held = [cell for side in three[1:] for cell in side if lost & set(cell.lines)]
    old = {(cell.key, line) for cell in three[0] for line in cell.lines}
    placed = [{n for c in side for n in c.lines if (c.key, n) not in old} for side in three[1:]]
    both = placed[0] & placed[1]  # each side put it into some cell
    twice = [
        line
        for line, count in merged.items()
        if line.strip() and line not in both and count > max(left.count(line), right.count(line))
    ]
    found = Counter(
        {"lost cells": len({cell.key for cell in held}), "merges that lose": bool(lost)}
    )
    found["conflicts"] = conflict
    found["clean, but lines twice"] = bool(twice) and not conflict
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # validate() mends ids that are there twice, and warns
            nbformat.validate(copy.deepcopy(result))
    except (nbformat.ValidationError, Warning, TypeError):  # the last: an id that is an object
        found["invalid notebook"] = 1
    return found


def compare(pairs: int, seed: int) -> None:
    """Print what each tool makes of the same pairs."""
    chance = random.Random(seed)
    drawn = [pair(chance) for _ in range(pairs)]
    print(f"{pairs} random merges, seed {seed}")
    for name, merge in TOOLS.items():
        total: Counter[str] = Counter()
        seconds = 0.0
        for three in drawn:
            written = [notebook(side) for side in three]
            start = time.process_time()
            try:
                result, conflict = merge(*copy.deepcopy(written))
            except Exception:
                total["crashes"] += 1
                continue
            finally:
                seconds += time.process_time() - start
            total += judge(three, result, conflict)
        figures = ", ".join(f"{what} {count}" for what, count in sorted(total.items()))
        print(f"  {name}: {figures}; {seconds / pairs * 1000:.1f} ms CPU each")


def rerun() -> None:
    """Print what comes of two branches with disjoint edits that both ran everything."""
    base = [Described(f"c{i}", [f"x_{i}_{n} = {n}" for n in range(5)]) for i in range(10)]
    sides = [base]
    for name, at in (("ours", 2), ("theirs", 7)):
        side = Edit(copy.deepcopy(base), name)
        side.edit(at, 2)
        side.rerun(0, 0)
        sides.append(side.cells)
    print("two branches, disjoint edits, both ran everything")
    for name, merge in TOOLS.items():
        _, conflict = merge(*(notebook(side) for side in sides))
        print(f"  {name}: {'conflict' if conflict else 'clean'}")


def rewritten(cells: int = 200) -> None:
    """Print the seconds for cells that both sides wrote anew."""
    sides = [
        [
            Described(f"c{i}", [f"{name}_{i}_{n} = {name * n}" for n in range(8)])
            for i in range(cells)
        ]
        for name in ("base", "ours", "theirs")
    ]
    print(f"{cells} cells rewritten by both sides")
    for name in ("nb2prod", "nbdime, outputs cleared"):
        start = time.perf_counter()
        TOOLS[name](*(notebook(side) for side in sides))
        print(f"  {name}: {time.perf_counter() - start:.2f} s")


def drivers(rounds: int = 5) -> None:
    """Print the CPU seconds of whole processes: one cell edited by each side, then also metadata by both."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "nb2prod": [sys.executable, "-P", "-m", "nb2prod.git.merge"],
        "nbdime": [sys.executable, "-m", "nbdime.vcs.git.mergedriver", "merge"],
    }
    for what, metadata in (("sources and outputs", False), ("metadata of both sides, too", True)):
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                times[name].append(_process(command, metadata))
        print(f"CPU seconds of a merge driver's process, median of {rounds}: {what}")
        for name, seconds in times.items():
            print(f"  {name}: {statistics.median(seconds):.2f} s")


def _process(command: list[str], metadata: bool) -> float:
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name in ("base", "ours", "theirs"):
            side = Edit([Described(f"c{i}", [f"x{i} = {i}"] * 5) for i in range(20)], name)
            if name != "base":
                side.edit(3 if name == "ours" else 9, 0)
                side.rerun(0, 0)
            value = notebook(side.cells) | {"metadata": {"own": {name: 1}} if metadata else {}}
            files.append(Path(folder, name))
            files[-1].write_text(json.dumps(value, indent=1))
        arguments = [] if "-c" in command else [*map(str, files), "7", "n.ipynb"]
        before = _children()
        subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True)
        return _children() - before


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--large", action="store_true")
    arguments = parser.parse_args()
    log.set_nbdime_log_level("CRITICAL")
    compare(arguments.pairs, arguments.seed)
    rerun()
    if arguments.large:
        rewritten()
    drivers()


if __name__ == "__main__":
    main()
