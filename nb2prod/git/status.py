"""What git does with notebooks here: whose drivers, from which settings, and do they start."""

from __future__ import annotations

import itertools
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nb2prod.git import attributes, entries
from nb2prod.git.entries import NAME, PARTS, Part
from nb2prod.git.repository import git, inside, settings, top

_ELSEWHERE = r"^(diff|merge|filter)\..*\.(command|textconv|driver|process|clean)$"
_TOOLS = {"jupyternotebook": "nbdime", "ipynb": "nbstripout", "nbstripout": "nbstripout"}
_DEFAULTS = ("set", "unset", "unspecified", "text", "union", "binary")


@dataclass(frozen=True, slots=True)
class Other:
    """Another tool's driver for notebooks: which attribute names it, and for how many notebooks."""

    part: Part
    driver: str
    count: int

    @property
    def tool(self) -> str:
        """What people call it."""
        return _TOOLS.get(self.driver, self.driver)


@dataclass(frozen=True, slots=True)
class State:
    """One part as it stands: `scope` of its settings if there are any, whether they are today's
    (`current`), and how many of the notebooks it is in effect for."""

    part: Part
    scope: str
    current: bool
    notebooks: int


@dataclass(frozen=True, slots=True)
class Status:
    """What git does with notebooks; `files` are the attributes files with a block of ours."""

    states: tuple[State, ...]
    notebooks: int
    files: tuple[Path, ...]
    others: tuple[Other, ...]
    elsewhere: tuple[str, ...]  # settings of other tools' drivers, in effect or not

    def json(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {
            "parts": {
                s.part: {
                    "installed": s.scope or None,
                    "current": s.current,
                    "notebooks": s.notebooks,
                }
                for s in self.states
            },
            "notebooks": self.notebooks,
            "attributes": [str(path) for path in self.files],
            "others": [
                {"part": o.part, "driver": o.driver, "tool": o.tool, "notebooks": o.count}
                for o in self.others
            ],
            "settings_of_others": list(self.elsewhere),
        }


def status() -> Status:
    """Ask git. Raises InputError where there is no git; outside of a repository the user's settings
    are told."""
    here = inside()
    paths = notebooks() if here else []
    effect = attributes.in_effect(paths, PARTS) if here else {}
    states = []
    for part in PARTS:
        scope, current = _installed(part, here)
        count = sum(values.get(part) == NAME for values in effect.values())
        states.append(State(part, scope, current, count if scope else 0))
    files = [attributes.place(everywhere=True)]
    if here:
        files.append(attributes.place())
    if here and top():
        files.append(attributes.place(shared=True))
    return Status(
        tuple(states),
        len(paths),
        tuple(path for path in files if attributes.block(path)),
        others() if here else (),
        tuple(
            name
            for name in settings(_ELSEWHERE)
            if _is_for_notebooks(name) and f".{NAME}." not in name
        ),
    )


def notebooks() -> list[str]:
    """Return the tracked notebooks, and one more in the root that stands for those to come."""
    tracked = os.fsdecode(git("ls-files", "-z", "--full-name", ":(top)*.ipynb", check=False))
    return sorted({"notebook.ipynb", *filter(None, tracked.split("\0"))})


def others() -> tuple[Other, ...]:
    """Return the drivers of other tools that attributes give notebooks here."""
    effect = attributes.in_effect(notebooks(), PARTS)
    counts: Counter[tuple[Part, str]] = Counter()
    for values in effect.values():
        for part in PARTS:
            driver = values.get(part, "unspecified")
            if driver != NAME and driver not in _DEFAULTS:
                counts[part, driver] += 1
    return tuple(Other(part, driver, count) for (part, driver), count in sorted(counts.items()))


def _installed(part: Part, here: bool) -> tuple[str, bool]:
    """Return the scope that a part's settings are in, and whether they are those of this nb2prod."""
    for scope in ("--local", "--global") if here else ("--global",):
        found = settings(rf"^{part}\.{NAME}\.", scope)
        if found:
            return scope.removeprefix("--"), any(
                given.items() <= found.items() for given in _todays(part)
            )
    return "", False


def _todays(part: Part) -> Iterator[dict[str, str]]:
    """Yield what this nb2prod would write for a part, with each choice that bears on it."""
    for parts, production in itertools.product(([part], [part, "filter"]), (False, True)):
        given = entries.settings(parts, production=production)
        yield {name: value for name, value in given.items() if name.startswith(f"{part}.")}


def _is_for_notebooks(name: str) -> bool:
    return bool(re.search(r"jupyter|ipynb|nbdime|nbstrip|notebook", name.lower()))
