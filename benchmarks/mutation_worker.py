"""Runs a project's tests on one mutant after the other, each in a doubled process (Python 3.9+).

mutation_worker.py PROJECT JOB RESULT calls|all

The libraries are imported once; RESULT says for each mutant of JOB which tests noticed it.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from pathlib import Path

PATIENCE = 120.0  # seconds for one mutant
CALLS = ["tests/test_golden_calls.py"]


def outcome(arguments: list[str], package: str) -> str:
    """Run pytest in a child; return "passed", "failed" or "timeout"."""
    child = os.fork()
    if not child:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        for name in list(sys.modules):
            if name.partition(".")[0] == package:
                del sys.modules[name]
        import pytest

        status = 1
        try:
            options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
            status = int(pytest.main([*options, *arguments]))
        finally:
            os._exit(0 if status in (0, 5) else 1)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "failed" if status else "passed"
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timeout"


def main(project: str, job: str, result: str, which: str) -> None:
    """Try all mutants."""
    os.chdir(project)
    sys.path.insert(0, "src")
    package = next(Path("src").glob("*/pipeline.py")).parent.name
    importlib.import_module(f"{package}.pipeline")
    import pytest  # noqa: F401  (before the process is doubled)

    steps = [("calls", CALLS), ("run", ["tests"])] if which == "all" else [("calls", CALLS)]
    for name, arguments in steps:
        if outcome(arguments, package) != "passed":
            sys.exit(f"{project}: the tests ({name}) do not pass without a fault")
    ends = []
    mutants = json.loads(Path(job).read_text("utf-8"))
    for number, mutant in enumerate(mutants):
        path = Path(mutant["path"])
        original = path.read_text("utf-8")
        path.write_text(mutant["source"], "utf-8")
        noticed = (name for name, arguments in steps if outcome(arguments, package) != "passed")
        ends.append(next(noticed, "survived"))
        path.write_text(original, "utf-8")
        print(f"\r{number + 1} of {len(mutants)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    Path(result).write_text(json.dumps(ends), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
