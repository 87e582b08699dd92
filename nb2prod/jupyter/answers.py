"""What the panel is told: plan, preview and conversion of one notebook, as JSON data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from nb2prod import __version__, api
from nb2prod.jupyter.plans import plan_json
from nb2prod.jupyter.problems import problem
from nb2prod.model import STAGES, Package, Plan
from nb2prod.write import MANIFEST

_SHOWN = 300_000  # bytes of a file that is shown
Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Request:
    """A notebook, where it lies (Contents path and, where it is on a disk, file), and what is asked.

    `content` is the notebook as it is in the editor, None for the file. `output` is the place of the
    Contents path `folder`.
    """

    path: str = ""
    place: str | None = None
    output: str | None = None
    content: Any = None
    package: str | None = None
    folder: str = ""
    force: bool = False


def asked(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a request's body what is for this process."""
    return {key: body[key] for key in ("content", "package", "force") if key in body}


def info(request: Request) -> Answer:
    """Tell which stages there are."""
    return 200, {"version": __version__, "api": 1, "stages": list(STAGES)}


def inspect(request: Request) -> Answer:
    """Tell what convert would do; nothing is rendered."""
    plan = _plan(request)
    return 200, {**plan_json(plan), "folder": _folder(request, plan.package)}


def preview(request: Request) -> Answer:
    """Tell every file, and what would change in the folder."""
    made, output = _made(request)
    diffs = api.differences(made, output)
    return 200, {
        "folder": _folder(request, made.name),
        "files": [
            {
                "path": str(change.path),
                "text": _text(made.files.get(change.path)),
                "bytes": len(made.files.get(change.path, b"")),
                "change": "refused" if change.kind == "conflict" else change.kind,
                "reason": change.reason,
                "diff": diffs.get(change.path, ""),
            }
            for change in api.changes(made, output)
        ],
    }


def convert(request: Request) -> Answer:
    """Write the package; refuse where that would lose what is not ours, unless forced."""
    made, output = _made(request)
    refused = [c for c in api.changes(made, output, force=request.force) if c.kind == "conflict"]
    folder = _folder(request, made.name)
    if refused:
        return 409, problem(
            f"{folder} holds {len(refused)} files that would be overwritten; nothing was written.",
            "Choose another folder, or say that they may be replaced.",
            files=[str(change.path) for change in refused],
            reasons={str(change.path): change.reason for change in refused},
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
    "preview": preview,
    "convert": convert,
}


def _plan(request: Request) -> Plan:
    program = api.read(source(request), name=name(request), folder=beside(request))
    return api.make_plan(api.analyse(program), package=request.package)


def package(request: Request) -> Package:
    """Return the package of a notebook."""
    return api.convert(
        source(request), name=name(request), folder=beside(request), package=request.package
    )


def project(request: Request) -> Path | None:
    """Return the folder of the notebook's package where there is one."""
    if request.output:
        found = Path(request.output)
    elif request.place:
        found = _default(request, _plan(request).package)
    else:
        return None
    return found if (found / MANIFEST).is_file() else None


def folder_of(request: Request, project: Path) -> str:
    """Return the Contents path of a folder that is the asked one or beside the notebook."""
    return request.folder or _folder(request, project.name)


def _made(request: Request) -> tuple[Package, Path]:
    """Return the package, with the evidence that is in the folder, and that folder."""
    made = package(request)
    output = Path(request.output) if request.output else _default(request, made.name)
    if evidence := api.evidence_in(output, made):
        made = api.with_evidence(made, evidence, output)
    return made, output


def source(request: Request) -> bytes | Path:
    """Return the notebook's file, or its content as Jupyter saves it."""
    if request.content is None:
        assert request.place
        return Path(request.place)
    return json.dumps(request.content, indent=1, ensure_ascii=False).encode("utf-8", "replace")


def name(request: Request) -> str:
    """Return the notebook's name, without folder and ending."""
    return PurePosixPath(request.path).stem or "notebook"


def beside(request: Request) -> Path | None:
    """Return the notebook's folder where it is on a disk."""
    return Path(request.place).parent if request.place else None


def _default(request: Request, package: str) -> Path:
    assert request.place
    return Path(request.place).parent / PurePosixPath(_folder(request, package)).name


def _folder(request: Request, package: str) -> str:
    """Return the Contents path of the output folder."""
    if request.folder:
        return request.folder
    return str(PurePosixPath(request.path.strip("/")).parent / package)


def _text(data: bytes | None) -> str | None:
    if data is None or len(data) > _SHOWN:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
