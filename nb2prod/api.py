"""The public functions: each arrow of the pipeline, and `convert` for all of them.

>>> from nb2prod import api
>>> package = api.convert("churn.ipynb")
>>> api.write(package, Path("churn"))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from nb2prod.analysis.analyse import Observed
    from nb2prod.git.install import Installed, Removed
    from nb2prod.git.production import ProductionDiff
    from nb2prod.git.repository import Version
    from nb2prod.git.status import Status
    from nb2prod.inventory.many import Outcome
    from nb2prod.inventory.trace import Traced
    from nb2prod.lineage.compare import Explanation
    from nb2prod.model import Analysis, Evidence, Package, Plan, Program, Question, Source
    from nb2prod.verify.sides import Progress
    from nb2prod.verify.verdict import Verdict
    from nb2prod.write import Change, WriteReport

__all__ = [
    "analyse",
    "answer",
    "changes",
    "convert",
    "diff",
    "differences",
    "discard_stale_lock",
    "evidence_in",
    "git_status",
    "install_git",
    "lineage",
    "lock",
    "make_plan",
    "notebook_diff",
    "observe",
    "production_diff",
    "questions",
    "read",
    "render",
    "restage",
    "sources",
    "sources_of_many",
    "trace",
    "uninstall_git",
    "verify",
    "with_evidence",
    "with_own_data",
    "write",
]


def read(
    source: Path | str | bytes | IO[bytes], *, name: str | None = None, folder: Path | None = None
) -> Program:
    """Read a notebook from a path, bytes or a binary stream, `name` being what to call it.

    `folder` is where it lies, with the modules that it imports, for what a path does not say.
    Raises InputError when it is no Python notebook.
    """
    from nb2prod.notebook.read import read as step

    return step(source, name=name, folder=folder)


def restage(program: Program, metadata: Sequence[Mapping[str, Any]]) -> Program:
    """Return a program with the stages, names and answers that the metadata of its cells now hold.

    It is for planning: the notebook that it keeps is the one that was read.
    """
    from nb2prod.notebook.restage import restaged as step

    return step(program, metadata)


def observe(program: Program, *, order: Literal["document", "execution"] | None = None) -> Observed:
    """Return all of an analysis that does not depend on the stages that users give to cells."""
    from nb2prod.analysis.analyse import observe as step

    return step(program, order=order)


def analyse(
    program: Program,
    *,
    order: Literal["document", "execution"] | None = None,
    observed: Observed | None = None,
) -> Analysis:
    """Return what each statement reads, binds, calls and is about, in the order in which they run.

    `order` overrides the choice between the order on the page and that of the execution counts.
    `observed` is what `observe` gave for the same cells, whatever their stages: it saves the time.
    """
    from nb2prod.analysis.analyse import analyse as step

    return step(program, order=order, observed=observed)


def sources(
    source: Path | str | bytes | IO[bytes] | Program,
    *,
    name: str | None = None,
    consumers: bool = True,
    plan: Plan | None = None,
) -> tuple[Source, ...]:
    """Return what a notebook reads and writes: files, URLs, databases, data sets, models, figures.

    The notebook is followed, never run. Files beside it are described. Finding `consumers`, the
    functions of the package, takes its plan, which is made where none is given, and most of the
    time. Raises InputError when it is no Python notebook.
    """
    from nb2prod.inventory.consumers import with_consumers
    from nb2prod.inventory.inventory import inventory, scripts
    from nb2prod.model import Program
    from nb2prod.notebook import document
    from nb2prod.notebook.read import code_cells, outline, understood
    from nb2prod.secrets.public import public

    if isinstance(source, Program):
        notebook, program = None, source
    else:
        notebook = public(document.load(source, name), keep_outputs=True)
        program = outline(notebook)
    found = inventory(scripts(code_cells(program)), program.folder)
    if not consumers:
        return found
    if plan is None:
        plan = make_plan(analyse(program if notebook is None else understood(notebook)))
    return with_consumers(found, plan)


def sources_of_many(
    notebooks: Sequence[Path], *, consumers: bool = False, jobs: int | None = None
) -> Iterator[Outcome]:
    """Yield the inventory of each notebook, or why there is none, in order and as it is done."""
    from nb2prod.inventory.many import inventories

    return inventories(notebooks, consumers=consumers, jobs=jobs)


def trace(
    found: Sequence[Source], notebook: Path, record: Path | None = None
) -> tuple[Traced, ...]:
    """Return an inventory side by side with what a run of the notebook's package opened.

    `record` is a lineage.json or where to look for one, else the project that `convert` makes of the
    notebook. Raises InputError when there is none.
    """
    from nb2prod.inventory.trace import record_of
    from nb2prod.inventory.trace import trace as step

    package = "" if record else make_plan(analyse(read(notebook))).package
    return step(found, record_of(notebook, record, package))


def make_plan(analysis: Analysis, *, package: str | None = None) -> Plan:
    """Return which statement goes into which function; `package` names the package.

    Raises InputError when `package` cannot be one's name, InternalError when a statement would be lost.
    """
    from nb2prod.plan.make import make_plan as step

    return step(analysis, package=package)


def render(
    plan: Plan,
    *,
    templates: Path | None = None,
    ci: Literal["github", "none"] = "github",
    saved: Mapping[PurePosixPath, bytes] | None = None,
    evidence: Evidence | None = None,
) -> Package:
    """Return the project in memory; `templates` overrides the skeleton file by file.

    `saved` are further files by path below the root, such as the notebook's outputs. `evidence` is
    that of a verdict: the tests that are made of it are added.
    """
    from nb2prod.render.render import render as step

    return step(plan, templates=templates, ci=ci, saved=saved, evidence=evidence)


def write(package: Package, output: Path, *, force: bool = False) -> WriteReport:
    """Write the project to the folder `output`, whole or not at all.

    Raises OutputError when a file there was not written by nb2prod or has been edited, unless `force`.
    """
    from nb2prod.write import write as step

    return step(package, output, force=force)


def convert(
    source: Path | str | bytes | IO[bytes],
    *,
    name: str | None = None,
    folder: Path | None = None,
    package: str | None = None,
    order: Literal["document", "execution"] | None = None,
    templates: Path | None = None,
    ci: Literal["github", "none"] = "github",
    keep_outputs: bool = False,
) -> Package:
    """Return the project that a notebook becomes, with its saved outputs; nothing is written or run.

    `name` and `folder` are as in `read`. Saved outputs that show personal data are left out unless
    `keep_outputs`. Secrets always are: see docs/secrets.md. Raises InputError when no package can be made.
    """
    from nb2prod.notebook import document
    from nb2prod.render.blacken import black_process
    from nb2prod.render.page import html_process
    from nb2prod.secrets.public import public

    notebook = public(document.load(source, name, folder=folder), keep_outputs=keep_outputs)
    with html_process(notebook.json) as page:  # first of all: it takes the longest
        from dataclasses import replace

        from nb2prod.model import Package
        from nb2prod.notebook.read import understood
        from nb2prod.render.large import with_lfs
        from nb2prod.render.outputs import saved_files

        program = understood(notebook)
        with black_process() as black:
            from nb2prod.render.render import render

            plan = make_plan(analyse(program, order=order), package=package)
            bare = render(plan, templates=templates, ci=ci, black=black)
        saved, problems = saved_files(program, page, bare.plan)
    files = with_lfs({**bare.files, **saved})
    plan = replace(bare.plan, diagnostics=(*bare.plan.diagnostics, *problems))
    return Package(bare.name, dict(sorted(files.items())), plan)


def with_evidence(
    package: Package,
    evidence: Evidence,
    project: Path | None = None,
    *,
    templates: Path | None = None,
    ci: Literal["github", "none"] = "github",
) -> Package:
    """Return a project with the tests, contract, bounds and pins that its verified run gives.

    Contract and bounds that a person edited in `project` stay as they are.
    """
    from dataclasses import replace

    from nb2prod.verify.evidence import edited

    saved = {path: data for path, data in package.files.items() if path.parts[0] == "notebooks"}
    made = render(package.plan, templates=templates, ci=ci, saved=saved, evidence=evidence)
    own = edited(project, package) if project else {}
    made = replace(made, files={**made.files, **own})
    return with_own_data(made, project) if project else made


def with_own_data(package: Package, project: Path) -> Package:
    """Return a project with the thresholds and the record of its data that `project` has.

    They are kept where a person edited them; a record, as long as it is of the same sources.
    """
    from dataclasses import replace

    from nb2prod.render.data import own_files

    own = own_files(project, package)
    return replace(package, files={**package.files, **own}) if own else package


def evidence_in(project: Path, package: Package) -> Evidence | None:
    """Return the evidence that a project on disk has, if it is for the code of this package."""
    from nb2prod.verify.evidence import kept as step

    return step(project, package)


def changes(package: Package, output: Path, *, force: bool = False) -> tuple[Change, ...]:
    """Return what `write` would do with every file."""
    from nb2prod.write import changes as step

    return step(package, output, force=force)


def diff(package: Package, output: Path) -> str:
    """Return the unified diff from what is in `output` to the package."""
    from nb2prod.write import diff as step

    return step(package, output)


def differences(package: Package, output: Path) -> Mapping[PurePosixPath, str]:
    """Return `diff` by file; a file that does not change has none."""
    from nb2prod.write import differences as step

    return step(package, output)


def lock(project: Path, *, timeout: float = 60.0) -> str | None:
    """Have uv write `uv.lock` into a project that was written.

    Returns None when that is done, else a sentence that says why there is none. Nothing is raised.
    """
    from nb2prod.lock import lock as step

    return step(project, timeout=timeout)


def discard_stale_lock(project: Path) -> bool:
    """Remove a `uv.lock` made for other dependencies than the project's; say whether it was."""
    from nb2prod.lock import discard_stale as step

    return step(project)


def verify(
    project: Path,
    notebook: Path | None = None,
    *,
    folder: Path | None = None,
    python: str | None = None,
    kernel: str | None = None,
    timeout: float = 900,
    memory: int | None = None,
    network: bool = False,
    copy_limit: int | None = None,
    given: str = "",
    html: Path | None = None,
    record: bool = False,
    plan: Plan | None = None,
    progress: Progress | None = None,
    keep_personal: bool = False,
) -> Verdict:
    """Run a notebook and the package in `project` that was made of it, and compare what they compute.

    `notebook` is the project's own copy if it is not given. Both run in copies of `folder`: that of
    the notebook, or the working directory where the project's copy runs, and of what its code names
    above that (`../data`). `python` or `kernel` name the interpreter, else the notebook's kernelspec
    does. `timeout` is in seconds and `memory` in bytes, for one run; a folder of more than
    `copy_limit` bytes (2 GB) is not copied. `given` are assignments for names that the notebook never
    defines. `html` is where to write the report as a page. With `record`, small calls of the
    package's functions are recorded meanwhile: a verdict that all is equal has them as its evidence.
    Pseudonyms stand in them for personal data, unless `keep_personal`. `plan` is the project's, where
    it is at hand.

    The verdict is kept in the project. Raises InputError when nothing can be run, OutputError when
    the page could not be written where `html` says.
    """
    from nb2prod.errors import OutputError
    from nb2prod.verify.copies import COPY_LIMIT
    from nb2prod.verify.interpreter import interpreter
    from nb2prod.verify.redaction import without_secrets
    from nb2prod.verify.sides import Conditions
    from nb2prod.verify.subject import subject
    from nb2prod.verify.verify import store, surroundings
    from nb2prod.verify.verify import verify as step

    if html and not html.absolute().parent.is_dir():  # said before minutes of running
        raise OutputError(f"There is no folder {html.parent} for the page; make it first.")
    found = subject(project, notebook, plan)
    path, version = interpreter(python, kernel, found.kernel)
    place = (folder or (notebook.parent if notebook else Path())).resolve()
    secrets = found.plan.analysis.program.secrets
    conditions = Conditions(
        path,
        version,
        **surroundings(place, found.above),
        timeout=timeout,
        memory=memory,
        network=network,
        given=given,
        left_out=(project,),
        environment={secret.name: secret.value for secret in secrets},  # not in any file
        keep_personal=keep_personal,
        copy_limit=COPY_LIMIT if copy_limit is None else copy_limit,
    )
    verdict = without_secrets(step(found, conditions, progress, record=record), secrets, found.plan)
    store(verdict, project)
    if html:
        from nb2prod.verify.page import page

        html.write_text(page(verdict, found), "utf-8")
    return verdict


def questions(source: Path | str | bytes | IO[bytes]) -> tuple[Question, ...]:
    """Return what only the author of a notebook can tell, the costliest first, then what is answered.

    Raises InputError when it is no Python notebook.
    """
    from nb2prod.handover.questions import questions as step

    return step(analyse(read(source)))


def answer(notebook: Path, key: str, text: str) -> None:
    """Keep an answer in the notebook, in the metadata of the cell that the question is about.

    Raises InputError when the notebook has no question of this key, OutputError when it cannot be
    written.
    """
    from nb2prod.handover import answers

    answers.answer(notebook, answers.named(questions(notebook), key), text)


def lineage(first: Path, second: Path) -> Explanation:
    """Say what changed between two runs of a generated package, and what is the likely cause.

    Each is a `lineage.json`, or the folder of artifacts or project that holds one. Raises InputError
    when there is none, or it is broken.
    """
    from nb2prod.lineage.compare import explain
    from nb2prod.lineage.record import read as read_record

    return explain(read_record(first), read_record(second))


def notebook_diff(old: Version, new: Version) -> dict[str, Any]:
    """Return what changed between two versions of a notebook, cell by cell, as JSON data.

    Nothing is raised: a version that is no notebook is a `problem` in what comes back.
    """
    from nb2prod.git.text import diff_json as step

    return step(old, new)


def production_diff(old: Version, new: Version) -> ProductionDiff:
    """Return what changes between the packages that two versions of a notebook become.

    Nothing is written or run. A version that cannot be converted is a `problem`, no error.
    """
    from nb2prod.git.production import production_diff as step

    return step(old, new)


def install_git(
    *,
    everywhere: bool = False,
    shared: bool = False,
    merge: bool | None = None,
    clean: bool = False,
    production: bool = False,
) -> Installed:
    """Make nb2prod git's driver for notebooks: in the repository of the working directory, or in
    the user's own settings (`everywhere`).

    `shared` writes the attributes to the tracked .gitattributes. `merge` is done by default unless
    another tool does it; `clean` leaves outputs out on `git add`; with `production` each diff says
    what changes in the package. Raises InputError outside of a repository, OutputError when git or
    the system refuses.
    """
    from nb2prod.git.install import install as step

    return step(
        everywhere=everywhere, shared=shared, merge=merge, clean=clean, production=production
    )


def uninstall_git(*, everywhere: bool = False) -> Removed:
    """Take out what `install_git` wrote, and nothing else; raises what that raises."""
    from nb2prod.git.install import uninstall as step

    return step(everywhere=everywhere)


def git_status() -> Status:
    """Return what git does with the notebooks of the working directory's repository."""
    from nb2prod.git.status import status as step

    return step()
