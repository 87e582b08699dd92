"""What a statement does, as words of a name: the verb of its main call and what that acts on.

`df["age"] = df["age"].fillna(0)` is `fill_missing_age`, `RandomForestClassifier().fit(X, y)` is
`train_random_forest`.
"""

from __future__ import annotations

import ast
import keyword
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

from nb2prod.analysis.evidence import Evidence, column
from nb2prod.analysis.parts import Part
from nb2prod.analysis.values import Call

_MOST_WORDS = 5
_MOST_COLUMNS = 2
_SAYS_NOTHING = 6
_WORD = re.compile(r"[frFR][12](?![a-zA-Z\d])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Names that say nothing of what they hold.
_GENERIC = frozenset(
    "a b c d e f g i j k m n p s t u v w x y z df dfs data dataset dataframe frame table tmp temp "
    "result results res out output obj value values val new all ax axes fig plt sns pd np".split()
)
_MATRIX = {"X": "features", "x": "features", "Y": "target", "y": "target"}
_SPLITS = frozenset({"train", "test", "val", "valid", "validation", "dev", "all", "full"})
_PREDICTED = frozenset("y yhat hat pred preds predict predicted predictions prediction test".split())
_FAMILIES = ("Classifier", "Regressor", "CV")
# What an object of such a class does when it transforms something.
_TRANSFORMS = (
    ("Scaler", "scale"),
    ("Normalizer", "normalize"),
    ("Encoder", "encode"),
    ("Binarizer", "encode"),
    ("Imputer", "fill_missing"),
    ("Vectorizer", "vectorize"),
    ("PCA", "reduce"),
    ("SVD", "reduce"),
    ("TSNE", "project"),
    ("Features", "expand"),
)
_PLAIN_STEPS = frozenset({"split_train_test", "set_options", "list_files", "free_memory"})


def action(part: Part, evidence: Evidence) -> str:
    """Return the words for what a part does, "" when there is nothing to say."""
    if evidence.weight <= _SAYS_NOTHING:
        words: list[str] = []
    elif evidence.call is None:
        words = _of_shape(part, evidence.reason)
    elif evidence.call.function is not None or evidence.call.row is None:
        words = [evidence.call.name.rpartition(".")[2]]
    else:
        words = _of_call(part, evidence.call)
    return name_of(words)


def name_of(texts: Sequence[str]) -> str:
    """Return texts as one snake_case identifier of a few words, without numbers; "" if none is left."""
    words: list[str] = []
    for text in texts:
        for word in _WORD.findall(text):
            if not word.isdigit() and word.lower() not in words[-1:]:
                words.append(word.lower())
    name = "_".join(words[:_MOST_WORDS])
    return f"{name}_values" if keyword.iskeyword(name) else name


# ---- calls


def _of_call(part: Part, call: Call) -> list[str]:
    assert call.row is not None
    verb = call.row.verb_of(call.name)
    if verb in _PLAIN_STEPS:
        return [verb]
    if verb.startswith("plot_"):
        return ["plot", *_plotted(part, call), verb.removeprefix("plot_")]
    if verb == "transform":
        class_ = call.receiver.type.rpartition(".")[2]
        verb = next((does for suffix, does in _TRANSFORMS if class_.endswith(suffix)), verb)
    said = _SUBJECTS.get(verb, _subject)
    return [verb, *said(part, call)] if verb else []


def _subject(part: Part, call: Call) -> list[str]:
    """Return the column that a call changes, else the variable that it makes or is called on."""
    columns = _target_columns(part.node) or _receiver_columns(call.node)
    if columns:
        return _listed(columns)
    return _listed(_specific(_targets(part.node)) or _specific(_receiver(call.node)) or ["values"])


def _plotted(part: Part, call: Call) -> list[str]:
    columns = [*_receiver_columns(call.node), *_argument_columns(call.node)]
    if columns:
        return _listed(columns)
    return _listed(_specific([*_argument_names(call.node), *_receiver(call.node)])[:1])


def _loaded(part: Part, call: Call) -> list[str]:
    stem = _stem(call)
    names = _specific(_targets(part.node))
    return _listed(names or ([stem] if stem else ["data"]))


def _saved(part: Part, call: Call) -> list[str]:
    stem = _stem(call)
    names = _specific([*_receiver(call.node), *_argument_names(call.node)])
    return _listed(names[:1] or ([stem] if stem else ["results"]))


def _estimator(part: Part, call: Call) -> list[str]:
    """Return an estimator's class in words, or the name of its variable."""
    class_ = call.receiver.type or call.result.type or call.name
    word = class_.rpartition(".")[2]
    if word in ("GridSearchCV", "RandomizedSearchCV"):
        return ["by", word.removesuffix("CV")] if call.row and call.row.verb == "train" else [word]
    if word[:1].isupper() and word not in ("Estimator", "Predictor", "Transformer"):
        for suffix in _FAMILIES:
            word = word.removesuffix(suffix) or word
        return [word]
    return _listed(_specific(_receiver(call.node))[:1] or ["model"])


def _predicted(part: Part, call: Call) -> list[str]:
    columns = _target_columns(part.node)
    if columns:
        return _listed(columns)
    words = [w for name in _targets(part.node) for w in _WORD.findall(name.lower())]
    kept = [word for word in words if word not in _PREDICTED and not word.isdigit()]
    return kept or (["probabilities"] if "proba" in call.name else ["values"])


def _joined(part: Part, call: Call) -> list[str]:
    names = _specific([*_receiver(call.node), *_argument_names(call.node)])
    return _listed(names[:_MOST_COLUMNS] or _specific(_targets(part.node)) or ["data"])


def _owner(part: Part, call: Call) -> list[str]:
    names = _specific([*_targets(part.node), *_receiver(call.node)])
    return _listed(names[:1] or ["rows"])


def _dropped(part: Part, call: Call) -> list[str]:
    columns = _argument_columns(call.node)
    if columns:
        return _listed(columns) if len(columns) <= _MOST_COLUMNS else ["columns"]
    labelled = {"columns", "axis"} & call.keywords.keys()
    return ["columns" if labelled else "rows"]


def _grouped(part: Part, call: Call) -> list[str]:
    by = next((_strings(n.args[:1]) for n in _chain(call.node) if _is_groupby(n)), [])
    what = _receiver_columns(call.node) or _specific(_targets(part.node))
    return [*_listed(what[:1]), *(["by", *by[:1]] if by else [])]


def _metric(part: Part, call: Call) -> list[str]:
    word = call.name.rpartition(".")[2]
    return [word.removesuffix("_score")] if word.islower() else _subject(part, call)


def _encoded(part: Part, call: Call) -> list[str]:
    columns = [*_target_columns(part.node), *_argument_columns(call.node)]
    return _listed(columns) if columns else _subject(part, call)


_SUBJECTS: dict[str, Callable[[Part, Call], list[str]]] = {
    "load": _loaded,
    "read": _loaded,
    "fetch": _loaded,
    "open": _loaded,
    "download": _loaded,
    "save": _saved,
    "train": _estimator,
    "build": _estimator,
    "fit": _estimator,
    "score": _estimator,
    "predict": _predicted,
    "merge": _joined,
    "combine": _joined,
    "drop": _dropped,
    "drop_duplicate": _owner,
    "filter": _owner,
    "aggregate": _grouped,
    "group": _grouped,
    "compute": _metric,
    "encode": _encoded,
    "plot": _plotted,
    "seed": lambda part, call: ["generators"],
    "report": lambda part, call: ["classification"],
    "count_missing": lambda part, call: ["values"],
    "drop_missing": lambda part, call: _argument_columns(call.node)[:1] or _subject(part, call),
}


# ---- shapes


def _of_shape(part: Part, reason: str) -> list[str]:
    node = part.node
    columns = _target_columns(node)
    if columns:
        verb = next((verb for words, verb in _COLUMN_VERBS if words in reason), "set")
        return [verb, *_listed(columns)]
    targets = [_spelt_out(name) for name in _targets(node)]
    if reason.startswith(("selects", "filters")):
        verb = reason.split()[0].removesuffix("s")
        return [verb, *_listed(_specific(targets)[:1] or ["rows"])]
    if reason.startswith("sets") and targets:
        return ["set", *_listed(targets)]
    if isinstance(node, ast.Expr):
        return ["show", *_listed(_specific(part.variables())[:1] or ["values"])]
    return []


_COLUMN_VERBS = (
    ("adds predictions", "predict"),
    ("adds", "add"),
    ("changes", "transform"),
    ("copies", "copy"),
    ("fills missing", "fill_missing"),
    ("fills", "fill"),
    ("names", "name"),
)


# ---- the words in a syntax tree


def _listed(names: Sequence[str]) -> list[str]:
    """Return up to two names joined by "and"; of more, the first says enough."""
    if len(names) == _MOST_COLUMNS:
        return [names[0], "and", names[1]]
    return list(names[:1])


def _specific(names: Sequence[str]) -> list[str]:
    """Return the names that say what they hold, without repetition."""
    meant = map(_spelt_out, names)
    return [name for name in dict.fromkeys(meant) if name.lower().strip("_0123456789") not in _GENERIC]


def _spelt_out(name: str) -> str:
    """Return the word for a name of the trade: `X` is features, `y_train` the train target."""
    head, _, tail = name.partition("_")
    if head in _MATRIX and tail in _SPLITS:
        return f"{tail}_{_MATRIX[head]}"
    return _MATRIX.get(name, name)


def _targets(node: ast.AST) -> list[str]:
    """Return the names that an assignment binds."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [
        inner.id
        for target in targets
        if isinstance(target, ast.Name | ast.Tuple | ast.List)
        for inner in ast.walk(target)
        if isinstance(inner, ast.Name)
    ]


def _target_columns(node: ast.AST) -> list[str]:
    """Return the columns that an assignment changes, where they stand as text."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    found = [column(target) for target in targets if isinstance(target, ast.Subscript | ast.Attribute)]
    return [name for name in found if name and not name.startswith("[")]


def _chain(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a call and what it is called on, from the outside in."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        yield node
        node = node.func if isinstance(node, ast.Call) else node.value
    yield node


def _receiver(node: ast.AST) -> list[str]:
    """Return the variable at the root of a method call."""
    root = list(_chain(node))[-1]
    method = isinstance(node, ast.Attribute) or isinstance(getattr(node, "func", None), ast.Attribute)
    return [root.id] if method and isinstance(root, ast.Name) else []


def _receiver_columns(node: ast.AST) -> list[str]:
    """Return the columns picked by subscripts on the way to a method: `df["a"].fillna(0)`."""
    for inner in _chain(node):
        if isinstance(inner, ast.Subscript):
            names = _strings([inner.slice])
            if names:
                return names[:_MOST_COLUMNS]
    return []


def _argument_columns(node: ast.AST) -> list[str]:
    """Return the columns that the arguments of a call name: as text, or as parts of a frame."""
    if not isinstance(node, ast.Call):
        return []
    named = [k.value for k in node.keywords if k.arg in ("columns", "subset", "x", "y", "by", "on")]
    texts = _strings([*node.args, *named])
    picked = [name for part in (*node.args, *named) for name in _receiver_columns(part)]
    return list(dict.fromkeys([*texts, *picked]))


def _argument_names(node: ast.AST) -> list[str]:
    """Return the variables among the arguments of a call, also inside a list of them."""
    parts = [*node.args, *(k.value for k in node.keywords)] if isinstance(node, ast.Call) else []
    flat = [inner for part in parts for inner in getattr(part, "elts", [part])]
    roots = [list(_chain(part))[-1] for part in flat]
    return [root.id for root in roots if isinstance(root, ast.Name)]


def _strings(nodes: Sequence[ast.AST]) -> list[str]:
    """Return the texts among expressions and inside lists of them, as far as they make names."""
    flat = [inner for node in nodes for inner in getattr(node, "elts", [node])]
    texts = [n.value for n in flat if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [text for text in texts if re.fullmatch(r"[^\W\d][\w ]{0,40}", text)]


def _stem(call: Call) -> str:
    """Return the name of the file that a call reads or writes, without folder and ending."""
    assert call.row is not None
    port = call.row.reads or call.row.writes
    value = call.argument(port.arg, port.keyword) if port else None
    if value is None or not isinstance(value.constant, str):
        return ""
    return posixpath.basename(value.constant.rstrip("/")).partition(".")[0]


def _is_groupby(node: ast.AST) -> bool:
    func = getattr(node, "func", None)
    return isinstance(func, ast.Attribute) and func.attr == "groupby"
