"""Notebook and package run, and every value, file and printed line compared."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from nb2prod import __version__
from nb2prod.verify.sides import STOPPED, Conditions, Progress, Side, judged, run_side
from nb2prod.verify.subject import Subject
from nb2prod.verify.verdict import Row, Status, Verdict, outcome_of

_TIMINGS = re.compile(r"^(CPU times|Wall time|Compiler *:|[\d.]+ [nµμm]?s ± |\d+ loops).*$", re.M)
_RUNS = 2  # of the notebook; once more before anything is called different
_TOGETHER = 2  # processes at a time


def verify(subject: Subject, conditions: Conditions, progress: Progress | None = None) -> Verdict:
    """Run notebook and package, and compare; how they fail is part of the verdict."""
    with tempfile.TemporaryDirectory(prefix="nb2prod-verify-") as folder:
        work = Path(folder)
        (work / "notebook.ipynb").write_bytes(subject.notebook)
        runs = _Runs(subject, conditions, work, progress)
        verdict = _compared(runs)
        if verdict.outcome == "different":  # by chance? the notebook may differ from itself
            runs.notebooks.append(runs.notebook())
            verdict = _compared(runs)
    return replace(verdict, made_on=_made_on(subject, conditions))


class _Runs:
    """The runs that are compared: notebooks, the package whole, without exploration, by stages."""

    def __init__(
        self, subject: Subject, conditions: Conditions, work: Path, progress: Progress | None
    ) -> None:
        self.subject, self.conditions = subject, conditions
        self.work, self.progress = work, progress
        self.stages = _stages(subject.package)
        self.stop = Event()
        with ThreadPoolExecutor(_TOGETHER) as pool:
            notebooks = [pool.submit(self.notebook) for _ in range(_RUNS)]
            whole = pool.submit(self.package)
            unexplored = pool.submit(self.package, explore=False)
            apart = pool.submit(self._apart)
            self.notebooks = [run.result() for run in notebooks]
            self.whole, self.unexplored = whole.result(), unexplored.result()
            self.apart = apart.result()

    def notebook(self) -> Side:
        job = {
            "kind": "notebook",
            "notebook": str(self.work / "notebook.ipynb"),
            "order": self.subject.order,
        }
        side = self._run(job)
        if side.error:  # there is nothing to compare with
            self.stop.set()
        return side

    def package(self, **options: Any) -> Side:
        package = self.subject.package
        job = {"kind": "package", "src": str(package.parent), "package": package.name, **options}
        return self._run(job)

    def _apart(self) -> list[Side]:
        store = Path(tempfile.mkdtemp(dir=self.work))
        return [self.package(stage=stage, artifacts=str(store)) for stage in self.stages]

    def _run(self, job: Mapping[str, Any]) -> Side:
        return run_side(job, self.conditions, self.work, stop=self.stop, progress=self.progress)

    def judged(self, kind: str, *sides: Side) -> Any:
        return judged(kind, self.conditions, self.work, *sides)


def _compared(runs: _Runs) -> Verdict:
    first, *again = runs.notebooks
    durations = {"notebook": first.duration, "package": runs.whole.duration}
    seconds = {"cells": first.seconds, "functions": runs.whole.seconds}
    for side in runs.notebooks:
        if side.error and side.error["kind"] != STOPPED:
            return Verdict("notebook failed", error=side.error, durations=durations)
    if runs.whole.error:
        return Verdict(
            "package failed", error=runs.whole.error, durations=durations, seconds=seconds
        )
    found = runs.judged("compare", runs.whole, first, *again)
    values = tuple(_explained(Row(**row), runs.subject) for row in found["values"])
    files = tuple(Row(**row) for row in found["files"])
    printed = _printed([side.printed for side in runs.notebooks], runs.whole.printed)
    stable = {row.name for row in values if row.status == "equal"}
    unexplored = tuple(_parts(runs, [runs.unexplored], stable))
    stages = tuple(_parts(runs, runs.apart, stable))
    return Verdict(
        outcome_of(files, values, unexplored, stages),
        values=values,
        files=files,
        printed=printed,
        stages=stages,
        unexplored=unexplored,
        generators=found["generators"],
        broken_cells=tuple(found["broken_cells"]),
        durations=durations,
        seconds=seconds,
    )


def _parts(runs: _Runs, parts: list[Side], stable: set[str]) -> Iterator[Row]:
    """Compare runs of parts with the run in one piece; only what the notebook reproduces counts."""
    for part in parts:
        if part.error:  # the package itself says which value no file can carry
            stored = part.error["kind"] != "ArtifactError"
            status: Status = "different" if stored else "not comparable"
            yield Row("(run)", status, _one_line(part.error))
            return
    if parts:
        for row in runs.judged("parts", runs.whole, *parts):
            if row["name"] in stable:
                yield Row(**row)


def _explained(row: Row, subject: Subject) -> Row:
    if row.status == "absent":
        reason = subject.reasons.get(row.name) or row.detail
        return replace(row, detail=reason or "nothing reads it, so it stays in its function")
    if row.status == "not reproducible" and subject.causes:
        return replace(row, detail=f"{row.detail}: {'; '.join(subject.causes)}")
    return row


def _printed(notebooks: Iterable[str], package: str) -> Row:
    """Compare what was printed, timings aside; told apart, for it decides nothing."""
    first, *again = (_TIMINGS.sub("", text).strip() for text in notebooks)
    found = _TIMINGS.sub("", package).strip()
    if any(first != text for text in again):
        return Row("printed", "not reproducible", "differs between two runs of the notebook")
    if first == found:
        return Row("printed", "equal")
    ours, theirs = found.splitlines(), first.splitlines()
    pairs = enumerate(zip(theirs, ours, strict=False))
    number = next((n for n, (a, b) in pairs if a != b), min(len(ours), len(theirs)))
    wanted, given = ((lines[number : number + 1] or ["(end)"])[0][:200] for lines in (theirs, ours))
    return Row("printed", "different", f"line {number + 1}: {given!r} is not {wanted!r}")


def _one_line(error: Mapping[str, Any]) -> str:
    return f"{error['kind']}: {error.get('message', '')}"[:300]


def _stages(package: Path) -> tuple[str, ...]:
    """Return the stages that can run apart, as the package's artifacts.py names them."""
    try:
        tree = ast.parse((package / "artifacts.py").read_text("utf-8"))
    except (OSError, SyntaxError):
        return ()
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "STAGES" and node.value:
            return tuple(ast.literal_eval(node.value))
    return ()


def _made_on(subject: Subject, conditions: Conditions) -> dict[str, Any]:
    digest = hashlib.sha256()
    for path in sorted(subject.package.rglob("*.py")):
        digest.update(path.relative_to(subject.package).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return {
        "nb2prod": __version__,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "notebook": hashlib.sha256(subject.notebook).hexdigest(),
        "package": digest.hexdigest(),
        "order": subject.order,
        "python": conditions.version,
        "network": conditions.network,
    }


def store(verdict: Verdict, project: Path) -> None:
    """Keep the verdict in the project."""
    folder = project / ".nb2prod"
    folder.mkdir(exist_ok=True)
    temporary = folder / "verdict.json.new"
    temporary.write_text(json.dumps(verdict.json(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    temporary.replace(folder / "verdict.json")
