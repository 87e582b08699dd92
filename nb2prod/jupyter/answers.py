"""What the panel is told: plan, preview and conversion of one notebook, as JSON data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from nb2prod import __version__, api
from nb2prod.jupyter.plans import plan_json
from nb2prod.jupyter.problems import problem
from nb2prod.jupyter.request import Request, folder_of, output_of, package_of, plan_of
from nb2prod.lock import LOCK
from nb2prod.model import STAGES, Package
from nb2prod.write import MANIFEST, recorded

_SHOWN = 300_000  # bytes of a file that is shown
_MANY = 2000  # files of an older package that are looked at
Answer = tuple[int, dict[str, Any]]


def info(request: Request) -> Answer:
    """Tell which stages there are."""
    return 200, {"version": __version__, "api": 1, "stages": list(STAGES)}


def inspect(request: Request) -> Answer:
    """Tell what convert would do; nothing is rendered."""
    plan = plan_of(request)
    return 200, {**plan_json(plan), "folder": folder_of(request, plan.package)}


def paths(request: Request) -> Answer:
    """Tell which files matter, for a server that has to fetch what is there."""
    made = package_of(request)
    there = sorted(recorded((request.manifest or "").encode()))[:_MANY]
    return 200, {
        "paths": [str(path) for path in {*made.files, *there, MANIFEST, PurePosixPath(LOCK)}]
    }


def preview(request: Request) -> Answer:
    """Tell every file, and what would change in the folder."""
    made, output = _made(request)
    diffs = api.differences(made, output)
    files = [
        {
            "path": str(change.path),
            "text": _text(made.files.get(change.path)),
            "bytes": len(made.files.get(change.path, b"")),
            "change": "refused" if change.kind == "conflict" else change.kind,
            "reason": change.reason,
            "diff": diffs.get(change.path, ""),
        }
        for change in api.changes(made, output)
    ]
    return 200, {"folder": folder_of(request, made.name), "files": files}


def convert(request: Request) -> Answer:
    """Write the package; refuse where that would lose what is not ours, unless forced."""
    made, output = _made(request)
    folder = folder_of(request, made.name)
    changes = api.changes(made, output, force=request.force)
    refused = {str(c.path): c.reason for c in changes if c.kind == "conflict"}
    if refused:
        files = "a file" if len(refused) == 1 else f"{len(refused)} files"
        return 409, problem(
            f"{folder} holds {files} not written by nb2prod, or edited since; nothing was written.",
            "Choose another folder, or say that they may be replaced.",
            files=list(refused),
            reasons=refused,
        )
    api.write(made, output, force=request.force)
    api.discard_stale_lock(output)
    plan = made.plan
    return 200, {
        "folder": folder,
        "files": len(made.files),
        "readme": f"{folder}/README.md",
        "functions": len(plan.functions) + sum(len(d.names) for d in plan.definitions),
        "left_out": len(plan.left_out),
    }


ACTIONS: Mapping[str, Callable[[Request], Answer]] = {
    "info": info,
    "inspect": inspect,
    "paths": paths,
    "preview": preview,
    "convert": convert,
}


def _made(request: Request) -> tuple[Package, Path]:
    """Return the package, with the evidence and what people edited in its folder, and that folder."""
    made = package_of(request)
    output = output_of(request, made.name)
    if evidence := api.evidence_in(output, made):
        return api.with_evidence(made, evidence, output), output
    return api.with_own_data(made, output), output


def _text(data: bytes | None) -> str | None:
    if data is None or len(data) > _SHOWN:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
