"""Notebook and package run, and every value, file and printed line compared."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from nb2prod import __version__
from nb2prod.verify.copies import check_size
from nb2prod.verify.evidence import gathered, source_hash
from nb2prod.verify.sides import (
    STOPPED,
    Conditions,
    Part,
    Progress,
    Side,
    Work,
    compared,
    confirm,
    run_notebook,
    run_package,
)
from nb2prod.verify.sides import record as run_recorded
from nb2prod.verify.subject import Subject
from nb2prod.verify.verdict import Row, Verdict, outcome_of

_TIMINGS = re.compile(r"^(CPU times|Wall time|Compiler *:|[\d.]+ [nµμm]?s ± |\d+ loops).*$", re.M)
_SMALL, _FEW = 300_000_000, 10_000  # bytes and files of a folder that is copied unasked
_UNREACHED = re.compile("refused|unreachable|name resolution|could not connect", re.I)
_NOT_ISOLATED = (
    "This system gives no network namespaces, so only Python itself was kept off the network: "
    "programs that the notebook starts (`!curl`) could reach it."
)
_NO_SERVICES = (
    "Without --allow-network a run does not even reach the services of this machine, such as a "
    "database on localhost."
)
_EDITED = "The notebook was edited since this package was made of it: `nb2prod convert` makes what it is now."
_RUNS = 2  # of the notebook; once more before anything is called different


def verify(
    subject: Subject,
    conditions: Conditions,
    progress: Progress | None = None,
    *,
    record: bool = False,
) -> Verdict:
    """Run notebook and package, and compare; how they fail is part of the verdict.

    With `record`, calls of the package's functions are recorded meanwhile: they are the verdict's
    evidence where all is equal. Raises InputError when the folder is larger than what is copied.
    """
    check_size(conditions.original, conditions.copy_limit)
    made_on = _made_on(subject, conditions)
    with tempfile.TemporaryDirectory(prefix="nb2prod-verify-") as folder:
        work = Work(Path(folder), conditions, progress)
        (work.folder / "notebook.ipynb").write_bytes(subject.notebook)
        return replace(_verdict(subject, work, made_on, record=record), made_on=made_on)


def _verdict(subject: Subject, work: Work, made_on: Mapping[str, Any], *, record: bool) -> Verdict:
    with ThreadPoolExecutor(_RUNS) as pool:
        notebooks = list(pool.map(lambda _: _notebook(subject, work), range(_RUNS)))
    failed = next((s for s in notebooks if s.error and s.error["kind"] != STOPPED), None)
    if failed:
        seconds = {"cells": failed.seconds}
        notes = tuple(_notes(notebooks, work.conditions))
        return Verdict("notebook failed", error=failed.error, seconds=seconds, notes=notes)
    records = Path(tempfile.mkdtemp(dir=work.folder))
    with ThreadPoolExecutor() as pool:
        recorded = pool.submit(run_recorded, subject.package, records, work) if record else None
        chains = [part for part in ([Part(lineage=True)], _apart(subject.package, work)) if part]
        (whole,), *others = run_package(subject.package, chains, work)
    parts = others[0] if others else ()
    unstored = next(
        (p.error for p in parts if p.error and p.error["kind"] == "ArtifactError"), None
    )
    if unstored:  # the stages say that they cannot run apart; exploration can still be left out
        (parts,) = run_package(subject.package, [[Part(explore=False)]], work)
    again = (recorded.result(),) if recorded and not recorded.result().error else ()
    stable: set[str] = set()
    if whole.error:
        found = Verdict("package failed", error=whole.error)
    else:
        found, stable = _compared(subject, whole, notebooks, parts, again, unstored, work)
    if found.outcome == "different":  # by chance? the notebook may differ from itself
        third = _notebook(subject, work)
        notebooks += [] if third.error else [third]
        found, stable = _compared(subject, whole, notebooks, parts, again, unstored, work)
    if record and found.outcome == "equal":
        confirm(subject.package, records, work)
        evidence = gathered(records, stable, made_on, whole.distributions)
        error = recorded.result().error if recorded else None
        why = _one_line(error) if error else "" if evidence else "its calls could not be made again"
        found = replace(found, evidence=evidence, unrecorded=why)
    return replace(
        found,
        durations={"notebook": notebooks[0].duration, "package": whole.duration},
        seconds={"cells": notebooks[0].seconds, "functions": whole.seconds},
        lineage=whole.lineage,
        notes=(
            *_notes([*notebooks, whole, *parts], work.conditions),
            *([_EDITED] if subject.edited else []),
        ),
    )


def _notes(sides: Sequence[Side], conditions: Conditions) -> Iterator[str]:
    """Say what to know of how the runs were kept off the network."""
    if conditions.network:
        return
    if any(side.isolated is False for side in sides):
        yield _NOT_ISOLATED
    said = "\n".join(side.error.get("message", "") for side in sides if side.error)
    if any(side.isolated for side in sides) and _UNREACHED.search(said):
        yield _NO_SERVICES


def _notebook(subject: Subject, work: Work) -> Side:
    side = run_notebook(work.folder / "notebook.ipynb", subject.order, work)
    if side.error:  # there is nothing to compare with
        work.stop.set()
    return side


def _apart(package: Path, work: Work) -> list[Part]:
    """Return the parts that are held against the run in one piece: the stages, unexplored.

    What exploration changes, and what a stage does not hand on, would be missing in them.
    """
    stages = _stages(package)
    if stages:
        store = Path(tempfile.mkdtemp(dir=work.folder))
        return [Part(explore=False, stage=stage, artifacts=store) for stage in stages]
    explores = "if explore:" in (package / "pipeline.py").read_text("utf-8")
    return [Part(explore=False)] if explores else []


def _compared(
    subject: Subject,
    whole: Side,
    notebooks: Sequence[Side],
    parts: Sequence[Side],
    again: Sequence[Side],
    unstored: Mapping[str, Any] | None,
    work: Work,
) -> tuple[Verdict, set[str]]:
    """Return the verdict, and the results that are alike in all runs of notebook and package."""
    failed = next((part.error for part in parts if part.error), None)
    found = compared(whole, notebooks, () if failed else parts, again, work)
    values = tuple(_explained(Row(**row), subject) for row in found["values"])
    files = tuple(Row(**row) for row in found["files"])
    printed = _printed([side.printed for side in notebooks], whole.printed, magics=subject.magics)
    stable = {row.name for row in values if row.status == "equal"}
    if failed:
        apart = [Row("(run)", "different", _one_line(failed))]
    else:  # only what the notebook reproduces counts
        apart = [Row(**row) for row in found["parts"] if row["name"] in stable]
    if unstored:  # the package itself says which value no file can carry
        apart.append(Row("(stages)", "not comparable", _one_line(unstored)))
    verdict = Verdict(
        outcome_of(files, values, apart, [printed]),
        values=values,
        files=files,
        printed=printed,
        apart=tuple(apart),
        generators=found["generators"],
        broken_cells=tuple(found["broken_cells"]),
    )
    if subject.unseeded:  # alike by chance, this time
        return verdict, set()
    others = {row.name for row in values} - stable
    alike = {row["name"] for row in found["again"] if row["status"] == "equal"}
    return verdict, alike - others


def _explained(row: Row, subject: Subject) -> Row:
    if row.status == "absent":
        reason = subject.reasons.get(row.name) or row.detail
        return replace(row, detail=reason or "nothing reads it, so it stays in its function")
    if row.status == "not reproducible" and subject.causes:
        return replace(row, detail=f"{row.detail}: {'; '.join(subject.causes)}")
    return row


def _printed(notebooks: Iterable[str], package: str, *, magics: bool) -> Row:
    """Compare what was printed, timings aside."""
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
    detail = f"line {number + 1}: {given!r} is not {wanted!r}"
    if magics:
        return Row("printed", "not comparable", f"magics and commands print, too; {detail}")
    return Row("printed", "different", detail)


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
    modules = {
        path.relative_to(subject.package).as_posix(): path.read_bytes()
        for path in subject.package.rglob("*.py")
    }
    return {
        "nb2prod": __version__,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "notebook": hashlib.sha256(subject.notebook).hexdigest(),
        "package": source_hash(modules),
        "order": subject.order,
        "python": conditions.version,
        "network": conditions.network,
    }


def surroundings(folder: Path, above: Collection[PurePosixPath]) -> dict[str, Any]:
    """Return what of Conditions says which folders a run needs: its own, and what lies above.

    `above` are relative paths that lead out of `folder`. A folder around it counts only where it is
    small: `..` alone may be the home folder.
    """
    places = [Path(os.path.normpath(folder / path)) for path in above]
    wanted = [p for p in places if p.exists() and (p not in folder.parents or _is_small(p))]
    root = Path(os.path.commonpath([folder, *wanted]))
    if root == folder:
        return {"folder": folder}
    parts = (path.relative_to(root) for path in (folder, *wanted))
    return {"folder": root, "place": folder.relative_to(root), "only": tuple(dict.fromkeys(parts))}


def _is_small(folder: Path) -> bool:
    size = number = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            size, number = size + path.lstat().st_size, number + 1
        if size > _SMALL or number > _FEW:
            return False
    return True


def store(verdict: Verdict, project: Path) -> None:
    """Keep the verdict in the project, and the lineage of the package's run."""
    folder = project / ".nb2prod"
    folder.mkdir(exist_ok=True)
    text = json.dumps(verdict.json(), indent=2, ensure_ascii=False) + "\n"
    for name, data in (("verdict.json", text.encode()), ("lineage.json", verdict.lineage)):
        if data is not None:
            temporary = folder / f"{name}.new"
            temporary.write_bytes(data)
            temporary.replace(folder / name)
