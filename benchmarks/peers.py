"""The other tools: how each is called on a notebook, and what its output is worth.

| name | distribution | what it makes |
|---|---|---|
| nb2p | notebook-to-pipeline | a package of six stages |
| soorgeon | soorgeon | tasks, one a second-level heading; where there are none they are put in |
| marimo | marimo | one file with a function a cell |
| jupytext | jupytext | a script in percent format |
| nbconvert | nbconvert and ipykernel | a script |
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import inspection

# `{bin}` is the folder of the tool's interpreter, `{nb}` the copy of the notebook in an own folder
COMMANDS: dict[str, list[str]] = {
    "nb2p": ["{bin}/nb2p", "scaffold", "{nb}", "--out", "out"],
    "soorgeon": ["{bin}/soorgeon", "refactor", "{nb}", "--file-format", "py"],
    "marimo": ["{bin}/marimo", "convert", "{nb}", "-o", "out/notebook.py"],
    "jupytext": ["{bin}/jupytext", "--to", "py:percent", "{nb}", "-o", "out/notebook.py"],
    "nbconvert": ["{bin}/jupyter", "nbconvert", "--to", "script", "{nb}", "--output-dir", "out"],
}


def convert(name: str, python: str, notebook: Path, limit: float = 120.0) -> dict[str, Any]:
    """Let a tool convert a notebook; return exit status, seconds and what is wrong with it."""
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as folder:
        work = Path(folder)
        (work / "out").mkdir()
        copy = work / "notebook.ipynb"
        copy.write_bytes(PREPARE.get(name, bytes)(notebook.read_bytes()))
        places = {"bin": str(Path(python).absolute().parent), "nb": copy.name}
        command = [part.format(**places) for part in COMMANDS[name]]
        start = time.perf_counter()
        status, said = run(command, work, limit)
        result: dict[str, Any] = {
            "exit": status,
            "seconds": round(time.perf_counter() - start, 3),
            "error": said,
        }
        copy.unlink()
        return {**result, **judged(work)}


def with_headings(source: bytes) -> bytes:
    """Return a notebook with second-level headings: soorgeon splits nowhere else."""
    try:
        notebook = json.loads(source)
        cells = notebook["cells"]
    except (ValueError, KeyError):
        return source
    if any(re.search(r"^## ", text_of(cell), re.M) for cell in cells if is_prose(cell)):
        return source
    made, seen = [], 0
    for cell in cells:
        if cell["cell_type"] == "code":
            if seen % CODE_CELLS_IN_PART == 0:
                heading = f"## Part {seen // CODE_CELLS_IN_PART + 1}"
                made.append({"cell_type": "markdown", "metadata": {}, "source": heading})
            seen += 1
        made.append(cell)
    return json.dumps({**notebook, "cells": made}).encode()


def text_of(cell: dict[str, Any]) -> str:
    """Return the source of a cell as one text."""
    return "".join(cell["source"])


def is_prose(cell: dict[str, Any]) -> bool:
    """Return whether a cell is markdown."""
    return bool(cell["cell_type"] == "markdown")


CODE_CELLS_IN_PART = 5
PREPARE: dict[str, Callable[[bytes], bytes]] = {"soorgeon": with_headings}


def run(command: list[str], cwd: Path, limit: float) -> tuple[int, str]:
    """Run a tool; return its exit status and, when it failed, the last line that it said."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return -9, f"not done in {limit:g} s"
    said = (done.stderr or done.stdout).strip().splitlines()
    return done.returncode, said[-1][:300] if done.returncode and said else ""


def judged(work: Path) -> dict[str, Any]:
    """Return how many Python files there are, which do not compile, which names are undefined."""
    files = sorted(work.rglob("*.py"))
    return {
        "files": len(files),
        "not_compiled": [p.name for p in files if inspection.parsed(p) is None],
        "undefined": inspection.undefined_names(work) if files else {},
    }
