"""Metrics that the notebook only prints get a name: a value without one has no bound and no test."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterator, Mapping, Sequence

import libcst as cst

from nb2prod.analysis.tree import walk
from nb2prod.model import Cell, Statement

_MODULES = ("sklearn.metrics", "sklearn.model_selection", "sklearn.cross_validation")
_METRIC = re.compile(r".*_(score|error|loss|rate|coef|deviance)|auc")
# What may be evaluated before or around a metric: it changes nothing.
_HARMLESS = frozenset(
    "abs float format int len max mean min print repr round sqrt std str sum type".split()
)
_PART = re.compile(r"(?:^|_)(train|test|valid|val|holdout|dev)(?:ing|ation)?(?:$|_)", re.I)


def named(statements: Sequence[Statement], cells: Sequence[Cell]) -> Iterator[Statement]:
    """Yield the statements; `print(accuracy_score(y, p))` becomes two, the first a plain assignment.

    The metric is computed a little earlier than before, with nothing in between but look-ups and
    formatting. Names that occur anywhere in `cells` are not used for the new variables.
    """
    metrics = _imported(statements)
    taken = {word for cell in cells for word in re.findall(r"\w+", cell.source)}
    for statement in statements:
        match statement.node:
            case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
                yield from _split(statement, metrics, taken)
            case _:
                yield statement


def _imported(statements: Sequence[Statement]) -> Mapping[str, str]:
    """Map the names that only ever mean a metric, or the module of metrics, to what they mean."""
    found: dict[str, str] = {}
    bound = []
    for node in (part for statement in statements for part in walk(statement.node)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sklearn"):
            for alias in node.names:
                target = f"{node.module}.{alias.name}"
                if target == "sklearn.metrics" or _is_metric(target):
                    found[alias.asname or alias.name] = target
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.append(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.append(node.name)
    return {name: target for name, target in found.items() if name not in bound}


def _is_metric(target: str) -> bool:
    return target.startswith(_MODULES) and bool(_METRIC.fullmatch(target.rpartition(".")[2]))


def _split(
    statement: Statement, metrics: Mapping[str, str], taken: set[str]
) -> Iterator[Statement]:
    lifting = _Lifting(metrics, taken, statement.origin.cell)
    tree = statement.tree.with_changes(leading_lines=()).visit(lifting)
    if not lifting.lifted:
        yield statement
        return
    assigned = [
        cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(name))], call)])
        for name, call in lifting.lifted.items()
    ]
    first, *rest = (*assigned, tree)
    first = first.with_changes(leading_lines=statement.tree.leading_lines)
    for part in (first, *rest):
        assert isinstance(part, cst.SimpleStatementLine)
        (node,) = ast.parse(cst.Module([part.with_changes(leading_lines=())]).code).body
        ast.increment_lineno(node, statement.node.lineno - 1)
        yield Statement(statement.origin, node, part)


class _Lifting(cst.CSTTransformer):
    """Replaces the metrics that a statement computes by names, as far as it surely gets to them."""

    def __init__(self, metrics: Mapping[str, str], taken: set[str], cell: int) -> None:
        super().__init__()
        self.lifted: dict[str, cst.Call] = {}
        self._metrics = metrics
        self._taken = taken
        self._cell = cell
        self._blocked = False  # by something that may matter to what comes after it

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _CONDITIONAL):
            self._blocked = True
        return not self._blocked and not self._metric(node)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        metric = self._metric(original_node)
        if self._blocked:
            return updated_node
        if not metric:
            self._blocked = _last_name(original_node.func) not in _HARMLESS
            return updated_node
        name = _free_name(original_node, metric, self._cell, self._taken)
        if name is None:
            return updated_node
        self._taken.add(name)
        self.lifted[name] = original_node
        return cst.Name(name)

    def _metric(self, node: cst.CSTNode) -> str:
        """Return what a call computes: `accuracy_score`, or `score` of an estimator."""
        match node:
            case cst.Call(func=cst.Name(value=name)) if _is_metric(self._metrics.get(name, "")):
                return self._metrics[name].rpartition(".")[2]
            case cst.Call(func=cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value=n))):
                if self._metrics.get(owner) == "sklearn.metrics" and _METRIC.fullmatch(n):
                    return n
                if n == "score" and len(node.args) >= 2:
                    return n
        return ""


_CONDITIONAL = (
    cst.Lambda,
    cst.IfExp,
    cst.BooleanOperation,
    cst.Comparison,
    cst.BaseComp,
    cst.NamedExpr,
    cst.Await,
)


def _last_name(func: cst.BaseExpression) -> str:
    match func:
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name
    return ""


def _free_name(call: cst.Call, metric: str, cell: int, taken: Container[str]) -> str | None:
    """Return a name for a metric: `accuracy`, or with the part of the data, the model, the cell."""
    base = metric.removesuffix("_score")
    words = [arg.value.value for arg in call.args if isinstance(arg.value, cst.Name)]
    part = next((found[1].lower() for word in words if (found := _PART.search(word))), "")
    owner = call.func.value.value if metric == "score" else ""  # type: ignore[attr-defined]
    owner = owner if isinstance(owner, str) and owner.isidentifier() else ""
    if owner:
        candidates = [f"{owner}_{part}_score".replace("__", "_"), f"{owner}_score_of_cell_{cell}"]
    else:
        candidates = [f"{part}_{base}" if part else base, base]
        candidates += [f"{base}_of_{word}" for word in words[1:2]]
        candidates += [f"{base}_of_cell_{cell}"]
    return next((name for name in candidates if name not in taken), None)
