"""A request on a notebook: where that lies, what it holds, and where its package goes."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from nb2prod import api
from nb2prod.jupyter.folders import folder_names
from nb2prod.jupyter.recent import understood
from nb2prod.model import Package, Plan
from nb2prod.notebook.document import without_slow_import
from nb2prod.write import MANIFEST

_last: dict[bytes, Package] = {}


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked about a notebook.

    `path` and `folder`, the wished one, are paths of the Contents API; `place` and `output` are where
    they lie: `place` is None where that is on no disk of ours, and `output` then is a copy of what is
    in the folder. `content` is the notebook as it is in the editor, None for the file.
    """

    path: str = ""
    place: str | None = None
    output: str | None = None
    content: Any = None
    package: str | None = None
    folder: str = ""
    force: bool = False
    manifest: str | None = None  # of the package in the folder, where that is on no disk

    @property
    def name(self) -> str:
        """The notebook's name, without folder and ending."""
        return PurePosixPath(self.path).stem or "notebook"

    @property
    def beside(self) -> Path | None:
        """The folder that the notebook lies in."""
        return Path(self.place).parent if self.place else None

    def source(self) -> bytes | Path:
        """Return the notebook's file, or its content."""
        if self.content is not None:
            return json.dumps(self.content).encode()
        assert self.place  # the server sends the content where there is no file
        return Path(self.place)

    def saved(self) -> bytes | Path:
        """Return the notebook's file, or its content as Jupyter saves it, byte by byte.

        A package that was made of the file then is that of the editor, too.
        """
        if self.content is None:
            return self.source()
        try:
            with without_slow_import():
                from nbformat import from_dict
                from nbformat.v4 import writes
            text = writes(from_dict(self.content))
        except Exception:  # it is broken: reading says how
            return self.source()
        return f"{text}\n".encode("utf-8", "replace")


def asked(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a request's body what a Request takes from there; only `true` is force."""
    return {
        "content": body.get("content"),
        "package": body.get("package") or None,
        "force": body.get("force") is True,
    }


def plan_of(request: Request) -> Plan:
    """Return the plan of a notebook; raise InputError when there can be none."""
    program, observed = understood(request)
    analysis = api.analyse(program, observed=observed)
    return api.make_plan(analysis, package=request.package)


def package_of(request: Request) -> Package:
    """Return the package of a notebook; raise InputError when there can be none.

    The last one of a notebook on no disk is remembered: it depends on nothing but the request.
    """
    source, name, package = request.saved(), request.name, request.package
    if request.beside or isinstance(source, Path):
        return api.convert(source, name=name, folder=request.beside, package=package)
    key = hashlib.sha256(json.dumps([name, package]).encode() + source).digest()
    if key not in _last:
        _last.clear()
        _last[key] = api.convert(source, name=name, package=package)
    return _last[key]


def folder_of(request: Request, package: str) -> str:
    """Return the Contents path of the output folder: the wished one, or one beside the notebook."""
    if request.folder:
        return request.folder
    above, beside = PurePosixPath(request.path).parent, request.beside
    if not beside:  # the server looks what is there
        return str(above / package)
    return str(above / next((n for n in folder_names(package) if _is_free(beside / n)), package))


def output_of(request: Request, package: str) -> Path:
    """Return where the package goes."""
    if request.output:
        return Path(request.output)
    assert request.beside  # the server says where, if it is on no disk of ours
    return request.beside / PurePosixPath(folder_of(request, package)).name


def project_of(request: Request) -> Path | None:
    """Return the folder of the notebook's package where it has been written."""
    found = output_of(request, "" if request.output else plan_of(request).package)
    return found if (found / MANIFEST).is_file() else None


def _is_free(folder: Path) -> bool:
    """Is nothing there, or a package of ours?"""
    if (folder / MANIFEST).is_file() or not os.path.lexists(folder):
        return True
    return folder.is_dir() and not any(folder.iterdir())
