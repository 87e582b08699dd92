"""What people call their modules, variables and functions, and what headings say: hints, never proofs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from nb2prod.knowledge.tables import fits
from nb2prod.model import Stage

_WORD = re.compile(r"[fr][12](?![a-zA-Z\d])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def words(name: str) -> list[str]:
    """Return the words of a name or text in lower case: of snake_case, camelCase and prose."""
    return [word.lower() for word in _WORD.findall(name)]


@cache
def reference(name: str) -> str:
    """Return the module, function or class that a name nobody defined usually stands for, or ""."""
    if name in _table()["modules"]:
        return str(_table()["modules"][name])
    for module, patterns in _table()["members"].items():
        if any(fits(pattern, name) for pattern in patterns.split()):
            return f"{module}.{name}"
    return ""


@cache
def type_of(variable: str) -> str:
    """Return the type that the name of a variable suggests, "" when none."""
    parts = words(variable)
    if not parts:
        return ""
    for type_, places in _table()["types"].items():
        where = {"any": parts, "first": parts[:1], "last": parts[-1:]}
        named = (set(where[place]) & set(places.get(place, "").split()) for place in where)
        ends = tuple(places.get("end", "").split())
        if any(named) or (ends and parts[-1].endswith(ends)):
            return str(type_)
    return ""


@cache
def topics_of(variable: str) -> frozenset[str]:
    """Return the topics that the name of a variable suggests: "prediction", "metric"."""
    parts = set(words(variable))
    rows = _table()["topics"].items()
    return frozenset(topic for topic, named in rows if not parts.isdisjoint(named.split()))


@cache
def stages_of_text(text: str) -> frozenset[Stage]:
    """Return the stages that a heading or comment names."""
    return frozenset(_stages(_table()["headings"], words(text)))


@cache
def stage_of_function(name: str) -> Stage | None:
    """Return the stage that the name of a function suggests."""
    return next(iter(_stages(_table()["functions"], words(name))), None)


def _stages(stems: Mapping[Stage, str], parts: Sequence[str]) -> list[Stage]:
    return [
        stage
        for stage, named in stems.items()
        if any(word.startswith(tuple(named.split())) for word in parts)
    ]


@cache
def _table() -> Mapping[str, Any]:
    path = Path(__file__).with_name("conventions.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
