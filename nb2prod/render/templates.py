"""The generated project's frame: the tree below templates/, rendered.

A name that ends in `.j2` is a Jinja template and loses the ending; a template that renders to
nothing makes no file; any other file is copied. Names may hold `{{package}}`. Text that no filter
of `escapes` made safe cannot be written: a forgotten filter is an error.

`context` says what the templates may rely on.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from nb2prod.errors import InputError, InternalError, Nb2prodError
from nb2prod.render.context import check, complete
from nb2prod.render.sandbox import environment

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
    check(context)
    names = complete(context)
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


def _render(path: Path, names: Mapping[str, object]) -> bytes:
    if path.is_relative_to(builtin_templates()):
        template = environment().get_template(str(path))
    else:
        template = environment().from_string(path.read_text("utf-8"))
    return template.render(names).encode("utf-8")


def _target(relative: Path, names: Mapping[str, object]) -> PurePosixPath:
    """Fill in a template's own name; raise ValueError when it leads out of the project."""
    text = relative.as_posix().removesuffix(_JINJA)
    text = text.replace("{{package}}", str(names["package"]))
    if "{" in text:
        text = environment().from_string(text).render(names)
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
