"""What one part of a statement is about: the evidence of its calls, its shape and what flows into it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from nb2prod.analysis.effects import given
from nb2prod.analysis.parts import Part
from nb2prod.analysis.values import Call
from nb2prod.knowledge.tables import conventions
from nb2prod.model import Stage

# How much a stage says of a function that does several things: what others build on counts most.
WEIGHTS: Mapping[Stage, int] = {
    "train": 90,
    "save": 85,
    "predict": 70,
    "evaluate": 65,
    "load": 70,
    "feature": 45,
    "clean": 40,
    "explore": 20,
    "setup": 10,
    "other": 1,
}

# What looking at something is about, by the topic of what is looked at.
_SHOWN: Mapping[str, tuple[Stage, int]] = {
    "metric": ("evaluate", 40),
    "history": ("evaluate", 50),
    "importance": ("evaluate", 50),
    "search": ("train", 30),
    "prediction": ("evaluate", 30),
}
_CHANGES = frozenset({"clean", "feature"})  # stages that need a result that somebody keeps
_COLUMN_ATTRIBUTES = frozenset({"columns", "index", "name"})
_SHOW = 20
_DECORATION = 6


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to hold that a part belongs to a stage, and how much it weighs."""

    stage: Stage
    weight: int
    reason: str


def judge(part: Part, topics: frozenset[str], functions: Mapping[str, Evidence]) -> Evidence:
    """Return the strongest evidence for the stage of a part.

    `topics` are those of what it reads, `functions` what the notebook's own functions are about.
    """
    found = list(_evidence(part, topics, functions))
    return max(found, key=lambda evidence: evidence.weight) if found else _NOTHING


_NOTHING = Evidence("other", 0, "")


def of_definition(node: ast.stmt, body: Evidence) -> Evidence:
    """Return what defining a function or class is about: setting up, unless it makes a model."""
    if body.stage == "train":
        return body
    return Evidence("setup", 10, "defines a function")


def _evidence(
    part: Part, topics: frozenset[str], functions: Mapping[str, Evidence]
) -> Iterator[Evidence]:
    node = part.node
    topics = topics.union(call.row.makes for call in part.calls if call.row and call.row.makes)
    shown = isinstance(node, ast.Expr) and not _keeps_something(part)
    for call in part.calls:
        evidence = _of_call(call, functions)
        if evidence is None:
            continue
        if shown and evidence.stage in _CHANGES:
            continue
        if evidence.stage == "explore" and (shown or topics & _SHOWN.keys()):
            yield from _of_showing(topics, evidence.reason, evidence.weight)
        yield evidence
    if shown:
        yield from _of_showing(topics, "shows a value", _SHOW if part.calls else 15)
    yield from _of_shape(node, part)


def _of_call(call: Call, functions: Mapping[str, Evidence]) -> Evidence | None:
    if call.function is not None:
        return functions.get(call.function.name)
    if call.row is None:
        return suggested(call.name)
    if call.row.stage is None:
        return None
    weight = call.row.weight or WEIGHTS[call.row.stage]
    if not call.sure:
        weight -= 1
    return Evidence(call.row.stage, weight, f"{call.name}")


def _of_showing(topics: frozenset[str], reason: str, weight: int) -> Iterator[Evidence]:
    """Yield what showing something is about: data, or how well a model does."""
    for topic, (stage, shown) in _SHOWN.items():
        if topic in topics:
            yield Evidence(stage, max(shown, weight + 1), f"shows a {topic}")
            return
    yield Evidence("explore", weight, reason)


def _keeps_something(part: Part) -> bool:
    """Return whether an expression statement changes an object: its value may be of no interest."""
    return any(
        given(call.keywords, "inplace") or (call.row is not None and not _only_looks(call))
        for call in part.calls
    )


def _only_looks(call: Call) -> bool:
    assert call.row is not None
    return call.row.pure or call.row.stage in ("explore", None) or call.row.verb == "print"


# ---- the shape of a statement


def _of_shape(node: ast.AST, part: Part) -> Iterator[Evidence]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield Evidence("setup", 10, "imports")
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from _of_assignment(target, node.value, part)
    elif isinstance(node, ast.Delete):
        yield Evidence("clean", 8, "deletes")


def _of_assignment(target: ast.expr, value: ast.expr, part: Part) -> Iterator[Evidence]:
    if isinstance(target, ast.Subscript):
        yield from _of_item(target, value)
    elif isinstance(target, ast.Attribute):
        if target.attr in _COLUMN_ATTRIBUTES:
            yield Evidence("clean", 40, "names columns")
    elif _is_constant(value):
        yield Evidence("setup", 9, "sets a constant")
    elif isinstance(value, ast.Subscript) and not part.calls:
        yield Evidence("clean", 25, "selects rows or columns")


def _of_item(target: ast.Subscript, value: ast.expr) -> Iterator[Evidence]:
    if isinstance(target.value, ast.Attribute) and target.value.attr in (
        "loc",
        "iloc",
        "at",
        "iat",
        "ix",
    ):
        yield Evidence("clean", 38, "sets values of some rows")
    else:
        yield Evidence("feature", 39, "assigns a column")


def _is_constant(node: ast.expr) -> bool:
    """Return whether an expression is made of literals only."""
    return all(
        isinstance(
            inner,
            ast.Constant
            | ast.Tuple
            | ast.List
            | ast.Dict
            | ast.Set
            | ast.expr_context
            | ast.UnaryOp
            | ast.unaryop
            | ast.BinOp
            | ast.operator,
        )
        for inner in ast.walk(node)
    )


@cache
def suggested(name: str) -> Evidence | None:
    """Return what the name of a function says of which nothing else is known."""
    word = name.rpartition(".")[2]
    for stage, pattern in conventions()["functions"].items():
        if re.search(pattern, word, re.IGNORECASE):
            return Evidence(stage, round(WEIGHTS[stage] * 0.6), f"calls {name}")
    return None
