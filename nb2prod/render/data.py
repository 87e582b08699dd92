"""What the generated `data` commands work with: the record of the sources, and thresholds.

A verified run says which files each loader opened and what its tables were like. Without one, the
record has what can be seen without running anything: the files beside the notebook.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import json
import os
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

from nb2prod.model import Evidence, Function, Package, Plan, Source
from nb2prod.render.sources import LOADERS, normal, qualified, sources
from nb2prod.render.templates import builtin_templates

THRESHOLDS = {"psi": 0.2, "ks": 0.1, "null_share": 0.05, "new_categories": 0.01, "columns": {}}
_ABOVE = 2  # folders above the notebook's whose files are described, too
_LARGEST = 500_000_000  # bytes of a file that is described without a run
_BUNDLED = frozenset({"dataset"})


def recorded_sources(plan: Plan) -> tuple[Source, ...]:
    """Return what the package reads and what could be checked: not what libraries bring along."""
    bundled = {user for s in sources(plan) if s.kind in _BUNDLED for user in s.consumers}
    return tuple(
        source
        for source in sources(plan)
        if source.direction == "read"
        and source.kind not in _BUNDLED
        and (source.location or bundled.isdisjoint(source.consumers))
    )


def data_files(plan: Plan, record: Mapping[str, Any]) -> dict[PurePosixPath, bytes]:
    """Return the record and the thresholds, by path below the project; none without sources."""
    if not record["sources"]:
        return {}
    source = PurePosixPath("src", plan.package)
    return {
        source / "data_record.json": _json(record),
        source / "data_thresholds.json": _json(THRESHOLDS),
    }


def own_files(project: Path, package: Package) -> dict[PurePosixPath, bytes]:
    """Return what a person changed in a project: thresholds, and a record made by `data record`.

    The record counts as long as it is of the same sources.
    """
    own = {}
    for path, made in package.files.items():
        if path.name not in ("data_record.json", "data_thresholds.json") or path.parts[0] != "src":
            continue
        place = project / path
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            data = place.read_bytes() if not place.is_symlink() else made
            if path.name == "data_thresholds.json" or _same_sources(json.loads(data), made):
                own[path] = data
    return own


def _same_sources(told: Any, made: bytes) -> bool:
    """Say whether a record was made by a person, of the sources that another has."""
    if told["made"]["by"] != "data record":
        return False
    fixed = ("location", "kind", "settings", "loaders")
    ours, theirs = json.loads(made)["sources"], told["sources"]
    facts = [{n: [s[k] for k in fixed] for n, s in some.items()} for some in (ours, theirs)]
    return facts[0] == facts[1]


def recorded(plan: Plan, evidence: Evidence | None) -> dict[str, Any]:
    """Return what the data of a package was like in a verified run, or else beside the notebook."""
    found = recorded_sources(plan)
    seen: Mapping[str, Any] = evidence.data if evidence else {}
    made = {"by": "convert"}
    if evidence and seen:
        made = {"by": "a verified run", "python": evidence.python}
    entries = {source.name: _entry(plan, source) for source in found}
    by_loader = [(name, entry) for name, entry in entries.items() if entry["loaders"]]
    for loader, told in seen.items():
        owners = [(name, entry) for name, entry in by_loader if loader in entry["loaders"]]
        for path, facts in told["files"].items():
            owner = next((e for _, e in owners if _covers(e["location"], path)), None)
            owner = owner or next((e for _, e in owners if not e["location"]), None)
            if owner is not None:
                owner["files"][path] = facts
    for source in found:
        entry = entries[source.name]
        if not entry["files"] and plan.analysis.program.folder:
            entry["files"] = at_hand(Path(plan.analysis.program.folder), source)
    tables = {loader: told["tables"] for loader, told in seen.items() if told["tables"]}
    return {"made": made, "sources": entries, "tables": tables}


def _entry(plan: Plan, source: Source) -> dict[str, Any]:
    users = [f for f in plan.functions if qualified(plan, f) in source.consumers]
    place = normal(source.resolved or source.location)
    return {
        "location": place,
        "kind": source.kind,
        "format": source.format,
        "settings": _settings(plan, source, place, users),
        "loaders": [f.name for f in users if f.module == LOADERS],
        "files": {},
    }


def _settings(plan: Plan, source: Source, place: str, users: Iterable[Function]) -> dict[str, str]:
    """Return the settings that say where a source lies, with their values: it, or a folder of it."""
    values = {s.name: s.value for s in plan.settings if isinstance(s.value, str) and s.value}
    named = {
        name
        for position, texts in (*plan.locations.items(), *plan.places.items())
        if plan.analysis.statements[position].origin.cell == source.cell
        for name in texts.values()
    }
    named |= {name for function in users for name in function.settings}
    inside = {name: normal(values[name]) for name in sorted(named & values.keys())}
    return {name: value for name, value in inside.items() if _is_inside(place, value)}


def _is_inside(place: str, folder: str) -> bool:
    relative = folder == "." and not re.match(r"[/~]|\w+:", place)
    return place == folder or place.startswith((f"{folder}/", f"{folder}\\")) or relative


def _covers(location: str, path: str) -> bool:
    """Say whether a file that a run opened is the one at a location: itself, a folder, a pattern."""
    if not location:
        return False
    return path == location or path.startswith(f"{location}/") or fnmatchcase(path, location)


# ---- without a run


def at_hand(folder: Path, source: Source) -> dict[str, Any]:
    """Describe the files of a source that lie beside the notebook, by path; none of other places.

    What lies further away than in the folder above the one above is not looked at: converting
    a stranger's notebook must not tell what is on this machine.
    """
    place = normal(source.resolved or source.location)
    away = source.external and not place.startswith("..")
    if source.kind not in ("file", "model") or not place or away:
        return {}
    base = folder.resolve()
    top = [base, *base.parents][min(_ABOVE, len(base.parents))]
    try:
        wanted = [base / place] if not set(place) & set("*?[") else sorted(base.glob(place))
        files = [p for p in wanted if p.is_file() and p.resolve().is_relative_to(top)]
        if not files or sum(path.stat().st_size for path in files) > _LARGEST:
            return {}
        if len(files) > described_by().MOST_FILES:
            return {}
        return {
            os.path.relpath(path, base).replace(os.sep, "/"): described_by().described(path)
            for path in files
        }
    except (OSError, ValueError, NotImplementedError):
        return {}


@functools.cache
def described_by() -> ModuleType:
    """Return the module of the package that describes files: what records is what checks."""
    path = builtin_templates() / "src" / "{{package}}" / "data" / "files.py"
    spec = importlib.util.spec_from_file_location("nb2prod_data_files", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _json(data: object) -> bytes:
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")
