"""Fill the phrases of the table of verbs with what a statement is about."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from nb2prod.analysis.encodings import encodes
from nb2prod.analysis.subjects import (
    argument,
    called,
    chain,
    classes,
    keyword,
    noun_of,
    nouns,
    picked,
    read_columns,
    receiver,
    root,
    stem,
    strings,
    title_words,
)
from nb2prod.analysis.tree import walk
from nb2prod.knowledge.words import enumerated, join, kind, noun, telling, vocabulary, words_of
from nb2prod.model import Facts

_SLOT = re.compile(r"\{([^}]+)\}")
_SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "BayesSearchCV", "HalvingGridSearchCV")


@dataclass(frozen=True)
class Context:
    """A simple statement: what it binds, the value, and what is known of its calls."""

    targets: Sequence[ast.expr]
    value: ast.expr | None
    facts: Facts
    imported: frozenset[str] = frozenset()

    @staticmethod
    def of(node: ast.stmt, facts: Facts, imported: frozenset[str]) -> Context:
        """Return the context of a simple statement; without value when it has none."""
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = [t for target in node.targets for t in _flat(target)]
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        return Context(tuple(targets), getattr(node, "value", None), facts, imported)

    @cached_property
    def qualified(self) -> Mapping[str, str]:
        """The qualified names of the statement's calls, by their last part."""
        return {name.rpartition(".")[2]: name for name in reversed(self.facts.calls)}

    @cached_property
    def columns(self) -> list[str]:
        """The columns that it assigns."""
        stores = (t for t in self.targets if isinstance(t, ast.Subscript | ast.Attribute))
        return [column for target in stores for column in picked(target)]

    @cached_property
    def target(self) -> str:
        """The variable that it binds, the first of several; "" if none."""
        names = [target.id for target in self.targets if isinstance(target, ast.Name)]
        return names[0] if names else ""

    @cached_property
    def result(self) -> str:
        """What it binds as a noun, "" when the name says nothing."""
        if self.columns:
            return enumerated(self.columns)
        names = [target.id for target in self.targets if isinstance(target, ast.Name)]
        return enumerated([telling(name) for name in names]) or telling(self.target)

    def owner(self, call: ast.Call) -> str:
        """Return the class whose method is called, "" when it is not known."""
        inner = receiver(call)
        made = classes(inner) if inner is not None else []
        if made:
            return made[0]
        name = self.qualified.get(called(call), "").split(".")
        return name[-2] if len(name) > 1 and name[-2][:1].isupper() else ""


def _flat(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [t for element in target.elts for t in _flat(element)]
    return [target.value if isinstance(target, ast.Starred) else target]


def fill(text: str, call: ast.Call, context: Context) -> str:
    """Return a phrase as words of a name, each slot filled with what the call is about."""

    def choose(match: re.Match[str]) -> str:
        for option in match.group(1).split("|"):
            slot = _SLOTS.get(option)
            found = option if slot is None else slot(call, context)
            if found:
                return found
        return ""

    verb, *rest = _SLOT.sub(choose, text).split() or [""]
    extremes = vocabulary().extremes
    if len(rest) > 1 and rest[0] in extremes and extremes & set("_".join(rest[1:]).split("_")):
        rest = [word for word in rest if word not in extremes]
    return join([_verb(verb, call, context), *rest])


def _verb(verb: str, call: ast.Call, context: Context) -> str:
    """Return the verb, sharpened by what the arguments show."""
    if verb in ("recode", "replace") and encodes(call):
        return "encode"
    fresh = context.columns and not set(context.columns) & set(read_columns(call))
    return "derive" if verb == "transform" and fresh else verb


# ---- slots: what a call is about


def _operand(call: ast.Call, context: Context) -> ast.expr | None:
    """Return what a call works on: what a method is called on, or the first argument."""
    inner = receiver(call)
    if inner is not None and root(inner) not in context.imported:
        return inner
    return call.args[0] if call.args else None


def _source(call: ast.Call, context: Context) -> str:
    """Columns that the call reads, else those that are assigned."""
    return _read(call, context) or enumerated(context.columns) or _some(context.columns)


def _column(call: ast.Call, context: Context) -> str:
    """Columns that are assigned, else those that the call reads."""
    return enumerated(context.columns) or _some(context.columns) or _read(call, context)


def _some(columns: Sequence[str]) -> str:
    return "columns" if len(columns) > 1 else ""


def _read(call: ast.Call, context: Context) -> str:
    operand = _operand(call, context)
    found = picked(operand) if operand is not None else []
    if not found:
        found = _mapped(call)
    if not found:
        given = keyword(call, "subset", "columns", "column")
        found = nouns(strings(given))
    if not found and receiver(call) is not None and call.args:
        found = picked(call.args[0]) if isinstance(call.args[0], ast.Subscript) else []
    return enumerated(found) or _some(found)


def _mapped(call: ast.Call) -> list[str]:
    """Return the columns of `replace({"a": {...}})`, `astype({"a": int})`, `fillna({"a": 0})`."""
    given = call.args[0] if call.args else None
    if not isinstance(given, ast.Dict) or called(call) not in ("replace", "astype", "fillna"):
        return []
    if called(call) == "replace" and not all(isinstance(v, ast.Dict) for v in given.values):
        return []
    return nouns([text for key in given.keys for text in strings(key)])


def _plotted(call: ast.Call, context: Context) -> str:
    """What a figure shows: y by x, columns, or the noun of what is drawn."""
    data = keyword(call, "data", "data_frame")
    x, y = (_axis(call, axis) for axis in ("x", "y"))
    hue = _axis(call, "hue") or _axis(call, "color") or _axis(call, "col")
    if x and y and x != y:
        return join([y, "against" if "scatter" in called(call) else "by", x])
    if x or y:
        return join([x or y, "by", hue]) if hue and hue != (x or y) else x or y
    return _drawn(call) or noun_of(data)


def _axis(call: ast.Call, name: str) -> str:
    given = keyword(call, name)
    found = nouns(strings(given)) or (picked(given) if given is not None else [])
    return enumerated(found) or (noun_of(given) if given is not None else "")


def _drawn(call: ast.Call) -> str:
    """Return the noun of what is drawn: of the arguments, or of what `.plot` is called on."""
    inner = receiver(call)
    texts = [noun for arg in call.args[:2] for noun in nouns(strings(arg))]
    if texts and (inner is not None or keyword(call, "data") is not None):
        return "_by_".join(texts[::-1])
    positions = call.args[:2]
    if called(call) in ("plot", "scatter", "bar", "barh", "errorbar") and len(positions) > 1:
        x, y = (noun_of(position) for position in positions)
        return join([y, "against", x]) if x and y and x != y else y or x
    found = noun_of(call.args[0]) if call.args else ""
    return found or (noun_of(inner) if inner is not None else "")


def _model(call: ast.Call, context: Context) -> str:
    """The kind of an estimator, by its class or by its variable."""
    owner = context.owner(call)
    found = classes(context.value) if context.value is not None else []
    made = [name for name in found if name not in _SEARCHES]
    if owner in _SEARCHES:
        inner = telling(root(call.func))
        return kind(made[0]) if made else inner or _searched(call)
    if owner and owner not in ("Model", "Module", "Estimator", "Predictor"):
        return kind(owner)
    library = context.qualified.get(called(call), "").partition(".")[0]
    if library in ("xgboost", "lightgbm", "catboost"):
        return library
    return telling(root(call.func)) or "model"


def _searched(call: ast.Call) -> str:
    return "hyperparameters" if called(call) == "fit" else "grid_search"


def _scored(call: ast.Call, context: Context) -> str:
    made = classes(call.args[0]) if call.args else []
    return kind(made[0]) if made else (noun_of(call.args[0]) if call.args else "") or "model"


def _predicted(call: ast.Call, context: Context) -> str:
    """What is predicted: the variable it is bound to, the part of the data, or by which model."""
    if context.columns:
        return enumerated(context.columns) or "target"
    for name in (context.target, root(call.args[0]) if call.args else ""):
        words = [re.sub(r"\d+$", "", word) for word in words_of(name)]
        words = [word for word in words if word and word not in vocabulary().prediction]
        if any(len(word) > 1 for word in words):
            known = vocabulary().abbreviations
            return join(known.get(word, word) for word in words[:3])
    model = _model(call, context)
    return f"with_{model}" if model != "model" else "target"


def _chances(call: ast.Call, context: Context) -> str:
    """What is predicted when probabilities are: their name when they have one."""
    words = {word for word in words_of(context.target) if len(word) > 1}
    named = context.columns or words - vocabulary().prediction - {"test", "train", "val", "valid"}
    found = _predicted(call, context)
    return found if named else f"{found}_probabilities"


def _made(call: ast.Call, context: Context) -> str:
    """The kind of the model that is made on the spot: `evaluate(Ridge())`."""
    made = [name for arg in call.args for name in classes(arg)]
    return kind(made[0]) if len(made) == 1 else ""


def _figure(call: ast.Call, context: Context) -> str:
    """The noun in the class of a figure: `ConfusionMatrixDisplay.from_predictions`."""
    words = words_of(context.owner(call))
    return "_".join(words[:-1]) if words[-1:] in (["display"], ["visualizer"]) else ""


def _split(call: ast.Call, context: Context) -> str:
    words = {w for t in context.targets if isinstance(t, ast.Name) for w in words_of(t.id)}
    held = "validation" if words & {"val", "valid", "validation", "cv", "dev"} else "test"
    return f"train_{held}"


def _operands(call: ast.Call, context: Context) -> str:
    inner = receiver(call)
    parts = [inner] if inner is not None else []
    for arg in call.args[:2]:
        parts += arg.elts if isinstance(arg, ast.List | ast.Tuple) else [arg]
    return enumerated([noun_of(part) for part in parts]) or context.result or "tables"


def _keys(call: ast.Call, context: Context) -> str:
    given = argument(call, 0, "by", "keys", "index")
    found = nouns(strings(given)) or (picked(given) if given is not None else [])
    return enumerated(found[:2]) or noun_of(given)


def _grouped(call: ast.Call, context: Context) -> str:
    """What is grouped: the columns picked from the groups, or else the frame."""
    found: list[str] = []
    if context.value is not None:
        for part in walk(context.value):
            if isinstance(part, ast.Subscript | ast.Attribute) and part.value is call:
                found = picked(part)
                if not found and isinstance(part, ast.Attribute) and _is_picked(part):
                    found = nouns([part.attr])
    inner = receiver(call)
    operand = noun_of(inner) if inner is not None else ""
    return enumerated(found) or operand or context.result or "rows"


def _is_picked(part: ast.Attribute) -> bool:
    return part.attr not in {
        *vocabulary().calls,
        *vocabulary().nouns,
        "agg",
        "aggregate",
        "transform",
        "get_group",
        "groups",
        "first",
        "last",
        "ngroups",
        "cumcount",
        "tail",
    }


def _aggregate(call: ast.Call, context: Context) -> str:
    """The verb of what is done with groups."""
    if context.value is not None:
        for outer in walk(context.value):
            if isinstance(outer, ast.Call) and call in list(chain(outer))[1:]:
                verb = vocabulary().aggregates.get(called(outer))
                if verb:
                    return verb
    return "group"


def _dropped(call: ast.Call, context: Context) -> str:
    given = argument(call, 0, "columns", "labels", "index")
    if given is None:
        given = keyword(call, "columns", "index", "labels")
    found = nouns(strings(given))
    if found:
        return enumerated(found)
    if isinstance(given, ast.Name):
        words = [word for word in words_of(given.id) if word not in vocabulary().lists]
        return telling("_".join(words)) if words else "columns"
    by_row = isinstance(given, ast.Attribute) and given.attr == "index"
    return "rows" if by_row or isinstance(given, ast.Constant) else ""


def _renamed(call: ast.Call, context: Context) -> str:
    given = keyword(call, "columns")
    if isinstance(given, ast.Dict) and len(given.values) == 1:
        return enumerated(nouns(strings(given.values[0])))
    return ""


def _assigned(call: ast.Call, context: Context) -> str:
    return enumerated([noun(k.arg) for k in call.keywords if k.arg])


def _file(call: ast.Call, context: Context) -> str:
    """The name of the file that is read or written."""
    located = [use.location for use in context.facts.uses if use.location]
    if located:
        return stem(located[0])
    texts = strings(call.args[0]) if call.args else []
    return stem(texts[0]) if texts else ""


def _frame(call: ast.Call, context: Context) -> str:
    inner = receiver(call)
    return telling(root(inner)) if inner is not None else ""


def _printed(call: ast.Call, context: Context) -> str:
    """What is printed: the values, or else what the text in front of them says."""
    if not call.args:
        return "blank_line"
    values = [noun_of(arg) for arg in _values(call)]
    texts = [title_words(text) for arg in call.args for text in _texts(arg)]
    found = [one for one in dict.fromkeys(values) if one][:2]
    if len(found) == 2 and set(found[0].split("_")) & set(found[1].split("_")):
        found = [max(found, key=len)]
    said = next((text for text in texts if text), "")
    return enumerated(found) or said or "results"


def _values(call: ast.Call) -> list[ast.expr]:
    found: list[ast.expr] = []
    for arg in call.args:
        if isinstance(arg, ast.JoinedStr):
            found += [part.value for part in arg.values if isinstance(part, ast.FormattedValue)]
        elif isinstance(arg, ast.Call) and called(arg) == "format":
            found += arg.args
        elif isinstance(arg, ast.BinOp) and isinstance(arg.op, ast.Mod):
            found += arg.right.elts if isinstance(arg.right, ast.Tuple) else [arg.right]
        else:
            found.append(arg)
    return found


def _texts(node: ast.expr) -> list[str]:
    parts = (part.value for part in walk(node) if isinstance(part, ast.Constant))
    return [re.sub(r"%[\w.]+|\{[^}]*\}", " ", part) for part in parts if isinstance(part, str)]


def _shown(call: ast.Call, context: Context) -> str:
    for arg in call.args[:1]:
        texts = strings(arg)
        return title_words(texts[0]) if len(texts) == 1 else noun_of(arg)
    return ""


_SLOTS: Mapping[str, Callable[[ast.Call, Context], str]] = {
    "column": _column,
    "source": _source,
    "plotted": _plotted,
    "model": _model,
    "class": lambda call, context: kind(context.owner(call)),
    "scored": _scored,
    "predicted": _predicted,
    "chances": _chances,
    "made": _made,
    "figure": _figure,
    "split": _split,
    "target": lambda call, context: enumerated(context.columns) or noun(context.target),
    "result": lambda call, context: context.result,
    "frame": _frame,
    "operand": lambda call, context: noun_of(_operand(call, context)),
    "operands": _operands,
    "keys": _keys,
    "grouped": _grouped,
    "aggregate": _aggregate,
    "dropped": _dropped,
    "renamed": _renamed,
    "assigned": _assigned,
    "file": _file,
    "printed": _printed,
    "shown": _shown,
    "collected": lambda call, context: telling(root(call.func)),
}
