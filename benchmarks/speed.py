"""Time and memory of whole processes: a conversion, the start, and how both grow.

    speed.py NOTEBOOK ... [--nbconvert PYTHON] [--rounds 9]

Each pair of commands runs in turns, so that both see the same machine; what is printed is the median
of the ratios with the smallest and the largest. `--nbconvert` is the interpreter of an environment
that has nbconvert (default: this one). Growth: a synthetic notebook of 2,000 cells to one of 100.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

STEPS = (
    "df['c{i}'] = df['a'].fillna({i})\ndf.head()",
    "x{i} = df['c{before}'].mean()\nprint(x{i})",
    "def f{i}(v):\n    return v * {i}\ndf['d{i}'] = df['a'].apply(f{i})",
    "import matplotlib.pyplot as plt\nplt.hist(df['a'])\nplt.show()",
    "m{i} = LinearRegression()\nm{i}.fit(df[['a']], df['b'])\nm{i}.score(df[['a']], df['b'])",
)


def synthetic(cells: int) -> str:
    """Return a notebook of so many code cells, each below a heading: five kinds in turn."""
    first = "import pandas as pd\nfrom sklearn.linear_model import LinearRegression\n"
    made: list[dict[str, object]] = [_code(f"{first}df = pd.read_csv('a.csv')")]
    for i in range(1, cells):
        made.append({"cell_type": "markdown", "metadata": {}, "source": f"## Step {i} of cleaning"})
        made.append(_code(STEPS[i % len(STEPS)].format(i=i, before=i - 1)))
    kernel = {"kernelspec": {"name": "python3", "language": "python"}}
    return json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 4})


def _code(source: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": 1,
        "source": source,
    }


def measured(command: Sequence[str]) -> tuple[float, int]:
    """Run a command; return seconds and, in kB, the most memory that it held."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"exit status {process.returncode}: {' '.join(command)}")
    return seconds, usage.ru_maxrss


def compare(title: str, ours: Sequence[str], theirs: Sequence[str], rounds: int) -> None:
    """Print how two commands compare in seconds and memory."""
    measured(ours), measured(theirs)  # files read once, modules compiled
    pairs = [(measured(ours), measured(theirs)) for _ in range(rounds)]
    ratios = sorted(a[0] / b[0] for a, b in pairs)
    memory = statistics.median(a[1] / b[1] for a, b in pairs)
    ours_s, theirs_s = (statistics.median(pair[side][0] for pair in pairs) for side in (0, 1))
    print(
        f"{title}: {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}; "
        f"{ours_s:.2f} s to {theirs_s:.2f} s), memory {memory:.2f}"
    )


def main() -> None:
    """Compare, and print one line a comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--nbconvert", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    nb2prod = [sys.executable, "-m", "nb2prod"]
    with tempfile.TemporaryDirectory(prefix="speed-") as folder:
        output = ["--output", str(Path(folder, "package")), "--force"]
        script = [options.nbconvert, "-m", "nbconvert", "--to", "script", "--stdout"]
        for notebook in map(str, options.notebooks):
            ours, theirs = [*nb2prod, "convert", notebook, *output], [*script, notebook]
            compare(f"{Path(notebook).name}, nb2prod to nbconvert", ours, theirs, options.rounds)
        nothing = [sys.executable, "-c", "pass"]
        compare("--version to `python -c pass`", [*nb2prod, "--version"], nothing, options.rounds)
        large, small = Path(folder, "large.ipynb"), Path(folder, "small.ipynb")
        large.write_text(synthetic(2_000))
        small.write_text(synthetic(100))
        grown, base = ([*nb2prod, "convert", str(path), *output] for path in (large, small))
        compare("2,000 cells to 100", grown, base, 1)


if __name__ == "__main__":
    main()
