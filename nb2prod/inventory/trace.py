"""What was found without running, beside what a run opened and connected to, and why they differ."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nb2prod.errors import InputError
from nb2prod.inventory.masking import masked
from nb2prod.inventory.texts import is_url, normal
from nb2prod.lineage.record import NAME, Record, products, read, sources
from nb2prod.model import Source

_ARTIFACT = "artifacts: "


@dataclass(frozen=True, slots=True)
class Traced:
    """One place: the names of the entries that say so, what the run did there, and why they differ."""

    place: str
    direction: str
    names: tuple[str, ...]
    run: str
    why: str

    def json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "names": list(self.names)}


def record_of(notebook: Path, place: Path | None, package: str) -> Record:
    """Return the record of a run: in a given place, else in the project of the notebook.

    Raises InputError when there is none.
    """
    bases = [place] if place is not None else [Path(package), notebook.parent / package]
    for base in bases:
        for candidate in (base, base / ".nb2prod" / NAME, base / NAME, base / "artifacts" / NAME):
            if candidate.is_file():
                return read(candidate)
    where = " or ".join(map(str, dict.fromkeys(bases)))
    raise InputError(
        f"no record of a run in {where}: `nb2prod verify {notebook} {package}` makes one, or name it"
        " with --record"
    )


def trace(entries: Sequence[Source], record: Record) -> tuple[Traced, ...]:
    """Return every place that the inventory or the run names, those of both first."""
    opened = {normal(path): row for path, row in sources(record).items()}
    written = {normal(path.removeprefix(_ARTIFACT)): row for path, row in products(record).items()}
    own = {normal(row["path"]) for row in record.rows("files", "read", key="path")} - set(opened)
    hosts = [str(host) for host in record.items("network", "hosts")]
    both = list(_side_by_side(entries, opened, "read", "read"))
    both += _side_by_side(entries, written, "write", "written")
    seen = {(row.place, row.direction) for row in both}
    alone = list(_only_found(entries, seen, own, hosts))
    unknown = [
        *_only_opened(entries, opened, seen, "read"),
        *_only_opened(entries, written, seen, "write"),
    ]
    return (*both, *alone, *unknown)


def _side_by_side(
    entries: Sequence[Source], places: Mapping[str, Any], direction: str, run: str
) -> Iterator[Traced]:
    for place, row in places.items():
        names = [s.name for s in entries if s.direction == direction and _fits(s, place, direction)]
        if names:
            yield Traced(masked(place), direction, tuple(names), _size(run, row), "")


def _fits(source: Source, place: str, direction: str) -> bool:
    if source.resolved is None:
        return False
    text = normal(source.resolved.removeprefix("sqlite:///"))
    if is_url(place) or is_url(text):
        return masked(place) == text
    if direction == "write" and posixpath.basename(text) == place:
        return True  # artifacts are known by what is below their folder
    if text == place or place.startswith(f"{text.rstrip('/')}/") or text == ".":
        return True
    return "*" in text and fnmatch.fnmatchcase(place, text.replace("**/", "*"))


def _only_found(
    entries: Sequence[Source], seen: set[tuple[str, str]], own: set[str], hosts: Sequence[str]
) -> Iterator[Traced]:
    for source in entries:
        way = source.direction
        if any(_fits(source, place, way) for place, direction in seen if direction == way):
            continue
        place = source.resolved if source.resolved is not None else source.location
        yield Traced(
            place, source.direction, (source.name,), "not seen", _why_not_seen(source, own, hosts)
        )


def _why_not_seen(source: Source, own: set[str], hosts: Sequence[str]) -> str:
    if source.resolved is None:
        return "only a run tells the location: it is among what the run opened, if it ran at all"
    if normal(source.resolved) in own:
        return "the run read what it had written itself"
    if source.kind == "dataset" and not source.external:
        return "data that come with a library are not recorded"
    if source.external and (
        source.kind in ("url", "api", "dataset", "object store", "database") or hosts
    ):
        asked = f"; the run connected to {', '.join(hosts)}" if hosts else ""
        return f"on the network: a verified run has none unless --allow-network, or it had a copy{asked}"
    if "*" in source.resolved:
        return "no file of this pattern was opened"
    if source.call.startswith(("!", "%%")) or source.call in ("os.listdir", "os.walk", "glob.glob"):
        return "a command or listing: no file is opened by Python"
    return "a branch or function that the run did not take, or an exploration that it left out"


def _only_opened(
    entries: Sequence[Source], places: Mapping[str, Any], seen: set[tuple[str, str]], direction: str
) -> Iterator[Traced]:
    open_ones = [s for s in entries if s.direction == direction and s.resolved is None]
    for place, row in places.items():
        if (masked(place), direction) in seen:
            continue
        run = _size("read" if direction == "read" else "written", row)
        yield Traced(masked(place), direction, (), run, _why_not_found(row, open_ones))


def _why_not_found(row: Mapping[str, Any], open_ones: Sequence[Source]) -> str:
    if open_ones:
        calls = ", ".join(f"{s.call}({s.location}) in cell {s.cell}" for s in open_ones[:3])
        return f"likely of a call whose location only a run tells: {calls}"
    if row.get("seen") == "folder":
        return (
            "seen by the system: a library's own code or a child process, perhaps another program"
        )
    return "opened by a library or module, not by a call of the notebook"


def _size(run: str, row: Mapping[str, Any]) -> str:
    size = row.get("size")
    return f"{run}, {size:,} bytes" if isinstance(size, int) else run
