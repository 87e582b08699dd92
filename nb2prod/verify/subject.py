"""What is verified: a notebook, the package that was made of it, and what the plan says of both."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from nb2prod import api
from nb2prod.errors import InputError
from nb2prod.model import Plan
from nb2prod.notebook import document

_RANDOM = frozenset({"NB221", "NB222"})  # unseeded draws
_CLOCK = re.compile(r"\b(time\.(time|perf_counter)|datetime\.(now|today|utcnow)|Timestamp\.now)\b")
_SILENT = "matplotlib|pylab|load_ext|reload_ext|autoreload|config|capture|time|timeit"
_MAGIC = re.compile(rf"^\s*(%%?(?!({_SILENT})\b)\w|!|\?)|\?\s*$", re.M)  # what prints by itself
_UPWARDS = re.compile(r"(\.\./)*\.\.(/+[\w .-]*\w)?(?![^/])")  # up to the first name
_LONGEST = 300  # characters of a path
_THREADS = re.compile(r"\bn_jobs\s*=\s*-|\bThread(PoolExecutor)?\b")


@dataclass(frozen=True, slots=True)
class Subject:
    """A notebook and the package to hold against it.

    `reasons` say by name why the package has no such value, `causes` why the notebook's own runs may
    differ, `order` is that of its cells, `kernel` the kernelspec that it names. `notebook` is as it was
    given, with its secrets: it is run, and nothing of it is kept.
    """

    notebook: bytes
    package: Path  # the package's folder, with pipeline.py
    plan: Plan
    order: Literal["document", "execution"]
    reasons: Mapping[str, str]
    causes: tuple[str, ...] = ()
    kernel: str | None = None
    unseeded: bool = False  # it draws random numbers that nothing seeds
    magics: bool = False  # it has lines of IPython's own, which print in their own way
    above: tuple[PurePosixPath, ...] = ()  # paths that lead out of the notebook's folder, "../data"
    edited: bool = False  # its code is another than that of the copy that the project keeps


def subject(project: Path, notebook: Path | None = None, plan: Plan | None = None) -> Subject:
    """Return what a generated project and its notebook, or the copy that it keeps, are.

    `plan` is that of the project where it is at hand. Raises InputError when the project is none of
    ours, or the notebook cannot be read.
    """
    package = _package(project)
    if plan is None:
        program = api.read(notebook or _kept(project))
        analysis = api.analyse(program, order=_order(project))
        plan = api.make_plan(analysis, package=package.name)
    program = plan.analysis.program
    kernelspec = program.notebook.get("metadata", {}).get("kernelspec", {})
    return Subject(
        notebook=program.original or program.source,
        package=package,
        plan=plan,
        order=plan.analysis.order,
        reasons=_reasons(plan),
        causes=tuple(_causes(plan)),
        kernel=kernelspec.get("name"),
        unseeded=any(d.code in _RANDOM for d in plan.diagnostics),
        magics=any(_MAGIC.search(c.source) for c in program.cells if c.kind == "code"),
        above=tuple(dict.fromkeys(_above(plan))),
        edited=_edited(program.source, project),
    )


def _package(project: Path) -> Path:
    found = sorted(project.resolve().glob("src/*/pipeline.py"))
    if not found:
        raise InputError(f"{project} holds no package of nb2prod (there is no src/*/pipeline.py).")
    return found[0].parent


def _kept(project: Path) -> Path:
    found = _copies(project)
    if len(found) != 1:
        raise InputError(f"{project}/notebooks keeps no single notebook: name the one to run.")
    return found[0]


def _copies(project: Path) -> list[Path]:
    return sorted((project / "notebooks").glob("*.ipynb"))


def _edited(notebook: bytes, project: Path) -> bool:
    """Is the notebook's code another than that of the copy that the project keeps?"""
    try:
        kept = [_code(copy.read_bytes()) for copy in _copies(project)]
    except (InputError, OSError):
        return False
    return bool(kept) and _code(notebook) not in kept


def _code(notebook: bytes) -> list[str]:
    cells = document.load(notebook).json["cells"]
    return [cell["source"] for cell in cells if cell["cell_type"] == "code"]


def _order(project: Path) -> Literal["document", "execution"] | None:
    try:
        found = json.loads((project / ".nb2prod/manifest.json").read_text("utf-8"))["order"]
    except (OSError, ValueError, KeyError):
        return None
    return found if found in ("document", "execution") else None


def _reasons(plan: Plan) -> dict[str, str]:
    """Return by name why what binds it was left out."""
    reasons: dict[str, str] = {}
    for piece in plan.left_out:
        try:
            tree = ast.parse(piece.code)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                where = f"cell {piece.origin.cell}, line {piece.origin.line}"
                reasons.setdefault(node.id, f"left out ({where}): {piece.reason}")
    return reasons


def _above(plan: Plan) -> Iterator[PurePosixPath]:
    """Yield the files and folders that relative paths name above the notebook's own folder."""
    for facts, statement in zip(plan.analysis.facts, plan.analysis.statements, strict=True):
        texts = [use.location for use in facts.uses if use.location]
        texts += [
            part.value
            for part in ast.walk(statement.node)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        for text in texts:
            found = _UPWARDS.match(text)
            if found and len(text) < _LONGEST:
                yield PurePosixPath(found[0])


def _causes(plan: Plan) -> list[str]:
    """Return what in the notebook may differ from run to run, as far as it can be seen."""
    causes = []
    for diagnostic in plan.diagnostics:
        if diagnostic.code in _RANDOM and diagnostic.origin:
            causes.append(f"an unseeded draw in cell {diagnostic.origin.cell}")
    for statement in plan.analysis.statements:
        text = ast.unparse(statement.node)
        where = f"in cell {statement.origin.cell}"
        causes += [f"the time {where}"] if _CLOCK.search(text) else []
        causes += [f"threads {where}"] if _THREADS.search(text) else []
    return list(dict.fromkeys(causes))[:3]
