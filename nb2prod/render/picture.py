"""The README's picture of the pipeline: which call hands which values to which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_MOST_CALLS = 25  # a picture of more is of modules instead
_MOST_NAMES = 4  # on one arrow

Row = Mapping[str, Any]


@dataclass
class Picture:
    """Nodes by key with their labels, and arrows with the names that pass along them."""

    nodes: dict[str, str] = field(default_factory=dict)
    reads: dict[str, str] = field(default_factory=dict)
    writes: dict[str, str] = field(default_factory=dict)
    arrows: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def arrow(self, start: str, end: str, name: str = "") -> None:
        """Draw an arrow unless it would lead back to where it starts."""
        if start != end:
            names = self.arrows.setdefault((start, end), [])
            if name and name not in names:
                names.append(name)

    def labelled_arrows(self) -> list[tuple[str, str, str]]:
        """Give start, end and label of each arrow."""
        return [(start, end, _label(names)) for (start, end), names in self.arrows.items()]


def picture(calls: Sequence[Row], sources: Sequence[Row]) -> Picture:
    """Follow the values from call to call, the last one that returned a name giving it."""
    grouped = len(calls) > _MOST_CALLS
    drawn = Picture()
    givers: dict[str, str] = {}
    keys: dict[int, str] = {}
    modules: dict[str, str] = {}
    for position, call in enumerate(calls):
        label = call["module"] if grouped else call["name"]
        key = modules.setdefault(label, f"m{len(modules)}") if grouped else f"f{position}"
        keys[position] = key
        drawn.nodes[key] = label
        for name in call["inputs"]:
            if name in givers:
                drawn.arrow(givers[name], key, name)
        givers.update(dict.fromkeys(call["outputs"], key))
    _draw_sources(drawn, calls, keys, sources)
    return drawn


def _draw_sources(
    drawn: Picture, calls: Sequence[Row], keys: Mapping[int, str], sources: Sequence[Row]
) -> None:
    for number, source in enumerate(sources):
        position = _user(calls, source)
        if position is None:
            continue
        label = source["name"] or source["location"] or source["call"]
        if source["direction"] == "read":
            drawn.reads[f"r{number}"] = label
            drawn.arrow(f"r{number}", keys[position])
        else:
            drawn.writes[f"w{number}"] = label
            drawn.arrow(keys[position], f"w{number}")


def _user(calls: Sequence[Row], source: Row) -> int | None:
    """Find the call that reads or writes a source: the likeliest of those with code of its cell."""
    users = [place for place, call in enumerate(calls) if source["cell"] in call["cells"]]
    if source["direction"] == "read":
        loaders = [place for place in users if calls[place]["module"] == "data_sources"]
        named = [
            place for place in loaders if source["name"] and source["name"] in calls[place]["name"]
        ]
        users = named or loaders or users
        return users[0] if users else None
    savers = [
        place for place in users if calls[place]["name"].startswith(("save", "write", "export"))
    ]
    users = savers or users
    return users[-1] if users else None


def _label(names: Sequence[str]) -> str:
    shown = list(names[:_MOST_NAMES])
    return ", ".join(shown + ["..."] * (len(names) > _MOST_NAMES))
