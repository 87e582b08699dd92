"""The generated project's frame: the tree below templates/, rendered.

A name that ends in `.j2` is a Jinja template and loses the ending; a template that renders to
nothing makes no file; any other file is copied. Names may hold `{{package}}`. Text that no filter
of `escapes` made safe cannot be written: a forgotten filter is an error.

`render_tree` relies on these keys of its context (all text is raw; the templates escape it):

    package          name of the package, an ASCII identifier
    title            one line
    description      one line; "" when the notebook has no prose
    prose            paragraphs of the notebook's introduction: list of str
    notebook_file    file name of the notebook below notebooks/
    python_requires  ">=3.9"
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

    pins             [PEP 508] for requirements.txt; the dependencies without it
    parameters       names that run() requires as keywords, because the notebook never defined them
    per_file_ignores {glob: [rule]} for ruff
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from nb2prod import __version__
from nb2prod.errors import InputError, InternalError, Nb2prodError
from nb2prod.render import escapes
from nb2prod.render.picture import picture

if TYPE_CHECKING:
    from jinja2 import Environment

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
_IGNORED = frozenset({"__pycache__", ".DS_Store", ".git", ".hg", ".svn", "Thumbs.db"})
_JINJA = ".j2"


def render_tree(
    context: Mapping[str, object],
    *,
    overrides: Path | None = None,
    skip: Collection[str] = (),
) -> dict[PurePosixPath, bytes]:
    """Render every template to the file that it makes, by path below the project's root.

    `overrides` is a folder laid out like templates/: a file of the same name (with or without
    `.j2`) replaces ours, others are added. `skip` names paths of the result, or folders, that are
    left out.

    Raises InputError when a template of `overrides` is broken or names a path outside the project,
    InternalError when one of ours is, or the context lacks a key.
    """
    _check(context)
    names = _complete(context)
    tree: dict[PurePosixPath, bytes] = {}
    for source, error in _layers(overrides):
        for path in _walk(source):
            with_errors = functools.partial(_explained, error, path)
            target = with_errors(_target, path.relative_to(source), names)
            if _skipped(target, skip):
                continue
            jinja = path.suffix == _JINJA
            data = with_errors(_render, path, names) if jinja else path.read_bytes()
            tree.pop(target, None)
            if data.strip() or not jinja:
                tree[target] = data
    return dict(sorted(tree.items()))


@functools.cache
def builtin_templates() -> Path:
    """Return the folder of our own templates: inside the wheel, or beside the package."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def _layers(overrides: Path | None) -> Iterator[tuple[Path, type[Nb2prodError]]]:
    yield builtin_templates(), InternalError
    if overrides is not None:
        if not overrides.is_dir():
            raise InputError(f"--templates: {overrides} is not a folder")
        yield overrides, InputError


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _IGNORED:
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path


def _check(context: Mapping[str, object]) -> None:
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


def _complete(context: Mapping[str, object]) -> dict[str, object]:
    """Add what the templates derive from the context."""
    dependencies = _rows(context, "dependencies")
    requirements = [row["requirement"] for row in dependencies]
    distributions = {_distribution(text) for text in requirements}
    model, stages = context["model"], context["stages"]
    sources = [_located(source) for source in _rows(context, "sources")]
    return {
        "pins": requirements,
        "parameters": [],
        "per_file_ignores": {},
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


@functools.cache
def _environment() -> Environment:
    """Make the sandbox; our own templates are compiled once, which takes longer than rendering."""
    from jinja2 import BaseLoader, FileSystemBytecodeCache, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Bytecode(FileSystemBytecodeCache):
        def dump_bytecode(self, bucket: Any) -> None:
            with contextlib.suppress(OSError):
                super().dump_bytecode(bucket)

    class Builtin(BaseLoader):
        def get_source(self, environment: Environment, template: str) -> Any:
            path = Path(template)
            return path.read_text("utf-8"), template, None

    cache = _cache_folder()
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=escapes.checked,
        loader=Builtin(),
        bytecode_cache=Bytecode(str(cache)) if cache else None,
    )
    environment.filters.update(escapes.FILTERS)
    return environment


def _cache_folder() -> Path | None:
    """Make the folder of the user's own cache, one for each Jinja; None where that cannot be."""
    import jinja2

    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        version = f"{__version__}-{Path(jinja2.__file__).stat().st_mtime_ns}"
        root = Path(base) if base else Path("~/.cache").expanduser()
        folder = root / "nb2prod" / f"templates-{version}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owned = not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    except (OSError, RuntimeError):
        return None
    return folder if owned else None


def _render(path: Path, names: Mapping[str, object]) -> bytes:
    environment = _environment()
    if path.is_relative_to(builtin_templates()):
        template = environment.get_template(str(path))
    else:
        template = environment.from_string(path.read_text("utf-8"))
    return template.render(names).encode("utf-8")


def _target(relative: Path, names: Mapping[str, object]) -> PurePosixPath:
    """Fill in a template's own name; raise ValueError when it leads out of the project."""
    text = relative.as_posix().removesuffix(_JINJA)
    text = text.replace("{{package}}", str(names["package"]))
    if "{" in text:
        text = _environment().from_string(text).render(names)
    parts = text.split("/")
    if not all(parts) or ".." in parts or "." in parts or re.search(r"[\x00-\x1f\x7f\\:]", text):
        raise ValueError(f"leads outside the project or is no file name: {text!r}")
    return PurePosixPath(*parts)


def _skipped(target: PurePosixPath, skip: Collection[str]) -> bool:
    return any(str(place) in skip for place in (target, *target.parents))


def _explained(error: type[Nb2prodError], path: Path, step: Any, *arguments: Any) -> Any:
    """Run one step of rendering; turn what goes wrong into an error that names the template."""
    from jinja2 import TemplateError

    try:
        return step(*arguments)
    except (TemplateError, ValueError, TypeError, KeyError) as cause:
        line = getattr(cause, "lineno", None) or _line(cause)
        place = f"{path}, line {line}" if line else str(path)
        raise error(f"template {place}: {cause}") from cause


def _line(cause: BaseException) -> int | None:
    """Return the line of the template in which a render failed."""
    trace = cause.__traceback__
    lines = []
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    return lines[-1] if lines else None
