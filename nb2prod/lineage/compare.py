"""Two records held against each other: what changed, and which change is the likely cause."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from nb2prod.lineage.record import Record, products, sources

Group = Literal[
    "run",
    "data",
    "code",
    "notebook",
    "parameters",
    "seeds",
    "environment",
    "hardware",
    "metrics",
    "artifacts",
]
GROUPS: tuple[Group, ...] = get_args(Group)
_PARTS: Mapping[Group, str] = {  # of the record
    "data": "files",
    "code": "code",
    "notebook": "code",
    "parameters": "parameters",
    "seeds": "seeds",
    "environment": "environment",
    "hardware": "environment",
    "metrics": "metrics",
    "artifacts": "files",
}
_CAUSES: tuple[Group, ...] = ("data", "code", "parameters", "seeds", "environment", "hardware")
_PLACES = ("data_root", "artifacts_root")  # settings that change no value
_NAMED = 3  # changes that one sentence names


@dataclass(frozen=True, slots=True)
class Change:
    """What differs: in the first run (`before`) and in the second; "" where it is not there.

    A change with `matters` can be why values differ.
    """

    group: Group
    name: str
    before: str
    after: str
    detail: str = ""
    matters: bool = True


@dataclass(frozen=True, slots=True)
class Explanation:
    """The difference between two runs; `cause` says in a sentence or two what the reason may be.

    `unknown` are groups that one of the runs could not record.
    """

    cause: str
    changes: tuple[Change, ...] = ()
    unknown: tuple[Group, ...] = ()

    @property
    def exit_status(self) -> int:
        """0 where nothing differs, 1 where something does."""
        return int(bool(self.changes))

    def json(self) -> dict[str, Any]:
        """Return everything as JSON data."""
        return asdict(self)


def explain(first: Record, second: Record) -> Explanation:
    """Say what differs between two runs; when they ran, and for how long, does not count.

    Raises InputError when a part of a record is not what it must be.
    """
    unknown = tuple(
        group
        for group, part in _PARTS.items()
        if first.data.get(part) is None or second.data.get(part) is None
    )
    changes = tuple(c for c in _changes(first, second) if c.group not in unknown)
    return Explanation(_cause(first, second, changes, unknown), changes, unknown)


def _changes(a: Record, b: Record) -> Iterator[Change]:
    for key in ("package", "command"):
        yield from _of_texts("run", {key: a.text(key)}, {key: b.text(key)})
    yield from _of_texts("run", {"error": _error(a)}, {"error": _error(b)})
    yield from _of_files("data", sources(a), sources(b))
    yield from _of_texts(
        "code", {"package": a.text("code", "package")}, {"package": b.text("code", "package")}
    )
    for key in ("commit", "dirty"):  # they tell what the package's hash already decides
        before, after = ({key: record.text("code", "git", key)} for record in (a, b))
        yield from _of_texts("code", before, after, matters=False)
    before, after = ({"notebook": record.text("code", "notebook")} for record in (a, b))
    yield from _of_texts("notebook", before, after, matters=False)
    yield from _of_values("parameters", _parameters(a), _parameters(b))
    yield from _of_values("seeds", a.mapping("seeds"), b.mapping("seeds"))
    yield from _of_values("environment", _environment(a), _environment(b))
    yield from _of_values(
        "hardware", a.mapping("environment", "hardware"), b.mapping("environment", "hardware")
    )
    yield from _of_metrics(a.mapping("metrics"), b.mapping("metrics"))
    yield from _of_files("artifacts", products(a), products(b))


def _error(record: Record) -> str:
    kind, where = record.text("error", "kind"), record.text("error", "where")
    return f"{kind} in {where}" if where else kind


def _parameters(record: Record) -> dict[str, Any]:
    """Return the parameters without those that are told as seeds."""
    seeds = record.mapping("seeds")
    named = record.mapping("parameters").items()
    return {name: value for name, value in named if f"config: {name}" not in seeds}


def _environment(record: Record) -> dict[str, Any]:
    told = {key: record.text("environment", key) for key in ("python", "implementation", "os")}
    read = {"variables read": record.items("environment", "variables")}
    return {**told, **record.mapping("environment", "distributions"), **read}


def _of_texts(
    group: Group, before: Mapping[str, str], after: Mapping[str, str], *, matters: bool = True
) -> Iterator[Change]:
    for name in before:
        if before[name] != after[name]:
            yield Change(group, name, before[name], after[name], matters=matters)


def _of_values(
    group: Group, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    for name in _names(before, after):
        old, new = (_text(values[name]) if name in values else "" for values in (before, after))
        if old != new:
            yield Change(group, name, old, new, matters=name not in _PLACES)


def _of_metrics(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in _names(before, after):
        old, new = before.get(name), after.get(name)
        if old != new:
            before_text, after_text = ("" if v is None else _text(v) for v in (old, new))
            yield Change("metrics", name, before_text, after_text, _step(old, new))


def _step(old: object, new: object) -> str:
    """Return by how much a number changed."""
    if not (_is_number(old) and _is_number(new)):
        return ""
    assert isinstance(old, int | float) and isinstance(new, int | float)
    try:
        share = f", {(new - old) / abs(old):+.2%}" if old else ""
        return f"{new - old:+.6g}{share}"
    except OverflowError:  # of integers that no float holds
        return ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _of_files(
    group: Group, before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> Iterator[Change]:
    verb = "read" if group == "data" else "written"
    for name in _names(before, after):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            detail = f"{verb} only by the {'second' if old is None else 'first'} run"
        else:
            detail = _content_change(old, new)
        if detail:
            yield Change(group, name, _shown(old), _shown(new), detail)


def _content_change(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Say how the content of a file differs; "" where it does not, or nobody knows."""
    sizes = (old.get("size"), new.get("size"))
    if old.get("sha256") and new.get("sha256"):
        if old["sha256"] == new["sha256"]:
            return ""
    elif sizes[0] == sizes[1]:
        return ""
    if sizes[0] == sizes[1]:
        return "other content of the same size"
    numbers: list[Any] = [size for size in sizes if _is_number(size)]
    return f"{numbers[1] - numbers[0]:+,} bytes" if len(numbers) == len(sizes) else "other content"


def _shown(row: Mapping[str, Any] | None) -> str:
    """Describe a file in one phrase."""
    if row is None:
        return ""
    size = f"{row['size']:,} bytes" if _is_number(row.get("size")) else "size unknown"
    return f"{size}, {str(row['sha256'])[:12]}" if row.get("sha256") else size


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _names(*values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for names in values for name in names))


# ---------------------------------------------------------------- the likely cause


def _cause(a: Record, b: Record, changes: Iterable[Change], unknown: tuple[Group, ...] = ()) -> str:
    told = _told(a, b, changes, unknown)
    return f"{told} Not recorded: {', '.join(unknown)}." if unknown else told


def _told(a: Record, b: Record, changes: Iterable[Change], unknown: tuple[Group, ...]) -> str:
    by_group: dict[Group, list[Change]] = {group: [] for group in GROUPS}
    for change in changes:
        if change.matters:
            by_group[change.group].append(change)
    changed = [group for group in _CAUSES if by_group[group]]
    same = [group for group in _CAUSES if not by_group[group] and group not in unknown]
    failed = [change for change in by_group["run"] if change.name == "error"]
    head = "Metrics are not known" if "metrics" in unknown else _outcome(by_group, failed)
    if not any(by_group.values()):
        words = "Nothing that matters differs" if list(changes) else "Nothing differs"
        results: list[Group] = ["metrics", "artifacts"]
        same += [group for group in results if group not in unknown]
        return f"{words}: {_listed(same)} {_are(same)} the same." if same else f"{words}."
    if changed:
        reasons = _listed([_reason(group, by_group[group]) for group in changed])
        rest = f" {_listed(same).capitalize()} {_are(same)} the same." if same else ""
        return f"{head}; {reasons} changed.{rest}"
    if by_group["run"] and not failed:
        return f"{head}: {_listed([_of_run(change) for change in by_group['run']])}."
    though = f", though {_listed(same)} {_are(same)} the same" if same else ""
    return f"{head}{though}: {_chance(a, b)}."


def _outcome(by_group: Mapping[Group, list[Change]], failed: list[Change]) -> str:
    if failed:
        before, after = (end or "no error" for end in (failed[0].before, failed[0].after))
        return f"The runs end differently ({before}, then {after})"
    if by_group["metrics"]:
        return "Metrics differ"
    if by_group["artifacts"]:
        return "Metrics are the same, files that were written differ"
    return "Metrics are the same"


def _reason(group: Group, changes: list[Change]) -> str:
    """Name a group by the changes in it, where these are few."""
    names = [change.name for change in changes[:_NAMED]]
    if len(changes) > _NAMED:
        names.append(f"{len(changes) - _NAMED} more")
    if group == "code":
        return "the code"
    return _listed(names) if group == "data" else f"{group} ({', '.join(names)})"


def _of_run(change: Change) -> str:
    return f"the {change.name} was {change.before or 'none'}, then {change.after or 'none'}"


def _chance(a: Record, b: Record) -> str:
    """Say what makes runs differ of which no record tells."""
    hosts = [str(host) for record in (a, b) for host in record.items("network", "hosts")]
    unread = [
        url
        for record in (a, b)
        for url, row in sources(record).items()
        if "method" in row and not row.get("sha256")
    ]
    asked = _names(hosts, unread)
    if asked:
        return f"likely what came from {_listed(asked[:_NAMED])}, or a draw without a seed"
    seeds = {*a.mapping("seeds"), *b.mapping("seeds")} - {"PYTHONHASHSEED"}
    if seeds:
        return "likely a draw that no seed reaches, threads, or the clock"
    return "likely random draws, for no seed is set"


def _are(names: list[Group]) -> str:
    return "are" if len(names) > 1 or names[0] in ("data", "parameters", "seeds") else "is"


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
