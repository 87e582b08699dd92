"""What a package reads and writes, as entries of the inventory, from what its plan knows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from nb2prod.model import DataUse, Function, Plan, Source

LOADERS = "data_sources"
_READERS = re.compile(
    r"(read|load|fetch|scan|download|from|imread)(_\w+)?|open|urlopen|genfromtxt|i?glob|listdir|walk"
    r"|scandir|iterdir|connect|urlretrieve|flow_from_directory|image_dataset_from_directory"
)


def sources(plan: Plan) -> tuple[Source, ...]:
    """Return the sources and sinks of a package, in the order in which it meets them.

    A file that was written before it is read is an intermediate, and no source. A loader that reads
    at a computed location is one source.
    """
    found: list[Source] = []
    written: set[str] = set()
    taken: set[str] = set()
    for position in _in_order(plan):
        users = _users(plan, position)
        uses = plan.analysis.facts[position].uses
        for use in sorted(uses, key=lambda use: use.direction):
            place = normal(use.location or "")
            if use.direction == "write":
                written.add(place)
            elif place in written:
                continue
            found.append(_source(plan, position, use, users, taken))
    known = {user for source in found if source.direction == "read" for user in source.consumers}
    found += (
        _computed(plan, function, taken)
        for function in plan.functions
        if function.module == LOADERS
        and qualified(plan, function) not in known
        and _reads(plan, function)
    )
    return tuple(found)


def normal(location: str) -> str:
    """Return a location as it is compared with others: `./a//b.csv` is `a/b.csv`."""
    if "://" in location or not location:
        return location
    return str(PurePosixPath(location))


def qualified(plan: Plan, function: Function) -> str:
    """Return a function's name as it is imported."""
    return f"{plan.package}.{function.module}.{function.name}"


def _in_order(plan: Plan) -> Iterator[int]:
    """Yield the statements of the package: those left out read nothing any more."""
    kept = {p for f in plan.functions for p in f.statements}
    kept |= {definition.statement for definition in plan.definitions}
    return iter(sorted(kept))


def _users(plan: Plan, position: int) -> tuple[str, ...]:
    found = [qualified(plan, f) for f in plan.functions if position in f.statements]
    found += (
        f"{plan.package}.{definition.module}.{name}"
        for definition in plan.definitions
        if definition.statement == position
        for name in definition.names
    )
    return tuple(found)


def _source(
    plan: Plan, position: int, use: DataUse, users: tuple[str, ...], taken: set[str]
) -> Source:
    origin = plan.analysis.statements[position].origin
    place = normal(use.location or "")
    return Source(
        name=_name(use, users, taken),
        direction=use.direction,
        location=place,
        resolved=place or None,
        kind=use.kind,
        format=use.format,
        call=use.call,
        cell=origin.cell,
        line=origin.line,
        variable=use.variable,
        consumers=users,
        external=bool(re.match(r"/|~|[A-Za-z]:[\\/]|\.\./|\w+://", place)),
    )


def _name(use: DataUse, users: Collection[str], taken: set[str]) -> str:
    """Name a source after its loader, or else after what it is in."""
    loader = next((u.rpartition(".")[2] for u in users if f".{LOADERS}.load_" in u), "")
    stem = re.sub(r"\W+", "_", PurePosixPath(use.location or "").stem.lower()).strip("_")
    names = (loader.removeprefix("load_"), stem, use.variable or "", use.call.rpartition(".")[2])
    choices = [name for name in names if name and name[0].isalpha()] or ["data"]
    if use.direction == "write":
        choices = choices[1:] if loader else choices
    return _free(choices, taken)


def _free(choices: Collection[str], taken: set[str]) -> str:
    *_, last = choices
    number = 2
    name = next((name for name in choices if name not in taken), "")
    while not name or name in taken:
        name, number = f"{last}_{number}", number + 1
    taken.add(name)
    return name


def _reads(plan: Plan, function: Function) -> bool:
    """Say whether a function calls something that is named like a reader of data."""
    facts = (plan.analysis.facts[position] for position in function.statements)
    names = (call.rpartition(".")[2] for fact in facts for call in fact.calls)
    return any(_READERS.fullmatch(name) for name in names)


def _computed(plan: Plan, function: Function, taken: set[str]) -> Source:
    origin = plan.analysis.statements[function.statements[0]].origin
    name = function.name.removeprefix("load_")
    calls = (call for p in function.statements for call in plan.analysis.facts[p].calls)
    return Source(
        name=_free([name], taken),
        direction="read",
        location="",
        resolved=None,
        kind="file",
        format="",
        call=next(calls, ""),
        cell=origin.cell,
        line=origin.line,
        consumers=(qualified(plan, function),),
    )
