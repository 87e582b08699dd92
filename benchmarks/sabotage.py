"""Does `nb2prod verify` find a fault that somebody put into a package, and no fault where there is none?

    sabotage.py [--number 38] [--python PYTHON] [--seed 0]

Trap programs, evenly drawn, become packages; every second one gets one fault in one function (see
mutation.py). A line a package says what was done to it and what the verdict is. A fault that is not
found may be one that changes nothing: its place is named, to be looked at. The exit status is 1 when
a package without a fault is accused.
"""

from __future__ import annotations

import argparse
import ast
import random
import sys
import tempfile
from pathlib import Path

import mutation
import traps

_ACCUSED = frozenset({"different", "package failed"})


def spoil(project: Path, seed: str) -> str:
    """Put one fault into a package, and say where."""
    modules = sorted(project.glob("src/*/**/*.py"))
    found = []
    for path in modules:
        if not mutation.FRAME & {path.stem, path.parent.name}:
            names = {getattr(node, "name", "") for node in ast.parse(path.read_text("utf-8")).body}
            found += mutation.mutants(path, project, names)
    if not found:
        return ""
    mutant = random.Random(seed).choice(found)
    (project / mutant.path).write_text(mutant.source, "utf-8")
    return f"{mutant.path}:{mutant.line} {mutant.function}: {mutant.kind}"


def main() -> int:
    """Judge the packages, and print the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--number", type=int, default=38, help="of packages")
    parser.add_argument("--python", default=sys.executable, help="interpreter to run them with")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    programs = sorted(traps.TRAPS.glob("*.py"))
    step = len(programs) / options.number
    drawn = [programs[int(n * step)] for n in range(options.number)]
    found = missed = accused = clean = skipped = 0
    for number, program in enumerate(drawn):
        done: list[str] = []

        def change(project: Path, name: str = program.stem, told: list[str] = done) -> None:
            told.append(spoil(project, f"{options.seed} {name}"))

        spoiled = number % 2 == 1
        with tempfile.TemporaryDirectory() as work:
            judge = traps.judge(program, options.python, Path(work), change if spoiled else None)
        status = judge["status"]
        fault = "".join(done)
        wrong = status in _ACCUSED
        if status == "skipped" or (spoiled and not fault):
            skipped += 1
        elif spoiled:
            found, missed = found + wrong, missed + (not wrong)
        else:
            accused, clean = accused + wrong, clean + (not wrong)
        print(f"{status:15} {program.stem:32} {fault or 'as it was'}", flush=True)
    print(f"faults: {found} found, {missed} not; without: {clean} equal, {accused} accused")
    print(f"skipped: {skipped}")
    return int(accused > 0)


if __name__ == "__main__":
    sys.exit(main())
