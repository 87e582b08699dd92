"""Convert and compare the trap programs: traps.py [--only PATTERN] [--python PYTHON] [--json OUT].

Each program of tests/cases/traps becomes a notebook, the notebook a package, and the package is
compared with the notebook: equal means that values, files and output are. Programs whose libraries
PYTHON does not have are skipped. The exit status is 1 when a package is wrong or fails.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import compare
import percent

ROOT = Path(__file__).resolve().parents[1]
TRAPS = ROOT / "tests" / "cases" / "traps"


def lacks(python: str, libraries: str) -> bool:
    """Return whether an interpreter lacks one of some libraries, given as "pandas numpy"."""
    code = f"import {', '.join(libraries.split())}" if libraries else ""
    return subprocess.run([python, "-c", code], capture_output=True).returncode != 0


def judge(
    program: Path, python: str, work: Path, change: Callable[[Path], None] | None = None
) -> dict[str, Any]:
    """Convert one program and return its verdict; `status` says how it ended.

    `change` is done to the project before it is compared.
    """
    head = percent.header(program.read_text("utf-8"))
    if lacks(python, head.get("needs", "")):
        return {"status": "skipped", "error": f"needs {head['needs']}"}
    notebook = work / program.stem / f"{program.stem}.ipynb"
    files = program.with_suffix(".files")
    copied = files if files.exists() else None
    lay_out(program, notebook, copied)
    package = work / program.stem / "package"
    done = convert(notebook, package)
    if done.returncode:
        status = "refused" if done.returncode == 2 else "bug"
        return {"status": status, "error": done.stderr.strip()[-400:]}
    if change:
        change(package)
    wanted = compare.Comparison(
        program,
        package,
        python=python,
        given=head.get("given", ""),
        files=copied,
        timeout=60.0,
    )
    return compare.compare(wanted)


def lay_out(program: Path, notebook: Path, files: Path | None) -> None:
    """Write the notebook of a program, and what belongs beside it."""
    notebook.parent.mkdir()
    if files:
        shutil.copytree(files, notebook.parent, dirs_exist_ok=True)
    percent.main(str(program), str(notebook))


def convert(notebook: Path, package: Path) -> subprocess.CompletedProcess[str]:
    """Run the converter on a notebook in its own process."""
    command = [sys.executable, "-m", "nb2prod", "convert", str(notebook), "--output", str(package)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=ROOT)


def line_of(name: str, verdict: dict[str, Any]) -> str:
    """Return one line on a trap: what happened, and why where it is not equal."""
    error = verdict.get("error") or {}
    reasons = [
        error if isinstance(error, str) else error.get("traceback"),
        *(verdict.get(key) for key in ("different", "files", "apart")),
        verdict.get("printed_detail"),
    ]
    reason = next((r for r in reasons if r), "") if verdict["status"] != "equal" else ""
    text = " | ".join(reason[-3:]) if isinstance(reason, list) else str(reason)
    return f"{verdict['status']:15} {name:32} {text[:300]}"


def main(argv: list[str] | None = None) -> int:
    """Judge the traps that are asked for and print a line on each and the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="*", help="pattern of program names")
    parser.add_argument("--python", default=sys.executable, help="interpreter to run them with")
    parser.add_argument("--json", type=Path, help="write all verdicts here")
    options = parser.parse_args(argv)
    verdicts = {}
    for program in sorted(TRAPS.glob("*.py")):
        if fnmatch.fnmatch(program.stem, options.only):
            with tempfile.TemporaryDirectory() as work:
                verdict = judge(program, options.python, Path(work))
            verdicts[program.stem] = verdict
            print(line_of(program.stem, verdict), flush=True)
    if options.json:
        options.json.write_text(json.dumps(verdicts, indent=1), "utf-8")
    counts = Counter(verdict["status"] for verdict in verdicts.values())
    print(dict(counts))
    return int(bool(set(counts) - {"equal", "skipped", "refused"}))


if __name__ == "__main__":
    sys.exit(main())
