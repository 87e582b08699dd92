"""What a verified run leaves as evidence, and what of it a project still has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from nb2prod.model import Evidence, Package
from nb2prod.render.evidence import EVIDENCE, editable, evidence_files

_GOLDEN = PurePosixPath("tests/golden")


def gathered(
    records: Path,
    stable: Collection[str],
    made_on: Mapping[str, Any],
    distributions: Mapping[str, str],
) -> Evidence | None:
    """Return what runner.py recorded in a folder, None where it did not come so far.

    `stable` names the results that are equal to the notebook's, and to themselves.
    """
    try:
        told = json.loads((records / "recorded.json").read_text("utf-8"))
        confirmed = json.loads((records / "confirmed.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    reasons = {**told["told"], **confirmed}
    return Evidence(
        source=made_on["package"],
        python=made_on["python"],
        distributions=distributions,
        files={path: data for part in ("calls", "data") for path, data in _files(records, part)},
        unrecorded={name: reason for name, reason in reasons.items() if reason},
        results={name: value for name, value in told["results"].items() if name in stable},
        contract=told["contract"],
        data=told["data"],
    )


def _files(records: Path, part: str) -> list[tuple[PurePosixPath, bytes]]:
    return [
        (_GOLDEN / path.relative_to(records).as_posix(), path.read_bytes())
        for path in sorted((records / part).rglob("*"))
        if path.is_file()
    ]


def kept(project: Path, package: Package) -> Evidence | None:
    """Return the evidence of a project, if it is for the code of this package."""
    found = _read(project)
    return found if found and fits(found, package) else None


def fits(evidence: Evidence, package: Package) -> bool:
    """Say whether evidence is for the code of a package."""
    root = PurePosixPath("src", package.name)
    code = {
        path.relative_to(root).as_posix(): data
        for path, data in package.files.items()
        if path.is_relative_to(root) and path.suffix == ".py"
    }
    return evidence.source == source_hash(code)


def edited(project: Path, package: Package) -> dict[PurePosixPath, bytes]:
    """Return the contract and the bounds of a project as a person edited them."""
    found = _read(project)
    made = evidence_files(package.plan, found) if found else {}
    own: dict[PurePosixPath, bytes] = {}
    for path in editable(package.plan):
        place = project / path
        if path in made and place.is_file() and not place.is_symlink():
            data = place.read_bytes()
            own |= {path: data} if data != made[path] else {}
    return own


def _read(project: Path) -> Evidence | None:
    try:
        record = json.loads((project / EVIDENCE).read_text("utf-8"))
        paths = [PurePosixPath(name) for name in record.pop("files")]
        inside = [p for p in paths if p.is_relative_to(_GOLDEN) and ".." not in p.parts]
        return Evidence(**record, files={path: (project / path).read_bytes() for path in inside})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def source_hash(modules: Mapping[str, bytes]) -> str:
    """Return the hash of a package's code, given by path below the package."""
    digest = hashlib.sha256()
    for name, data in sorted(modules.items()):
        digest.update(name.encode() + b"\0" + data)
    return digest.hexdigest()
