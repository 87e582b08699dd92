"""What a statement does, as words of a name: "fill_missing_age", "train_random_forest"."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from nb2prod.analysis.phrases import Context, fill
from nb2prod.analysis.subjects import (
    called,
    chain,
    column_noun,
    noun_of,
    picked,
    read_columns,
    receiver,
    root,
    strings,
    title,
)
from nb2prod.analysis.tree import walk
from nb2prod.knowledge.tables import Knowledge, Row
from nb2prod.knowledge.words import (
    Phrase,
    enumerated,
    join,
    kind,
    noun,
    short,
    telling,
    vocabulary,
    words_of,
)
from nb2prod.model import Facts, Stage

_NESTED = 0.6  # what a call counts whose result another one takes
_TITLED = 90  # a title is what the author calls a figure
_AROUND = 8  # the weight of calls around a figure, whose arguments say nothing
_STAGES: dict[Stage | None, int] = {
    "train": 60,
    "evaluate": 70,
    "predict": 75,
    "load": 80,
    "save": 80,
    "feature": 55,
    "clean": 50,
    "explore": 38,
    "setup": 30,
}
_MAKING = 30  # a value of a class
_OWN_CLASS = 20
_OWN = 45  # a function whose name says what it does
_FEATURES = frozenset({"x", "features", "inputs", "predictors", "independent"})
_TARGET = frozenset({"y", "target", "targets", "label", "labels", "dependent", "outcome"})
_PLACES = frozenset(["dir", "path", "folder", "directory", "file", "filename", "filepath", "url"])
_TITLES = frozenset({"title", "set_title", "suptitle"})
_FIGURES = ("matplotlib.", "seaborn.", "plotly.")
# Names that methods of frames share with other functions.
_FRAMES = {"sample", "filter", "rank", "get", "split", "replace", "map", "apply", "add", "set"}
_CONDITIONS = {"isin", "isnull", "isna", "notnull", "notna", "between", "contains", "duplicated"}


@dataclass(frozen=True, slots=True)
class Action:
    """Words for what is done, and how much they say of the statement."""

    weight: float
    text: str


_NOTHING = Action(0, "")


def action_of(node: ast.stmt, facts: Facts, imported: frozenset[str] = frozenset()) -> str:
    """Return what a statement does as words of a name, "" when nothing tells.

    `facts` are what the analysis knows of the statement, `imported` the names of modules and of
    what else the notebook imports.
    """
    try:
        return _of_statement(node, facts, imported).text
    except RecursionError:
        return ""


def _of_statement(node: ast.stmt, facts: Facts, imported: frozenset[str]) -> Action:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return Action(10, join(["define", short(words_of(node.name))]))
    if isinstance(node, ast.Import | ast.ImportFrom):
        return Action(1, join(["import", enumerated([noun(a.name) for a in node.names])]))
    if isinstance(node, ast.Delete):
        columns = [column for target in node.targets for column in picked(target)]
        return Action(55, join(["drop", enumerated(columns) or "columns"])) if columns else _NOTHING
    blocks = list(_blocks(node))
    if blocks:
        inner = [_of_statement(one, facts, imported) for one in blocks]
        return _best([_of_header(node, facts, imported), *inner])
    context = Context.of(node, facts, imported)
    if context.value is None:
        return _NOTHING
    return _best([*_of_calls(context), _of_shape(node, context)])


def _best(actions: list[Action]) -> Action:
    return max(actions, key=lambda action: action.weight, default=_NOTHING)


def _blocks(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements inside a compound one."""
    for name in ("body", "orelse", "finalbody"):
        yield from getattr(node, name, ())
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield from part.body


def _of_header(node: ast.stmt, facts: Facts, imported: frozenset[str]) -> Action:
    if not isinstance(node, ast.With | ast.AsyncWith):
        return _NOTHING
    contexts = [Context((), item.context_expr, facts, imported) for item in node.items]
    found = [_best(list(_of_calls(context))) for context in contexts]
    return _best([Action(one.weight * _NESTED, one.text) for one in found])


# ---- calls


def _of_calls(context: Context) -> Iterator[Action]:
    """Yield what each call of a simple statement does."""
    assert context.value is not None
    for call, depth in _nested(context.value):
        if called(call) in _TITLES and (heading := title(call.args[0] if call.args else None)):
            yield Action(_TITLED, join(["plot", heading]))
            continue
        phrase = _phrase(call, context)
        text = fill(phrase.text, call, context) if phrase.text else ""
        if "_" in text:  # a verb alone says nothing
            yield Action(phrase.weight * _NESTED**depth, _titled(call, text))


def _nested(node: ast.expr) -> Iterator[tuple[ast.Call, int]]:
    """Yield calls, outermost first, with the number of calls in whose arguments they stand."""
    stack: list[tuple[ast.AST, int]] = [(node, 0)]
    while stack:
        current, depth = stack.pop(0)
        if isinstance(current, ast.Lambda):
            continue
        if isinstance(current, ast.Call):
            yield current, depth
            known = vocabulary().calls.get(called(current), Phrase(1, "x"))
            if known.weight == _AROUND:
                continue
            inner = depth + bool(known.text)
            stack.append((current.func, depth))
            stack += [(child, inner) for child in (*current.args, *current.keywords)]
        else:
            inside = depth + isinstance(current, ast.Subscript)
            value = getattr(current, "value", None)
            stack += [
                (child, depth if child is value else inside)
                for child in ast.iter_child_nodes(current)
            ]


def _titled(call: ast.Call, text: str) -> str:
    """Return the title given to a figure, where there is one, in place of what it is made of."""
    given = next((k.value for k in call.keywords if k.arg == "title"), None)
    heading = title(given) if text.startswith("plot_") else ""
    return join(["plot", heading]) if heading else text


def _phrase(call: ast.Call, context: Context) -> Phrase:
    """Return the phrase for a call: its own, its estimator's, or what the tables say of it."""
    name = called(call)
    known = vocabulary()
    if (own := _of_transformer(call, context)) is not None:
        return own
    qualified = context.qualified.get(name, "")
    if _is_own(call, qualified, context):
        return _of_unknown(name, call, context)
    if "." in qualified and qualified in known.calls:
        return known.calls[qualified]
    row = _row(qualified)
    draws = row is not None and row.returns.startswith(_FIGURES)
    if name in known.calls and not _shadowed(name, qualified, context, draws):
        return known.calls[name]
    if name[:1].isupper():
        return Phrase(_MAKING if row and row.stage else _OWN_CLASS, f"build {kind(name)}")
    if row is not None:
        return _of_row(name, row, context)
    return _of_unknown(name, call, context)


def _is_own(call: ast.Call, qualified: str, context: Context) -> bool:
    """Return whether a function of the notebook is called, whatever else has its name."""
    if not isinstance(call.func, ast.Name) or call.func.id in context.imported:
        return False
    name = call.func.id
    return "." not in qualified and not hasattr(builtins, name) and not name[:1].isupper()


def _shadowed(name: str, qualified: str, context: Context, draws: bool) -> bool:
    """Return whether a name means something else: `random.sample`, `re.split`, `grid.map`."""
    if name not in _FRAMES:
        return False
    if "." not in qualified and hasattr(builtins, name):
        return True
    library = qualified.partition(".")[0]
    return draws or (
        library in {"builtins", "re", "dict", "str", "list", "set", "random", "os"}
        and not (name in {"split", "replace"} and context.columns)
    )


def _of_transformer(call: ast.Call, context: Context) -> Phrase | None:
    """Return what fitting or applying an estimator does that transforms."""
    name = called(call)
    if name not in {"fit", "transform", "fit_transform", "fit_resample", "fit_sample"}:
        return None
    owner = context.owner(call)
    if name == "fit" and owner in ("Pipeline", "FeatureUnion"):
        return None
    weight = {"fit": 62, "transform": 68}.get(name, 72)
    for pattern, text in vocabulary().transformers:
        if pattern.fullmatch(owner):
            return Phrase(95 if text.startswith("tune") else weight, text)
    return (
        None
        if name.startswith("fit") and name != "fit_transform"
        else Phrase(66, "transform {column|shown|features}")
    )


def _of_row(name: str, row: Row, context: Context) -> Phrase:
    """Return the phrase that the knowledge tables give."""
    if row.makes == "metric" and row.verb == "compute":
        words = [word for word in words_of(name) if word != "score"] or ["score"]
        return Phrase(75, " ".join(["compute", *words]))
    verb = row.verb_of(context.qualified[name])
    if not verb:
        return Phrase(0, "")
    weight = row.weight or _STAGES.get(row.stage, 15)
    if verb == "train":
        return Phrase(weight, "train {model}")
    rest = " {figure|column|result|operand}" if "_" not in verb else ""
    return Phrase(weight, verb + (f" {row.noun}" if row.noun else rest))


def _of_unknown(name: str, call: ast.Call, context: Context) -> Phrase:
    """Return the phrase for a function of which only the name is known."""
    words = words_of(name)
    if not words or words[0] not in vocabulary().imperatives:
        weight = 16 if receiver(call) is None else 8
        given = {arg.id for arg in call.args if isinstance(arg, ast.Name)}
        verb = "apply" if context.target in given else "run"
        plain = context.result and verb == "run"
        action = "compute {result}" if plain else f"{verb} {' '.join(words)}"
        return Phrase(weight, action) if words else Phrase(0, "")
    rest = "" if len(words) > 1 else " {made|column|result|operand}"
    return Phrase(_OWN if receiver(call) is None else 30, " ".join(words) + rest)


@cache
def _knowledge() -> Knowledge:
    return Knowledge()


@cache
def _row(qualified: str) -> Row | None:
    """Return the row of a call by its qualified name; a method's also from a base of its class."""
    if not qualified:
        return None
    owner, _, name = qualified.rpartition(".")
    found = _knowledge().method(owner, name) if owner else None
    return found[1] if found else _knowledge().call(qualified)


# ---- the shape of a statement


def _of_shape(node: ast.stmt, context: Context) -> Action:
    """Return what an assignment or a bare expression does, whatever it calls."""
    value = context.value
    assert value is not None
    if isinstance(node, ast.AugAssign):
        return Action(25, join(["update", _subject_of(context)]))
    if not context.targets:
        shown = noun_of(value)
        return (
            Action(5, join(["show", shown]))
            if shown and not isinstance(value, ast.Call)
            else _NOTHING
        )
    if context.columns:
        return _of_column(value, context)
    return _of_attribute(context) or _of_parts(value, context) or _of_variable(value, context)


def _subject_of(context: Context) -> str:
    return enumerated(context.columns) or noun(context.target) or "values"


def _of_column(value: ast.expr, context: Context) -> Action:
    """Return what assigning to columns does: filling, changing or adding them."""
    columns = enumerated(context.columns) or "columns"
    if any("rcParams" in ast.dump(target) for target in context.targets):
        return Action(42, "set_plot_style")
    conditional = any(
        isinstance(part, ast.Attribute) and part.attr in ("isnull", "isna")
        for target in context.targets
        for part in walk(target)
    )
    if conditional:
        return Action(58, join(["fill_missing", columns]))
    if isinstance(value, ast.Constant) or _has_condition(context):
        return Action(42, join(["set", columns]))
    if set(context.columns) & set(read_columns(value)):
        return Action(42, join(["adjust", columns]))
    return Action(44, join(["add", columns]))


def _has_condition(context: Context) -> bool:
    return any(isinstance(part, ast.Compare) for target in context.targets for part in walk(target))


def _of_attribute(context: Context) -> Action | None:
    """Return what `df.columns = ...` and the like do."""
    target = context.targets[0]
    if isinstance(target, ast.Subscript):
        return Action(15, join(["set", telling(root(target)) or "values"]))
    if not isinstance(target, ast.Attribute):
        return None
    if target.attr == "columns":
        return Action(45, "rename_columns")
    if target.attr == "index":
        return Action(45, "set_index")
    return Action(20, join(["set", noun(target.attr)]))


def _of_parts(value: ast.expr, context: Context) -> Action | None:
    """Return what picking rows or columns out of a frame does."""
    if isinstance(value, ast.Tuple):
        bound = {
            word for t in context.targets if isinstance(t, ast.Name) for word in words_of(t.id)
        }
        both = bound & _FEATURES and bound & _TARGET and any(map(_picks, value.elts))
        return Action(70, "separate_features_and_target") if both else None
    words = frozenset(words_of(context.target))
    one = isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant)
    several = context.target != "x" or not one
    if words & _FEATURES and len(words) <= 2 and several and _picks(value):
        return Action(70, "separate_features")
    if words & _TARGET and len(words) <= 2 and _picks(value):
        return Action(69, "separate_target")
    if not isinstance(value, ast.Subscript):
        return None
    if _is_condition(value.slice):
        return Action(46, _filtered(value, context))
    same = root(value) == context.target
    column = strings(value.slice)
    if isinstance(value.slice, ast.Constant) and column:
        return Action(18, join(["extract", context.result or column_noun(column[0])]))
    if isinstance(value.slice, ast.List) or column:
        selected = enumerated(picked(value)) if same else context.result
        return Action(40, join(["select", selected or "columns"]))
    if isinstance(value.slice, ast.Slice | ast.Tuple):
        return Action(25, join(["select", context.result or "part"]))
    return None


def _picks(value: ast.expr) -> bool:
    """Return whether an expression is a part of a frame, by columns."""
    links = list(chain(value))
    drops = any(isinstance(link, ast.Call) and called(link) == "drop" for link in links)
    return bool(root(value)) and (
        drops or any(isinstance(k, ast.Subscript) for k in links) or bool(picked(value))
    )


def _is_condition(index: ast.expr) -> bool:
    if isinstance(index, ast.Tuple) and index.elts:
        index = index.elts[0]
    if isinstance(index, ast.UnaryOp):
        return isinstance(index.op, ast.Invert | ast.Not)
    if isinstance(index, ast.Call):
        return called(index) in _CONDITIONS
    return isinstance(index, ast.Compare) or (
        isinstance(index, ast.BinOp) and isinstance(index.op, ast.BitAnd | ast.BitOr)
    )


def _filtered(value: ast.Subscript, context: Context) -> str:
    """Return the name of keeping some rows: by their result when it has a name of its own."""
    own = root(value) != context.target
    if own and context.result:
        return join(["select", context.result])
    keys = enumerated(read_columns(value.slice)[:2])
    return join(
        ["filter", context.result or "rows", "by", keys]
        if keys
        else ["filter", context.result or "rows"]
    )


def _of_variable(value: ast.expr, context: Context) -> Action:
    """Return what binding a variable does, by the form of its value."""
    target = telling(context.target)
    if not target:
        return _NOTHING
    if _PLACES & set(words_of(context.target)):
        return Action(8, join(["locate", target]))
    if isinstance(value, ast.Constant | ast.List | ast.Dict | ast.Tuple | ast.Set):
        return Action(6, join(["define", target]))
    if isinstance(value, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return Action(14, join(["collect", target]))
    if isinstance(value, ast.BinOp | ast.Compare | ast.BoolOp | ast.UnaryOp):
        return Action(14, join(["compute", target]))
    if isinstance(value, ast.Name | ast.Attribute):
        return Action(4, join(["set", target]))
    return Action(7, join(["compute", target]))
