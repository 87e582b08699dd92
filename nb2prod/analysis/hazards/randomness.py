"""Random numbers without a seed, where they decide a value that something goes on to use.

What takes a seed of its own is reported wherever it lacks one; of a generator that the whole
program shares, the first use is, since one call there seeds them all.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nb2prod.analysis.hazards.steps import Step, called_word
from nb2prod.analysis.hazards.table import finding
from nb2prod.analysis.hazards.words import pattern, words
from nb2prod.model import Diagnostic, Program


@dataclass(frozen=True, slots=True)
class _Family:
    """Calls that draw from numpy's generator unless `random_state` gives them one of their own."""

    library: str
    words: str  # last parts of their names; `*` stands for any letters
    only_with: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    never_with: Mapping[str, tuple[object, ...]] = field(default_factory=dict)


_FAMILIES = (
    _Family("sklearn", "train_test_split", never_with={"shuffle": (False,)}),
    _Family("sklearn", "KFold StratifiedKFold StratifiedGroupKFold", {"shuffle": (True,)}),
    _Family("sklearn", "*ShuffleSplit Repeated*KFold RandomizedSearchCV shuffle resample"),
    _Family("sklearn", "make_blobs make_moons make_circles make_classification make_regression"),
    _Family("sklearn", "*Forest* ExtraTree* Bagging* DecisionTree* GradientBoosting* AdaBoost*"),
    _Family("sklearn", "MLP* *KMeans *GaussianMixture SGD* Perceptron LinearSVC TSNE FastICA"),
    _Family("sklearn", "LatentDirichletAllocation SpectralClustering *RandomProjection"),
    _Family("sklearn", "SVC NuSVC", {"probability": (True,)}),
    _Family("sklearn", "LogisticRegression Ridge*", {"solver": ("sag", "saga")}),
    _Family("sklearn", "PCA", {"svd_solver": ("randomized",)}),
    _Family("imblearn", "*SMOTE* ADASYN Random*Sampler Balanced* EasyEnsemble*"),
    _Family("pandas", "sample"),
    _Family("umap", "UMAP"),
)
_LIBRARIES = frozenset(family.library for family in _FAMILIES)
_OWN_GENERATORS = {
    "numpy.random.default_rng": "numpy.random.default_rng(0)",
    "numpy.random.RandomState": "numpy.random.RandomState(0)",
    "random.Random": "random.Random(0)",
}
# Shared generators: what draws from them, and the call that seeds them.
_SHARED = {
    "numpy": (re.compile(r"numpy\.random\.[a-z]\w*"), "np.random.seed(0)"),
    "random": (re.compile(r"random\.[a-z]\w*"), "random.seed(0)"),
    "tensorflow": (
        re.compile(r"keras\.(\w+\.)*(Model|Sequential)\.fit\w*|tensorflow\.random\.[a-z]\w*"),
        "tf.random.set_seed(0)",
    ),
    "torch": (
        re.compile(r"torch\.nn\.(Linear|Conv\dd|LSTM|GRU|RNN|Embedding)|torch\.rand\w*"),
        "torch.manual_seed(0)",
    ),
}
_SEEDS = {
    "numpy.random.seed": "numpy",
    "numpy.random.set_state": "numpy",
    "random.seed": "random",
    "random.setstate": "random",
    "tensorflow.random.set_seed": "tensorflow",
    "tensorflow.set_random_seed": "tensorflow",
    "tensorflow.random.set_random_seed": "tensorflow",
    "torch.manual_seed": "torch",
    "torch.random.manual_seed": "torch",
}
_SETTINGS = words("seed set_state get_state setstate getstate set_seed get_seed")
# In place: the draw matters although nothing is bound.
_IN_PLACE = words("numpy.random.shuffle random.shuffle")
# Ensembles hand their own seed on to the estimators that they are made of.
_SEEDING = pattern("Bagging* AdaBoost*")
_SEEDER = re.compile(r"(?i)\w*seed\w*")


def found(program: Program, steps: Sequence[Step]) -> Iterator[Diagnostic]:
    """Yield what draws random numbers without a seed above it."""
    seeded: set[str] = set()
    reported: set[str] = set()
    readers = _readers(steps)
    inside = _inside_seeded(steps)
    for step in steps:
        seeded |= _seeds(step)
        for call in step.calls if _is_used(step, readers) else ():
            if not _only_shown(step, call):
                yield from _own(step, call, seeded, inside)
                yield from _shared(step, call, seeded | reported, reported)


def _inside_seeded(steps: Sequence[Step]) -> set[int | str]:
    """Return what seeded ensembles are made of: calls by id, and variables by name."""
    inside: set[int | str] = set()
    for step in steps:
        for call in step.calls:
            if _SEEDING.fullmatch(called_word(call.func)) and _seed_of(call) is not None:
                values = [*call.args, *(keyword.value for keyword in call.keywords)]
                inside.update(id(value) for value in values)
                inside.update(value.id for value in values if isinstance(value, ast.Name))
    return inside


def _seed_of(call: ast.Call) -> ast.expr | None:
    seeds = (keyword.value for keyword in call.keywords if keyword.arg in ("random_state", None))
    return next((value for value in seeds if not _is_none(value)), None)


def _seeds(step: Step) -> set[str]:
    """Return the generators that a statement seeds; what is called `seed...` may seed them all."""
    seeded: set[str] = set()
    for call in step.calls:
        name = step.qualified(call)
        if name in _SEEDS:
            seeded.add(_SEEDS[name])
        elif _SEEDER.fullmatch(called_word(call.func)):
            seeded.update(_SHARED)
    if isinstance(step.node, ast.FunctionDef) and _SEEDER.fullmatch(step.node.name):
        seeded.update(_SHARED)
    return seeded


def _own(
    step: Step, call: ast.Call, seeded: set[str], inside: set[int | str]
) -> Iterator[Diagnostic]:
    """Yield a call that has an argument for its seed and does not get it."""
    name = step.qualified(call)
    if name in _OWN_GENERATORS:
        if not call.keywords and all(map(_is_none, call.args)):
            message = f"`{ast.unparse(call.func)}()` starts from another state in every run"
            yield finding("NB221", message, step.at(call), f"Write {_OWN_GENERATORS[name]}.")
    elif "numpy" not in seeded and _is_unseeded(name, call):
        if id(call) in inside or step.names.writes & inside:
            return
        message = f"`{ast.unparse(call.func)}` draws random numbers and has no random_state"
        yield finding("NB221", message, step.at(call))


def _is_unseeded(name: str, call: ast.Call) -> bool:
    """Return whether a call draws from numpy's generator since it has no seed of its own."""
    library, _, rest = name.partition(".")
    if library not in _LIBRARIES or _seed_of(call) is not None:
        return False
    owner, _, word = rest.rpartition(".")
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if owner == "NDFrame" and not given.keys() & {"frac", "n"}:
        return False  # a guess from the method's name; distributions have a `sample` too
    return any(
        library == family.library
        and pattern(family.words).fullmatch(word)
        and _has(given, family.only_with, True)
        and not _has(given, family.never_with, False)
        for family in _FAMILIES
    )


def _has(
    given: Mapping[str | None, ast.expr], wanted: Mapping[str, tuple[object, ...]], default: bool
) -> bool:
    """Return whether an argument has one of the values, `default` when none is asked for."""
    values = [(given.get(keyword), allowed) for keyword, allowed in wanted.items()]
    if not values:
        return default
    return any(isinstance(node, ast.Constant) and node.value in allowed for node, allowed in values)


def _is_none(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _shared(step: Step, call: ast.Call, done: set[str], reported: set[str]) -> Iterator[Diagnostic]:
    """Yield the first draw from a generator that nothing has seeded."""
    name = step.qualified(call)
    if called_word(call.func) in _SETTINGS:
        return
    for generator, (draws, seed) in _SHARED.items():
        if generator not in done and draws.fullmatch(name) and name not in _OWN_GENERATORS:
            reported.add(generator)
            message = (
                f"`{ast.unparse(call.func)}` draws from the generator of {generator}, and nothing "
                "above seeds it"
            )
            hint = f"Call {seed} above; it makes this draw and all later ones repeatable."
            yield finding("NB222", message, step.at(call), hint)


def _only_shown(step: Step, call: ast.Call) -> bool:
    """Return whether a drawn value is displayed where it is made, and nothing else."""
    if not isinstance(step.node, ast.Expr):
        return False
    word = called_word(call.func)
    name = step.qualified(call)
    by_hand = name.startswith(("numpy.random", "random.", "torch.", "tensorflow.", "sklearn.utils"))
    return step.facts.pure or word == "sample" or (by_hand and name not in _IN_PLACE)


def _is_used(step: Step, readers: Mapping[str, list[Step]]) -> bool:
    """Return whether something but a display reads what a statement binds."""
    bound = step.names.writes | step.names.maybe
    if not bound or step.names.mutates:
        return True
    return any(
        reader is not step and not (isinstance(reader.node, ast.Expr) and reader.facts.pure)
        for name in bound
        for reader in readers[name]
    )


def _readers(steps: Iterable[Step]) -> Mapping[str, list[Step]]:
    readers: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        for name in step.names.reads | step.names.late | step.names.mentions:
            readers[name].append(step)
    return readers
