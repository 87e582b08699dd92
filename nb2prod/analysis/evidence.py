"""What one part of a statement is about: the evidence of its calls, its shape and what flows into it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nb2prod.analysis.encodings import bins, encodes
from nb2prod.analysis.reading import Call, Part
from nb2prod.analysis.results import may_be_true
from nb2prod.analysis.tree import walk
from nb2prod.knowledge.conventions import stage_of_function, topics_of
from nb2prod.knowledge.tables import Row
from nb2prod.model import Stage

# How much a stage says of a function that does several things: what others build on counts most.
WEIGHTS: Mapping[Stage, int] = {
    "train": 110,
    "save": 85,
    "predict": 70,
    "evaluate": 61,
    "load": 70,
    "feature": 45,
    "clean": 40,
    "explore": 20,
    "setup": 10,
    "other": 1,
}

_DOES: Mapping[Stage, str] = {
    "setup": "sets up",
    "load": "loads",
    "clean": "cleans",
    "feature": "makes features",
    "explore": "looks at data",
    "train": "trains",
    "evaluate": "evaluates",
    "predict": "predicts",
    "save": "saves",
    "other": "does something else",
}

# What looking at something is about, by the topic of what is looked at.
_SHOWN: Mapping[str, tuple[Stage, int]] = {
    "metric": ("evaluate", 40),
    "history": ("evaluate", 50),
    "importance": ("evaluate", 50),
    "search": ("train", 30),
    "files": ("setup", 15),
}
_PLOTTED: Mapping[str, tuple[Stage, int]] = {**_SHOWN, "prediction": ("evaluate", 30)}
_CHANGES = frozenset({"clean", "feature"})  # stages that need a result that somebody keeps
_MEANS = _CHANGES | {"explore"}  # stages that are but a means inside an index or a plot
_SUMMARIES = frozenset({"group", "aggregate", "cross_tabulate", "pivot", "count", "correlate"})
_FIGURES = ("matplotlib.", "seaborn.", "plotly.")
_SHOW = 20
_NAMED = 0.6  # what the name of an unknown function counts
_LOOKED_UP = 0.5  # what a look at data counts whose result is kept
_NESTED = 0.75  # what a call counts whose result another one takes


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to hold that a part belongs to a stage, and how much it weighs."""

    stage: Stage
    weight: int
    reason: str
    glance: bool = False  # looks at a value that is there for another purpose
    call: str = ""  # qualified name of the call that says so
    summary: bool = False  # makes a table of groups, counts or means

    def scaled(self, factor: float) -> Evidence:
        """Return the same evidence with another weight."""
        return replace(self, weight=round(self.weight * factor))


NOTHING = Evidence("other", 0, "")
Functions = Mapping[str, Evidence]  # what the notebook's own functions are about


def judge(part: Part, topics: frozenset[str], functions: Functions) -> Evidence:
    """Return the strongest evidence for the stage of a part; `topics` are those of what it reads."""
    made = (call.row.makes for call in part.calls if call.row and call.row.makes)
    topics = topics.union(made)
    if _shows(part):
        found = [*_of_calls(part, functions, shown=True), *_of_showing(part, topics)]
    else:
        found = list(_of_calls(part, functions, shown=False))
        found += _of_shape(part, bool(found), topics)
    found = [_about_topic(evidence, part, topics) for evidence in found]
    return max(found, key=lambda evidence: evidence.weight, default=NOTHING)


def of_definition(node: ast.stmt, body: Evidence) -> Evidence:
    """Return what defining a function or class is about: setting up, unless it makes a model."""
    return body if body.stage == "train" else Evidence("setup", 10, f"defines {node.name}")  # type: ignore[attr-defined]


# ---- calls


def _of_calls(part: Part, functions: Functions, *, shown: bool) -> Iterator[Evidence]:
    """Yield the evidence of the calls; one inside the arguments of another counts less."""
    found = [(call, _of_call(call, functions)) for call in part.calls]
    by_node = {id(call.node): evidence for call, evidence in found if evidence is not None}
    shown = shown or (bool(part.calls) and _draws_figure(part.calls[-1].row))
    inner = {e.stage for call, e in found if e is not None and call.within}
    only_transforms = "feature" in inner and "train" not in inner
    for call, evidence in found:
        if evidence and call.row and call.row.wraps and only_transforms:
            evidence = replace(evidence, stage="feature", weight=WEIGHTS["feature"])
        if evidence is None or (shown and evidence.stage in _CHANGES):
            continue
        around = [by_node[id(outer)] for outer in call.within if id(outer) in by_node]
        picks = any(isinstance(outer, ast.Subscript) for outer in call.within)
        drawn = bool(around) and around[-1].stage == "explore"
        if (evidence.stage in _MEANS and (picks or drawn)) or (
            evidence.stage == "predict" and drawn
        ):
            continue
        if around:
            evidence = evidence.scaled(_NESTED)
        if evidence.stage == "explore" and not shown and not _draws_figure(call.row):
            # A number may be looked up to be used.
            evidence = evidence.scaled(_LOOKED_UP)
        glance = evidence.stage == "explore" and shown and not _draws_figure(call.row)
        yield replace(evidence, glance=True) if glance else evidence


def _of_call(call: Call, functions: Functions) -> Evidence | None:
    if call.function is not None:
        body = functions.get(call.function.name)
        return body and replace(body, weight=min(body.weight, WEIGHTS[body.stage]))
    if call.row is None:
        return suggested(call.name.rpartition(".")[2])
    if call.row.stage is None:
        return None
    method = call.name.rpartition(".")[2]
    if method in ("replace", "map") and isinstance(call.node, ast.Call) and encodes(call.node):
        return Evidence("feature", WEIGHTS["feature"], f"{call.name} encodes", call=call.name)
    weight = call.row.weight or WEIGHTS[call.row.stage]
    weight = weight if call.sure else weight - 1
    reason = f"{call.name} {_DOES[call.row.stage]}"
    summary = call.row.verb_of(call.name) in _SUMMARIES
    return Evidence(call.row.stage, weight, reason, call=call.name, summary=summary)


def suggested(name: str) -> Evidence | None:
    """Return what the name of a function says of which nothing else is known."""
    stage = stage_of_function(name)
    return stage and Evidence(stage, round(WEIGHTS[stage] * _NAMED), f"calls {name}")


# ---- showing


def _shows(part: Part) -> bool:
    """Return whether a part is an expression that keeps nothing: its value is there to be seen."""
    return isinstance(part.node, ast.Expr) and not any(map(_keeps, part.calls))


def _keeps(call: Call) -> bool:
    """Return whether a call may change something that is kept."""
    if call.row is None:
        return True
    looks = call.row.pure or call.row.stage in ("explore", None) or call.row.verb == "print"
    return not looks or may_be_true(call.keywords.get("inplace"))


def _of_showing(part: Part, topics: frozenset[str]) -> Iterator[Evidence]:
    rows = [call.row for call in part.calls if call.row and call.row.stage == "explore"]
    if any(map(_draws_figure, rows)):
        weight = max(_SHOW if row.weight is None else row.weight for row in rows)
        yield Evidence("explore", weight, "plots")
    else:
        weight = max((_SHOW if row.weight is None else row.weight for row in rows), default=_SHOW)
        weight = weight if part.variables else 2
        reason = "looks at a value"
        yield Evidence("explore", weight, reason, glance=True)


def _is_compared(node: ast.Expr) -> bool:
    """Return whether an expression computes something from what it calls."""
    return any(isinstance(inner, ast.BinOp | ast.Compare) for inner in walk(node.value))


def _draws_figure(row: Row | None) -> bool:
    return row is not None and row.returns.startswith(_FIGURES)


def _about_topic(evidence: Evidence, part: Part, topics: frozenset[str]) -> Evidence:
    """Return what looking at something is about: data, or how well a model does."""
    if evidence.stage in _CHANGES and "metric" in topics and not evidence.glance:
        return replace(evidence, stage="evaluate", reason=f"{evidence.reason} of metrics")
    if evidence.stage == "predict" and isinstance(part.node, ast.Expr) and _is_compared(part.node):
        return replace(evidence, stage="evaluate", reason="compares predictions")
    if evidence.stage != "explore":
        return evidence
    table = _SHOWN if evidence.glance else _PLOTTED
    for topic, (stage, weight) in table.items():
        if topic in topics:
            reason = f"shows a {topic}"
            return replace(
                evidence, stage=stage, weight=max(weight, evidence.weight), reason=reason
            )
    return evidence


# ---- the shape of a statement

_LOCATORS = frozenset({"loc", "iloc", "at", "iat", "ix"})
_LABELS = frozenset({"columns", "index", "name"})
_MISSING = frozenset({"isnull", "isna", "notnull", "notna", "isnan"})
_CONTAINERS = frozenset({"list", "dict", "set", "tuple"})
_CONDITIONS = (ast.Compare, ast.BinOp, ast.UnaryOp, ast.Call)
_LITERALS = (
    *(ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.expr_context),
    *(ast.UnaryOp, ast.unaryop, ast.BinOp, ast.operator),
)


def _of_shape(part: Part, called: bool, topics: frozenset[str]) -> Iterator[Evidence]:
    node = part.node
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield Evidence("setup", 10, "imports")
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _of_assignment(target, node.value, part.framed, called, topics)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign) and node.value is not None:
        yield from _of_assignment(node.target, node.value, part.framed, called, topics)
    elif isinstance(node, ast.Delete):
        yield Evidence("clean", 8, "deletes")


def _of_assignment(
    target: ast.expr, value: ast.expr, framed: bool, called: bool, topics: frozenset[str]
) -> Iterator[Evidence]:
    root = _root(target)
    named = topics_of(root.id) if isinstance(root, ast.Name) else frozenset()
    if "hyperparameters" in named and not called:
        yield Evidence("train", 20, "sets hyper-parameters")
    elif isinstance(target, ast.Subscript | ast.Attribute):
        yield from _of_column(target, value, framed, topics)
    elif _is_empty(value) or all(isinstance(inner, _LITERALS) for inner in walk(value)):
        yield Evidence("setup", 9, "sets a constant")
    elif framed and not called:
        if isinstance(value, ast.Subscript) and isinstance(value.slice, _CONDITIONS):
            yield Evidence("clean", 30, "filters rows")
        else:
            yield Evidence("clean", 25, "selects rows or columns")


def _is_empty(value: ast.expr) -> bool:
    """Return whether a value is an empty container: `list()`."""
    if not isinstance(value, ast.Call) or value.args or value.keywords:
        return False
    return isinstance(value.func, ast.Name) and value.func.id in _CONTAINERS


def _root(target: ast.expr) -> ast.expr:
    """Return what an assignment is to, or to a part of."""
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
    return target


def changed_names(node: ast.AST) -> set[str]:
    """Return the names whose parts an assignment is to: `df` of `df.index = [1]`."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    parts = (_root(target) for target in targets if not isinstance(target, ast.Name))
    return {root.id for root in parts if isinstance(root, ast.Name)}


def _of_column(
    target: ast.Subscript | ast.Attribute, value: ast.expr, framed: bool, topics: frozenset[str]
) -> Iterator[Evidence]:
    root = _root(target)
    owner = f" of {root.id}" if isinstance(root, ast.Name) else ""
    if isinstance(target, ast.Attribute) and target.attr in _LABELS:
        yield Evidence("clean", 40, f"names columns{owner}")
    elif not framed:
        return
    elif bins(target, value):
        yield Evidence("feature", 40, f"bins a column{owner}")
    elif _picks_rows(target):
        yield Evidence("clean", 38, f"sets some rows{owner}")
    elif "submission" in topics:
        yield Evidence("save", 40, f"fills a column{owner}")
    elif "metric" in topics:
        yield Evidence("evaluate", 45, f"adds metrics{owner}")
    elif "prediction" in topics:
        yield Evidence("predict", 47, f"adds predictions{owner}")
    elif column(target) in columns_read(value):
        yield _of_changed_column(value, owner)
    elif isinstance(value, ast.Constant):
        yield Evidence("feature", 25, f"adds a column{owner}")
    elif isinstance(value, ast.Attribute | ast.Subscript) and column(value):
        yield Evidence("clean", 30, f"copies a column{owner}")
    else:
        yield Evidence("feature", 46, f"adds a column{owner}")


def _of_changed_column(value: ast.expr, owner: str) -> Evidence:
    tested = (getattr(inner, "attr", "") for inner in walk(value))
    if any(name in _MISSING for name in tested):
        return Evidence("clean", 42, f"fills missing values{owner}")
    return Evidence("feature", 30, f"changes a column{owner}")


def column(node: ast.AST) -> str | None:
    """Return the column that `df["a"]`, `df.a`, `df.loc[:, "a"]` or `df[name]` stands for."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if not isinstance(node, ast.Subscript):
        return None
    label = node.slice
    if isinstance(label, ast.Tuple) and label.elts:
        label = label.elts[-1]
    if isinstance(label, ast.Constant):
        return str(label.value)
    return f"[{ast.unparse(label)}]"


def columns_read(node: ast.expr) -> frozenset[str]:
    """Return the columns that stand in an expression."""
    found = (column(inner) for inner in walk(node))
    return frozenset(name for name in found if name is not None)


def _picks_rows(target: ast.Subscript | ast.Attribute) -> bool:
    """Return whether a target such as `df.loc[mask, "a"]` is part of a column."""
    if not isinstance(target, ast.Subscript):
        return False
    if isinstance(target.value, ast.Attribute) and target.value.attr in _LOCATORS:
        every = isinstance(target.slice, ast.Tuple) and isinstance(target.slice.elts[0], ast.Slice)
        return not every
    nested = isinstance(target.value, ast.Attribute | ast.Subscript)
    return nested or isinstance(target.slice, ast.Compare | ast.Tuple | ast.BinOp)
