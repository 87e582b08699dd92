"""What DATA_SOURCES.md shows: sources and sinks, and how data flows from one to the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nb2prod.model import Function, Plan, Source, Stage
from nb2prod.render.sources import LOADERS, qualified, sources

_MOST_NODES = 25
_MOST_ENDS = 7  # sources, and sinks; the others are one node
_LANES: dict[Stage, str] = {
    "load": "Cleaning",
    "clean": "Cleaning",
    "feature": "Features",
    "train": "Model",
    "evaluate": "Evaluation",
    "predict": "Prediction",
}
_ORDER = ("Sources", *dict.fromkeys(_LANES.values()), "Other", "Outputs")


@dataclass
class Flow:
    """Nodes by lane, each a key with a shape and a label, and the arrows between keys."""

    lanes: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    arrows: dict[tuple[str, str], None] = field(default_factory=dict)

    def node(self, lane: str, key: str, shape: str, label: str) -> str:
        """Add a node, once, and return its key."""
        self.lanes.setdefault(lane, {}).setdefault(key, (shape, label))
        return key

    def arrow(self, start: str, end: str) -> None:
        """Add an arrow, unless it leads back to its own start."""
        if start != end:
            self.arrows[start, end] = None

    def connected(self) -> Flow:
        """Return the flow in the lanes' order, without steps that no arrow meets."""
        met = {key for arrow in self.arrows for key in arrow}
        lanes = {
            lane: {key: node for key, node in nodes.items() if key in met or node[0] != "step"}
            for lane, nodes in self.lanes.items()
        }
        return Flow({lane: lanes[lane] for lane in _ORDER if lanes.get(lane)}, self.arrows)

    def size(self) -> int:
        """Return the number of nodes."""
        return sum(map(len, self.lanes.values()))


def page(plan: Plan, record: Mapping[str, Any]) -> dict[str, object]:
    """Return the part of the templates' context that is about data."""
    found = sources(plan)
    rows = [_row(source, record.get(source.name, {})) for source in found]
    return {
        "reads": [row for row in rows if row["direction"] == "read"],
        "writes": [row for row in rows if row["direction"] == "write"],
        "flow": flow(plan, found),
    }


def _row(source: Source, recorded: Mapping[str, Any]) -> dict[str, object]:
    files = recorded.get("files", {})
    sizes = [facts["bytes"] for facts in files.values()]
    rows = [facts["rows"] for facts in files.values() if "rows" in facts]
    return {
        "name": source.name,
        "direction": source.direction,
        "location": source.resolved or source.location,
        "kind": source.kind,
        "format": source.format,
        "call": source.call,
        "cell": source.cell,
        "settings": list(recorded.get("settings", {})),
        "users": [user.partition(".")[2] for user in source.consumers],
        "external": source.external,
        "bytes": sum(sizes) if sizes else None,
        "rows": sum(rows) if rows else None,
        "columns": next((f["columns"] for f in files.values() if "columns" in f), []),
    }


def flow(plan: Plan, found: Sequence[Source]) -> Flow:
    """Return how data flows: by function, or where that is too much to read by module, by lane."""
    for level in ("function", "module", "lane"):
        drawn = _drawn(plan, found, level).connected()
        if drawn.size() <= _MOST_NODES:
            break
    return drawn


def _drawn(plan: Plan, found: Sequence[Source], level: str) -> Flow:
    drawn = Flow()
    reads = _ends([s for s in found if s.direction == "read"], "r")
    writes = _ends([s for s in found if s.direction == "write"], "w")
    for key, label in dict.fromkeys(reads.values()):
        drawn.node("Sources", key, "source", label)
    givers: dict[str, list[str]] = {}
    for function in plan.functions:
        if function.explore or function.stage == "setup" or function.module == "exploration":
            continue
        name = qualified(plan, function)
        origins = [reads[s.name][0] for s in found if name in s.consumers and s.name in reads]
        if function.module == LOADERS and origins:
            givers |= dict.fromkeys(function.outputs, origins)
            continue
        sinks = [writes[s.name] for s in found if name in s.consumers and s.name in writes]
        ends = [drawn.node("Outputs", end, "sink", label) for end, label in sinks]
        starts = [*origins, *(giver for n in function.inputs for giver in givers.get(n, ()))]
        if function.stage == "save" and ends and not function.outputs:
            for start in starts:
                drawn.arrows |= {(start, end): None for end in ends}
            continue
        key = _step(drawn, function, level)
        givers |= {output: [key] for output in function.outputs}
        for start, end in (*((start, key) for start in starts), *((key, end) for end in ends)):
            drawn.arrow(start, end)
    return drawn


def _ends(found: Sequence[Source], letter: str) -> dict[str, tuple[str, str]]:
    """Return key and label by name of a source or sink; what is too many shares one."""
    few = found if len(found) <= _MOST_ENDS else found[: _MOST_ENDS - 1]
    rest = (f"{letter}x", f"{len(found) - len(few)} more")
    named = {source.name: (f"{letter}{n}", source.name) for n, source in enumerate(few)}
    return {source.name: named.get(source.name, rest) for source in found}


def _step(drawn: Flow, function: Function, level: str) -> str:
    lane = _LANES.get(function.stage, "Other")
    label = {"function": function.name, "module": function.module, "lane": lane}[level]
    known: Iterable[tuple[str, str]] = (
        (key, lane_) for lane_, nodes in drawn.lanes.items() for key in nodes
    )
    keys = {(lane_, drawn.lanes[lane_][key][1]): key for key, lane_ in known}
    count = sum(key[0] == "f" for key in keys.values())
    return drawn.node(lane, keys.get((lane, label), f"f{count}"), "step", label)
