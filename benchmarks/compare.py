"""Does a package compute what its notebook computes? `nb2prod verify`, for programs and corpora.

    compare.py NOTEBOOK PROJECT_DIR [--python PYTHON] [--root FOLDER] [--given "x = 1"] ...

NOTEBOOK is a notebook or a program in percent format. Standard output is a JSON verdict; the exit
status is that of `nb2prod verify`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import percent

from nb2prod.verify.interpreter import interpreter
from nb2prod.verify.sides import Conditions
from nb2prod.verify.subject import subject
from nb2prod.verify.verdict import EXIT_STATUS, Row, Verdict
from nb2prod.verify.verify import verify


@dataclass(frozen=True)
class Comparison:
    """What to compare and how; `root` is copied, and the notebook lies somewhere below it."""

    notebook: Path
    project: Path
    python: str = sys.executable
    root: Path | None = None
    given: str = ""
    timeout: float = 900.0
    files: Path | None = None  # a folder whose content belongs beside the notebook
    environment: dict[str, str] = field(default_factory=dict)


def compare(wanted: Comparison) -> dict[str, Any]:
    """Run notebook and package and return the verdict; nothing is raised for what they do."""
    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        notebook, root = lay_out(wanted, Path(folder))
        python, version = interpreter(wanted.python, None, None)
        found = subject(wanted.project, notebook)
        conditions = Conditions(
            python,
            version,
            root,
            notebook.parent.relative_to(root),
            timeout=wanted.timeout,
            given=wanted.given,
            environment=wanted.environment,
        )
        verdict = verify(found, conditions)
        if (
            verdict.outcome == "notebook failed"
            and (verdict.error or {}).get("kind") == "NameError"
        ):
            verdict = verify(replace(found, order="execution"), conditions)
        return told(verdict)


def lay_out(wanted: Comparison, folder: Path) -> tuple[Path, Path]:
    """Return the notebook and the folder to copy, made in `folder` where there is none."""
    if wanted.notebook.suffix != ".py":
        return wanted.notebook.resolve(), (wanted.root or wanted.notebook.parent).resolve()
    root = folder.resolve() / "root"
    if wanted.files:
        shutil.copytree(wanted.files, root)
    root.mkdir(exist_ok=True)
    notebook = root / wanted.notebook.with_suffix(".ipynb").name
    percent.main(str(wanted.notebook), str(notebook))
    return notebook, root


def told(verdict: Verdict) -> dict[str, Any]:
    """Return what matters of a verdict as JSON data."""

    def wrong(rows: tuple[Row, ...]) -> dict[str, str]:
        return {row.name: row.detail for row in rows if row.status in ("different", "absent")}

    return {
        "status": verdict.outcome,
        "counts": verdict.counts(),
        "different": {r.name: r.detail for r in verdict.values if r.status == "different"},
        "files": wrong(verdict.files),
        "apart": wrong(verdict.apart),
        "printed": verdict.printed.status if verdict.printed else None,
        "printed_detail": verdict.printed.detail if verdict.printed else None,
        "error": verdict.error,
        "run_seconds": dict(verdict.durations),
    }


def main(argv: list[str] | None = None) -> int:
    """Compare and print the verdict; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("project", type=Path)
    parser.add_argument("--python", default=sys.executable, help="the notebook's interpreter")
    parser.add_argument("--root", type=Path, help="folder to copy, when not the notebook's own")
    parser.add_argument("--files", type=Path, help="folder whose content belongs beside it")
    parser.add_argument("--given", default="", help="assignments for names never defined")
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds for one run")
    verdict = compare(Comparison(**vars(parser.parse_args(argv))))
    print(json.dumps(verdict, indent=1))
    return EXIT_STATUS.get(verdict["status"], 1)


if __name__ == "__main__":
    sys.exit(main())
