"""What a change of a notebook means for the package that it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nb2prod.errors import Nb2prodError
from nb2prod.git import driver
from nb2prod.git.repository import Version
from nb2prod.git.surface import Code, Surface, notebook_name, surface

GROUPS = ("functions", "parameters", "settings", "sources", "dependencies", "hazards")
_ALIKE = 0.6  # share of words that makes a function of another name the same one
_WORD = re.compile(r"\w+")
_NUMBERED = re.compile(
    r"_of_cell_\d+(_line_\d+)?"
)  # a name of last resort: it changes with cells above


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing of a package that is another now: `lines` of code start with a space, `-` or `+`."""

    group: str
    change: str  # added, removed, changed, moved, renamed
    name: str
    detail: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductionDiff:
    """What changes in the package of one notebook; `problem` says why that cannot be known."""

    old: str | None
    new: str | None
    differences: tuple[Difference, ...] = ()
    problem: str = ""

    @property
    def path(self) -> str:
        """What to call the notebook."""
        return self.new or self.old or ""

    def json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {
            "old": self.old,
            "new": self.new,
            "problem": self.problem or None,
            **{
                group: [
                    {"change": d.change, "name": d.name, "detail": d.detail, "code": list(d.lines)}
                    for d in self.differences
                    if d.group == group
                ]
                for group in GROUPS
            },
        }


def production_diff(old: Version, new: Version) -> ProductionDiff:
    """Convert both versions in memory and compare the packages; nothing of them is run.

    A version that cannot be converted makes no error, but a `problem`.
    """
    before, after = (None if version.data is None else version.path for version in (old, new))
    name = notebook_name(after or before or "")
    surfaces = []
    for age, version in (("old", old), ("new", new)):
        try:
            surfaces.append(_surface(version, name))
        except Nb2prodError as error:
            problem = f"the {age} version is no package: {error}"
            return ProductionDiff(before, after, problem=problem)
    return ProductionDiff(before, after, tuple(differences(*surfaces)))


def _surface(version: Version, name: str) -> Surface:
    if version.data is None:
        return Surface()
    from nb2prod import api

    return surface(api.make_plan(api.analyse(api.read(version.data, name=name))))


def differences(old: Surface, new: Surface) -> Iterator[Difference]:
    """Yield what differs between two packages, group by group."""
    pairs = _same_functions(old.code, new.code)
    yield from _functions(old, new, pairs)
    yield from _moved_calls(old, new, pairs)
    for name in new.parameters:
        if name not in old.parameters:
            yield Difference("parameters", "added", name, "of run()")
    for name in old.parameters:
        if name not in new.parameters:
            yield Difference("parameters", "removed", name, "of run()")
    yield from _values("settings", old.settings, new.settings)
    yield from _sources(old.sources, new.sources)
    yield from _values("dependencies", old.dependencies, new.dependencies)
    yield from _hazards(old.hazards, new.hazards)


def _values(group: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for name, value in new.items():
        if name not in old:
            yield Difference(group, "added", name, value)
        elif old[name] != value:
            yield Difference(group, "changed", name, f"{old[name] or 'any'} → {value or 'any'}")
    for name, value in old.items():
        if name not in new:
            yield Difference(group, "removed", name, value)


def _hazards(
    old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]
) -> Iterator[Difference]:
    """Yield hazards of which there are more or fewer; the numbers of the cells are no change."""
    for name in dict.fromkeys((*new, *old)):
        before, after = old.get(name, ()), new.get(name, ())
        if len(after) > len(before):
            yield Difference("hazards", "added", name, ", ".join(after))
        elif len(after) < len(before):
            yield Difference("hazards", "removed", name, ", ".join(after or before[:1]))


def _sources(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    """Yield changed data; where one place went and one came for the same call, it is another place."""
    gone = [place for place in old if place not in new]
    come = [place for place in new if place not in old]
    changed = {}
    for place in come:
        before = [p for p in gone if old[p] == new[place] and p.split()[0] == place.split()[0]]
        after = [p for p in come if new[p] == new[place] and p.split()[0] == place.split()[0]]
        if len(before) == len(after) == 1:
            changed[place] = before[0]
            verb, _, now = place.partition(" ")
            was = before[0].partition(" ")[2]
            yield Difference("sources", "changed", f"{verb} {now}", f"was {was}; {new[place]}")
    rest_old = {place: old[place] for place in old if place not in changed.values()}
    rest_new = {place: new[place] for place in new if place not in changed}
    yield from _values("sources", rest_old, rest_new)


def _functions(old: Surface, new: Surface, pairs: Mapping[str, Code]) -> Iterator[Difference]:
    for path, code in new.code.items():
        before = pairs.get(path)
        if before is None:
            takes = f"takes {_listed(code.parameters)}{_called(path, new.calls)}"
            yield Difference("functions", "added", path, takes)
            continue
        changed = _stable(before.shape) != _stable(code.shape)
        if _stable(before.path) != _stable(path):
            word = "moved" if before.name == code.name else "renamed"
            detail = f"was {before.path}" + (", and changed" if changed else "")
            yield Difference("functions", word, path, detail, _lines(before, code, changed))
        elif changed:
            detail = ""
            yield Difference("functions", "changed", path, detail, _lines(before, code, changed))
        yield from _signature(before, code)
    kept = {code.path for code in pairs.values()}
    for path in old.code:
        if path not in kept:
            yield Difference("functions", "removed", path)


def _stable(text: str) -> str:
    return _NUMBERED.sub("", text)


def _called(path: str, calls: Sequence[str]) -> str:
    """Say where run() calls a function, if it does."""
    if path not in calls:
        return ""
    place = calls.index(path)
    return f"; run() calls it {f'after {calls[place - 1]}' if place else 'first'}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nothing"


def _lines(old: Code, new: Code, changed: bool) -> tuple[str, ...]:
    """Return the changed lines of a function with some around them."""
    if not changed:
        return ()
    before, after = old.text.split("\n"), new.text.split("\n")
    made = []
    ops = driver.opcodes([*map(_stable, before)], [*map(_stable, after)])
    for number, hunk in enumerate(driver.hunks(ops, 2)):
        made += [" ..."] if number else []
        for tag, i1, i2, j1, j2 in hunk:
            if tag == "equal":
                made += [f" {line}" for line in after[j1:j2]]
            else:
                made += [f"-{line}" for line in before[i1:i2]]
                made += [f"+{line}" for line in after[j1:j2]]
    return tuple(made)


def _signature(old: Code, new: Code) -> Iterator[Difference]:
    """Yield changed parameters; one that gave its place to another is renamed."""
    gone = [name for name in old.parameters if name not in new.parameters]
    for name in new.parameters:
        if name in old.parameters:
            continue
        place = new.parameters.index(name)
        before = old.parameters[place] if place < len(old.parameters) else ""
        if len(old.parameters) == len(new.parameters) and before in gone:
            gone.remove(before)
            yield Difference("parameters", "renamed", name, f"was {before}, of {new.path}")
        else:
            yield Difference("parameters", "added", name, f"of {new.path}")
    for name in gone:
        yield Difference("parameters", "removed", name, f"of {new.path}")


def _same_functions(old: Mapping[str, Code], new: Mapping[str, Code]) -> dict[str, Code]:
    """Return by the path of a new function the old one that it was.

    That of its path, unless its code now stands under another name; else the one most alike.
    """
    found = {path: old[path] for path in new if path in old and old[path].shape == new[path].shape}
    left = [code for path, code in old.items() if path not in found]
    right = [code for path, code in new.items() if path not in found]
    scored = sorted(
        (-_likeness(one, other), i, j)
        for i, one in enumerate(left)
        for j, other in enumerate(right)
    )
    taken: set[int] = set()
    for score, i, j in scored:
        if -score >= _ALIKE and i not in taken and right[j].path not in found:
            found[right[j].path] = left[i]
            taken.add(i)
    return found


def _likeness(one: Code, other: Code) -> float:
    """Return 1 for the same code; one of the same path passes for alike whatever it does now."""
    if _stable(one.shape) == _stable(other.shape):
        return 1.0
    first, second = (set(_WORD.findall(code.text)) for code in (one, other))
    alike = 2 * len(first & second) / (len(first) + len(second))
    if one.path == other.path:
        return max(alike, _ALIKE) + 0.3
    return min(0.99, alike + 0.1 * (one.name == other.name))


def _moved_calls(old: Surface, new: Surface, pairs: Mapping[str, Code]) -> Iterator[Difference]:
    """Yield the functions that run() calls before others that they followed."""
    called = {name: position for position, name in enumerate(old.calls)}
    place = {name: called[code.path] for name, code in pairs.items() if code.path in called}
    common = [name for name in new.calls if name in place]
    stay = set(driver.increasing([place[name] for name in common]))
    for position, name in enumerate(common):
        if position in stay:
            continue
        after = f"after {common[position - 1]}" if position else "first"
        yield Difference("functions", "moved", name, f"run() calls it {after} now")
