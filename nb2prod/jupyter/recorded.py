"""Tests made of a verified run, written into the package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nb2prod import api, report
from nb2prod.jupyter.request import Request, package_of
from nb2prod.model import Package
from nb2prod.verify.evidence import fits
from nb2prod.verify.verdict import Verdict


def keep_tests(request: Request, project: Path | None, verdict: Verdict) -> str:
    """Write the tests that a run gave into its package, and say how that went.

    `project` is None where the package is in no folder that could keep them.
    """
    found = verdict.evidence
    if not project:
        return "No tests were made: there is no package on disk yet to keep them."
    if not found:
        return f"No tests were made: {verdict.unrecorded or 'not all values are equal'}."
    made = next((made for made in _packages(request, project) if fits(found, made)), None)
    if not made:
        return "No tests were made: the notebook would become another package now; convert it."
    made = api.with_evidence(made, found, project)
    refused = [str(c.path) for c in api.changes(made, project) if c.kind == "conflict"]
    if refused:
        return f"No tests were written, since they would replace what is not ours: {refused[0]}."
    api.write(made, project)
    api.discard_stale_lock(project)
    return f"Tests of {len(report.recorded(found)['recorded'])} functions are in the package now."


def _packages(request: Request, project: Path) -> Iterator[Package]:
    """Yield what the notebook becomes now, and what it became: its outputs may be others since."""
    yield package_of(request)
    copy = project / "notebooks" / f"{request.name}.ipynb"
    for pipeline in project.glob("src/*/pipeline.py"):
        if copy.is_file() and not copy.is_symlink():
            yield api.convert(
                copy.read_bytes(),
                name=request.name,
                folder=request.beside,
                package=pipeline.parent.name,
            )
