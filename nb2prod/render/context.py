"""What the templates are given: the context that `render_tree` takes, and what follows from it.

The context has these keys (all text is raw; the templates escape it):

    package          name of the package, an ASCII identifier
    title            one line
    description      one line; "" when the notebook has no prose
    prose            paragraphs of the notebook's introduction: list of str
    notebook_file    file name of the notebook below notebooks/
    python_requires  ">=3.9,<3.12"
    python_version   "3.11": what CI and Docker use
    dependencies     [{requirement: PEP 508, inferred: bool, comment}]
    settings         [{name, type, value_repr, comment, variable}]; value_repr is a Python literal;
                     not named data_root or artifacts_root, which Config has anyway
    functions        [{module, name, doc, inputs, outputs, cells, stage, explore}]
    calls            the functions that run() calls, in order; same keys
    stages           the phases that run(stage=...) takes: some of clean, train, evaluate, predict
    sources          [{name, direction: read|write, location, format, call, cell}] and, where known,
                     kind (as DataUse.kind) and setting (the field of Config with the location)
    left_out         [{cell, line, code, reason}]
    diagnostics      [{code, severity, message, cell, line, hint}]; cell and line may be None
    model            name of the result of run() that is the trained model, or None
    ruff_ignores     rules that the generated settings switch off: list of str

and takes, when they are there:

    notebook_hash    SHA-256 of the notebook's bytes; "" where it is not known
    unresolved       [{module, cell}]: imports for which no distribution is known; cell may be None
    parameters       names that run() requires as keywords, because the notebook never defined them
    metrics          names of the results that are metrics
    reads, writes    [{name, location, kind, format, cell, settings, users, external, bytes, rows}]
    flow             the picture of the data, with `lanes` and `arrows` (data_page.Flow)
    has_data         whether there are sources that the `data` commands check
    tables           whether a loader gives tables
    verified         whether a verified run gave evidence
    unrecorded       {function: why it has no recorded call}
    secrets          [{name, kind, places}]: environment variables that the code reads
    per_file_ignores {glob: [rule]} for ruff
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from nb2prod.errors import InternalError
from nb2prod.render import escapes
from nb2prod.render.picture import picture

REQUIRED = frozenset(
    {
        *("package", "title", "description", "prose", "notebook_file"),
        *("python_requires", "python_version", "dependencies", "settings", "functions", "calls"),
        *("stages", "sources", "left_out", "diagnostics", "model", "ruff_ignores"),
    }
)
RESERVED_SETTINGS = frozenset({"data_root", "artifacts_root"})
_OPTIONS = frozenset({"artifacts", "data-root", "explore", "help", "input", "output", "no-explore"})
_NUMPY_USERS = frozenset(
    {
        *("numpy", "pandas", "scikit-learn", "scipy", "seaborn", "matplotlib", "statsmodels"),
        *("xgboost", "lightgbm", "catboost", "tensorflow", "keras", "imbalanced-learn"),
    }
)
# loaders of data sets by name: nothing that could lie in a folder
_BUNDLED = re.compile(
    r"(seaborn\.load_dataset|sklearn\.datasets|statsmodels|vega_datasets|keras|torchvision)"
)
_DOWNLOADS = re.compile(
    r"(seaborn\.load_dataset|sklearn\.datasets\.fetch_|.*keras\.datasets|torchvision\.datasets|nltk\.download"
    r"|statsmodels.*get_rdataset|tensorflow_datasets|requests\.|urllib\.)"
)
_FILES = frozenset({"file", "model"})


def check(context: Mapping[str, object]) -> None:
    """Raise InternalError where the context lacks a key or holds a name that is none."""
    missing = REQUIRED - set(context)
    if missing:
        raise InternalError(f"the templates' context lacks {', '.join(sorted(missing))}")
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", str(context["package"])):
        raise InternalError(f"not a name of a package: {context['package']!r}")
    names = [setting["name"] for setting in _rows(context, "settings")]
    clash = RESERVED_SETTINGS.intersection(names)
    if clash or len(set(names)) < len(names) or not all(name.isidentifier() for name in names):
        raise InternalError(f"settings need names of their own: {', '.join(sorted(names))}")


def _rows(context: Mapping[str, object], key: str) -> Sequence[Mapping[str, Any]]:
    rows = context[key]
    assert isinstance(rows, Sequence)
    return rows


def complete(context: Mapping[str, object]) -> dict[str, object]:
    """Add what the templates derive from the context."""
    dependencies = _rows(context, "dependencies")
    requirements = [row["requirement"] for row in dependencies]
    distributions = {_distribution(text) for text in requirements}
    model, stages = context["model"], context["stages"]
    sources = [_located(source) for source in _rows(context, "sources")]
    return {
        "notebook_hash": "",
        "unresolved": [],
        "parameters": [],
        "metrics": [],
        "reads": [],
        "writes": [],
        "flow": None,
        "has_data": False,
        "tables": False,
        "questions": [],
        "verified": False,
        "unrecorded": {},
        "per_file_ignores": {},
        "secrets": [],
        **context,
        "sources": sources,
        "variable": f"{str(context['package']).upper()}_DATA_ROOT",
        "direct_references": any("@" in text for text in requirements),
        "has_numpy": bool(distributions & _NUMPY_USERS),
        "has_pandas": "pandas" in distributions,
        "has_torch": "torch" in distributions,
        "commands": [
            stage for stage in ("clean", "train", "evaluate", "predict") if _in(stage, stages)
        ]
        + (["predict"] if model and not _in("predict", stages) else []),
        "options": _options(_rows(context, "settings")),
        "mutable": {
            row["name"]: _is_mutable(row["value_repr"]) for row in _rows(context, "settings")
        },
        "picture": picture(_rows(context, "calls"), sources),
    }


def _located(source: Mapping[str, Any]) -> dict[str, Any]:
    """Add to a source where it lies: in a file at hand, or on the network."""
    location = "" if source["location"] in (None, "(computed)") else str(source["location"])
    kind, call = source.get("kind") or "file", source["call"]
    url = "://" in location
    return {
        "setting": None,
        **source,
        "location": location,
        "is_file": bool(location) and not url and kind in _FILES and not _BUNDLED.match(call),
        "is_remote": url or kind in ("url", "api") or bool(_DOWNLOADS.match(call)),
    }


def _in(stage: str, stages: object) -> bool:
    return isinstance(stages, Collection) and stage in stages


def _distribution(text: str) -> str:
    return (
        re.split(r"[\s\[<>=!~;@]", text, maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")
    )


def _is_mutable(code: str) -> bool:
    """Say whether a dataclass refuses the value as a default."""
    if code in ("inf", "-inf", "nan", "set()", "frozenset()"):
        return code == "set()"
    try:
        return isinstance(escapes.literal_value(code), list | dict | set)
    except ValueError as error:
        raise InternalError(f"a setting is {error}") from error


def _options(settings: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Name the option of each setting that cannot have the plain one."""
    taken = set(_OPTIONS)
    renamed = {}
    for setting in settings:
        plain = setting["name"].replace("_", "-")
        option = (
            plain
            if plain.isascii() and not plain.startswith("-")
            else "setting-" + plain.strip("-")
        )
        while option in taken:
            option = f"setting-{option}"
        taken |= {option, f"no-{option}"}
        if option != plain:
            renamed[setting["name"]] = option
    return renamed
