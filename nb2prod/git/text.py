"""The diff of notebooks outside of git: as text, as JSON, by nb2prod or by nbdime."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from nb2prod.difference import file_diff
from nb2prod.errors import InputError
from nb2prod.git import driver
from nb2prod.git.repository import Version


def diff_text(old: Version, new: Version, style: driver.Style) -> str:
    """Return the diff of two versions of a notebook as the driver shows it in `git diff`."""
    if old.data == new.data:
        return ""
    paper = driver.Paper(style)
    sides = [
        driver.File("" if v.data is not None else os.devnull, "0" * 40, "100644")
        for v in (old, new)
    ]
    names = [v.path.lstrip("/") for v in (old, new) if v.data is not None]
    called = driver.header((names[0], names[-1]), sides[0], sides[1], "", paper)
    top = len(paper.lines)
    try:
        driver.put_sides(called, paper)
        driver.body(old.data, new.data, paper)
    except Exception:  # whatever a file makes JSON or the comparison raise
        del paper.lines[top:]
        lines = list(file_diff(PurePosixPath(new.path), old.data, new.data))
        if len(lines) == 1:  # too long, or no text
            lines = [f"Binary files {called[0]} and {called[1]} differ\n"]
        else:
            driver.put_sides(called, paper)
            del lines[:2]  # which name one path for both
        return "".join([*(f"{line}\n" for line in paper.lines), *lines])
    return "".join(f"{line}\n" for line in paper.lines)


def diff_json(old: Version, new: Version) -> dict[str, Any]:
    """Return the diff of two versions of a notebook as JSON data; `problem` where one is none."""
    found: dict[str, Any] = {"old": _name(old), "new": _name(new)}
    try:
        before, after = (
            None if version.data is None else driver.Notebook(version.data)
            for version in (old, new)
        )
    except Exception as error:  # whatever a file makes JSON raise
        return {**found, "problem": f"not a notebook: {error}"}
    about = [notebook.about if notebook else {} for notebook in (before, after)]
    cells = [notebook.cells if notebook else [] for notebook in (before, after)]
    return {
        **found,
        "metadata": {
            label: [about[0].get(label), about[1].get(label)]
            for label in dict.fromkeys([*about[0], *about[1]])
            if about[0].get(label) != about[1].get(label) and before and after
        },
        "cells": [change.json() for change in driver.changes(cells[0], cells[1])],
    }


def _name(version: Version) -> str | None:
    return None if version.data is None else version.path


def style() -> driver.Style:
    """Return how git would show a diff on standard output."""
    settings = driver.git_settings()
    return driver.Style(settings, driver.coloured(settings))


def nbdime_text(old: Version, new: Version, *, colour: bool) -> str:
    """Return nbdime's diff of two versions. Raises InputError where it cannot read one."""
    from nbdime import diff_notebooks
    from nbdime.prettyprint import PrettyPrintConfig, pretty_print_notebook_diff

    with _files(old, new) as paths:
        first, second = (_nbformat(path) for path in paths)
        out = io.StringIO()
        config = PrettyPrintConfig(out=out, use_color=colour)
        pretty_print_notebook_diff(*map(str, paths), first, diff_notebooks(first, second), config)
        text = out.getvalue()
        for path, version in zip(paths, (old, new), strict=True):
            text = text.replace(str(path), version.path)
    if colour:
        return text
    return "\n".join(map(driver.visible, text.split("\n")))


def nbdime_json(old: Version, new: Version) -> dict[str, Any]:
    """Return nbdime's diff of two versions as JSON data. Raises InputError as above."""
    from nbdime import diff_notebooks

    with _files(old, new) as paths:
        first, second = (_nbformat(path) for path in paths)
        return {
            "old": _name(old),
            "new": _name(new),
            "diff": diff_notebooks(first, second),
        }


def nbdime_web(old: Version, new: Version, options: Sequence[str] = ()) -> int:
    """Show two versions in nbdime's web page until it is closed; return its exit status."""
    from nbdime.webapp.nbdiffweb import main

    with _files(old, new) as paths:
        for path in paths:
            _nbformat(path)
        status: int = main([*options, *map(str, paths)])
        return status


@contextlib.contextmanager
def _files(old: Version, new: Version) -> Iterator[tuple[Path, Path]]:
    """Give files with both versions, since nbdime reads files; an empty notebook for none."""
    empty = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    with tempfile.TemporaryDirectory(prefix="nb2prod-") as folder:
        places = []
        for side, version in (("old", old), ("new", new)):
            place = Path(folder, side, "notebook.ipynb")
            place.parent.mkdir()
            place.write_bytes(empty if version.data is None else version.data)
            places.append(place)
        yield places[0], places[1]


def _nbformat(path: Path) -> Any:
    import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of cells without ids, which are no fault here
            return nbformat.read(path, as_version=4)
    except Exception as error:  # whatever a damaged file makes nbformat raise
        raise InputError(
            f"nbdime cannot read the {path.parent.name} notebook ({type(error).__name__}); "
            "--engine builtin shows it."
        ) from None
