"""The command line: parses, calls the API, prints. Data goes to stdout, words to stderr."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nb2prod import __version__, api
from nb2prod.errors import InputError, Nb2prodError

if TYPE_CHECKING:
    from nb2prod.model import Program
    from nb2prod.verify.verdict import Verdict

_EPILOG = """\b
Examples:
  nb2prod convert churn.ipynb                  make the project ./churn
  nb2prod convert churn.ipynb --output service --name churn_model
  nb2prod convert churn.ipynb --dry-run        what would be written
  nb2prod inspect churn.ipynb                  stages, functions, hazards; writes nothing
  nb2prod verify churn.ipynb churn             run both, compare every value
  nb2prod questions churn.ipynb                what only its author knows
  nb2prod lineage old/lineage.json artifacts   why do two runs differ?
  nb2prod sources churn.ipynb                  which data does it read and write?
  nb2prod diff HEAD~1:churn.ipynb churn.ipynb  what changed, cell by cell
  nb2prod git install                          the same in git diff, log, show and blame
  cat churn.ipynb | nb2prod convert - --output churn

\b
Exit status: 0 done, 2 bad input or a refusal (nothing written), 3 a bug of nb2prod."""

_NOTEBOOK = click.argument("notebook", metavar="NOTEBOOK")
_ORDER = click.option(
    "--order",
    type=click.Choice(["document", "execution"]),
    help="Run the cells as they stand, or by their saved execution counts. "
    "[default: as they stand, unless only the counts make sense]",
)
_NAME = click.option(
    "--name", metavar="PACKAGE", help="Name of the package. [default: the notebook's]"
)
_PYTHON = click.option(
    "--python", metavar="PATH", help="Run them with this Python, which needs IPython."
)
_KERNEL = click.option(
    "--kernel",
    metavar="NAME",
    help="Run them with the Python of this kernel. [default: the kernel that the notebook names, "
    "else the Python that runs nb2prod]",
)
_COPY_LIMIT = click.option(
    "--copy-limit",
    metavar="SIZE",
    help="Run in copies of a folder of at most this size, such as 20G. [default: 2 GB]",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit status; errors are one sentence on stderr."""
    try:
        # what a command exits with is returned here, and nothing where it just ends
        status = main.main(args=list(arguments), prog_name="nb2prod", standalone_mode=False)
    except click.Abort:
        print("nb2prod: stopped", file=sys.stderr)
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except Nb2prodError as error:
        print(f"nb2prod: {error}", file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("NB2PROD_DEBUG"):
            traceback.print_exc()
        print(
            f"nb2prod: a bug of nb2prod, not of the notebook ({type(error).__name__}: {error}); "
            "set NB2PROD_DEBUG=1 to see where, and please report it",
            file=sys.stderr,
        )
        return 3
    return status or 0


class _Commands(click.Group):
    """The commands here and, imported only when they are called, those of git."""

    _LATE = ("diff", "git")

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._LATE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._LATE:
            from nb2prod.git import commands

            found: click.Command = getattr(commands, cmd_name)
            return found
        return super().get_command(ctx, cmd_name)


@click.group(
    cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, "-V", "--version", message="nb2prod %(version)s")
def main() -> None:
    """Turn a Jupyter notebook into a Python package that computes the same values.

    Converting runs nothing of the notebook: it is read, never executed.
    """


@main.command()
@_NOTEBOOK
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Root of the project to make. [default: ./PACKAGE]",
)
@_NAME
@_ORDER
@click.option(
    "--templates",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Files that replace those of the skeleton, laid out as the project.",
)
@click.option(
    "--ci",
    type=click.Choice(["github", "none"]),
    default="github",
    show_default=True,
    help="Which continuous integration to set up.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be written; write nothing.")
@click.option(
    "--diff", "show_diff", is_flag=True, help="Show what would change in DIR; write nothing."
)
@click.option("--force", is_flag=True, help="Replace files that were edited or are not ours.")
@click.option(
    "--verify",
    "verified",
    is_flag=True,
    help="Then run both and compare, as `nb2prod verify` does; where all is equal, tests of every "
    "function are made from that run.",
)
@click.option(
    "--tests/--no-tests",
    "recorded",
    default=True,
    help="With --verify: make tests of that run. They hold some rows of the data. [default: do]",
)
@click.option(
    "--lock/--no-lock",
    "locked",
    default=None,
    help="Then have uv write uv.lock, which takes an index of packages. [default: with --verify, "
    "where uv is at hand]",
)
@click.option(
    "--keep-outputs",
    is_flag=True,
    help="Keep saved outputs that show personal data, and with --verify rows of it in tests.",
)
@_PYTHON
@_KERNEL
@_COPY_LIMIT
@_JSON
def convert(
    notebook: str,
    output: Path | None,
    name: str | None,
    order: Any,
    templates: Path | None,
    ci: Any,
    dry_run: bool,
    show_diff: bool,
    force: bool,
    verified: bool,
    recorded: bool,
    locked: bool | None,
    keep_outputs: bool,
    python: str | None,
    kernel: str | None,
    copy_limit: str | None,
    as_json: bool,
) -> None:
    """Make a project from NOTEBOOK (a path, or - for standard input)."""
    source, title = _source(notebook)
    limit = _bytes(copy_limit)
    if (verified or locked) and (show_diff or dry_run):
        raise click.UsageError(
            "--verify and --lock need the project: not with --diff or --dry-run."
        )
    package = api.convert(
        source,
        name=title,
        package=name,
        order=order,
        templates=templates,
        ci=ci,
        keep_outputs=keep_outputs,
    )
    root = output or Path(package.name)
    frame: dict[str, Any] = {"templates": templates, "ci": ci}
    if evidence := api.evidence_in(root, package):  # of an earlier --verify, for this very code
        package = api.with_evidence(package, evidence, root, **frame)
    else:
        package = api.with_own_data(package, root)
    if show_diff:
        click.echo(api.diff(package, root), nl=False)
        return

    from nb2prod import report

    if dry_run:
        changes = api.changes(package, root, force=force)
        click.echo(report.changes_json(root, changes) if as_json else report.changes(root, changes))
        return
    api.write(package, root, force=force)
    summary = report.summary(package, root)
    if not as_json:
        report.show_conversion(package, root)
    verdict = None
    if verified:
        verdict = _verify(
            root,
            source if isinstance(source, Path) else None,
            as_json=as_json,
            record=recorded,
            python=python,
            kernel=kernel,
            plan=package.plan,
            keep_personal=keep_outputs,
            copy_limit=limit,
        )
        summary["verdict"] = verdict.json()
    found = verdict.evidence if verdict else None
    if found:
        api.write(api.with_evidence(package, found, root, **frame), root, force=force)
        summary["tests"] = report.recorded(found)
        if not as_json:
            report.show_recorded(found)
    elif verdict and verdict.unrecorded:
        click.echo(f"No tests were made of the run: {verdict.unrecorded}", err=True)
    _lock(root, bool(found and shutil.which("uv")) if locked is None else locked)
    if as_json:
        click.echo(json.dumps(summary, indent=2, ensure_ascii=False))
    if verdict:
        click.get_current_context().exit(verdict.exit_status)


@main.command()
@_NOTEBOOK
@_NAME
@_ORDER
@_JSON
def inspect(notebook: str, name: str | None, order: Any, as_json: bool) -> None:
    """Show what convert would do with NOTEBOOK; nothing is written.

    Cells with their stages and why, functions with inputs and outputs, what is left out, hazards.
    """
    source, title = _source(notebook)
    plan = api.make_plan(api.analyse(_read(source, title), order=order), package=name)
    from nb2prod import report

    if as_json:
        click.echo(json.dumps(report.inspection(plan), indent=2, ensure_ascii=False))
    else:
        report.show_inspection(plan)


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="[NOTEBOOK] PROJECT_DIR")
@_PYTHON
@_KERNEL
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Run them in copies of DIR. [default: the notebook's folder, or this one without NOTEBOOK]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=900.0,
    show_default=True,
    metavar="SECONDS",
    help="For one run, at most.",
)
@click.option("--memory", metavar="SIZE", help="For one run, at most, such as 800M or 4G.")
@_COPY_LIMIT
@click.option("--allow-network", is_flag=True, help="Let them connect to other machines.")
@click.option(
    "--given", default="", metavar="CODE", help="Assignments for names that nothing defines."
)
@click.option(
    "--html", type=click.Path(path_type=Path), metavar="FILE", help="Write the report as a page."
)
@_JSON
def verify(
    paths: tuple[str, ...],
    python: str | None,
    kernel: str | None,
    folder: Path | None,
    timeout: float,
    memory: str | None,
    copy_limit: str | None,
    allow_network: bool,
    given: str,
    html: Path | None,
    as_json: bool,
) -> None:
    """Run NOTEBOOK and its package, and compare every value.

    The package is in PROJECT_DIR. Both run in copies of the notebook's folder, the notebook twice:
    what differs from itself is not held against the package. Without NOTEBOOK it is the copy that
    the project keeps. The verdict is kept in PROJECT_DIR/.nb2prod/verdict.json.

    Exit status: 0 all equal, 1 something differs, 2 the notebook itself does not run.
    """
    if len(paths) > 2:
        raise click.UsageError("Give a notebook and a project, or a project.")
    *notebook, project = map(Path, paths)
    verdict = _verify(
        project,
        *notebook,
        as_json=as_json,
        folder=folder,
        python=python,
        kernel=kernel,
        timeout=timeout,
        memory=_bytes(memory),
        copy_limit=_bytes(copy_limit),
        network=allow_network,
        given=given,
        html=html,
    )
    if as_json:
        click.echo(json.dumps(verdict.json(), indent=2, ensure_ascii=False))
    click.get_current_context().exit(verdict.exit_status)


@main.command()
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path), required=False)
@_JSON
def lineage(first: Path, second: Path | None, as_json: bool) -> None:
    """Explain what changed from run FIRST to run SECOND.

    That is, in a package's data, code, libraries and results, with the likely cause. Each is a
    lineage.json as every run writes it, or the folder of artifacts or project with one in it.
    Without SECOND, show what FIRST was made of.

    Exit status: 0 nothing differs, 1 something does, 2 there is no record.
    """
    from nb2prod.lineage import report

    if second is None:
        from nb2prod.lineage.record import read

        record = read(first)
        if as_json:
            click.echo(json.dumps(record.data, indent=2, ensure_ascii=False))
        else:
            report.show_record(record)
        return
    explanation = api.lineage(first, second)
    if as_json:
        click.echo(json.dumps(explanation.json(), indent=2, ensure_ascii=False))
    else:
        report.show_explanation(explanation)
    click.get_current_context().exit(explanation.exit_status)


@main.command()
@click.argument("notebooks", nargs=-1, required=True, metavar="NOTEBOOK...")
@click.option("--json", "shape", flag_value="json", help="Print the inventory as JSON on stdout.")
@click.option("--markdown", "shape", flag_value="markdown", help="... as tables in Markdown.")
@click.option("--csv", "shape", flag_value="csv", help="... as CSV, a line for each entry.")
@click.option(
    "--consumers/--no-consumers",
    default=None,
    help="Name the functions of the package that use each source, which takes its plan. "
    "[default: do for one notebook, not for several]",
)
@click.option(
    "--trace",
    is_flag=True,
    help="Show beside it what a run really opened: that of the project's last verified run.",
)
@click.option(
    "--record",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="With --trace: a lineage.json, or a project or folder that holds one. "
    "[default: the project of the notebook's name, here or beside it]",
)
@click.option("--jobs", type=click.IntRange(1), help="Processes. [default: one for each CPU]")
def sources(
    notebooks: tuple[str, ...],
    shape: str | None,
    consumers: bool | None,
    trace: bool,
    record: Path | None,
    jobs: int | None,
) -> None:
    """List the data that each NOTEBOOK reads and writes.

    Nothing is run. Files, URLs, databases, data sets, models, figures; what cannot be known without
    a run is listed as it is written. A folder stands for the notebooks in it.

    \b
    Examples:
      nb2prod sources churn.ipynb
      nb2prod sources churn.ipynb --json
      nb2prod sources notebooks/ --csv > data.csv
      nb2prod sources churn.ipynb --trace      after `nb2prod verify churn.ipynb churn`

    Exit status: 0 done, 2 some notebook could not be read; the others are listed all the same.
    """
    from nb2prod.inventory import report

    paths = report.notebooks(notebooks)
    if trace and len(paths) != 1:
        raise click.UsageError("--trace takes one notebook.")
    wanted = len(paths) == 1 if consumers is None else consumers
    outcomes = []
    with report.progress(len(paths)) as step:
        for outcome in api.sources_of_many(paths, consumers=wanted, jobs=jobs):
            outcomes.append(outcome)
            step(outcome)
    if trace and outcomes[0].error is None:
        report.show_trace(api.trace(outcomes[0].sources, paths[0], record), shape)
    else:
        report.show(outcomes, shape)
    click.get_current_context().exit(2 if any(outcome.error for outcome in outcomes) else 0)


@main.command()
@_NOTEBOOK
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="KEY=TEXT",
    help="Keep an answer in the notebook; without TEXT, take it back. May be given several times.",
)
@_JSON
def questions(notebook: str, answers: tuple[str, ...], as_json: bool) -> None:
    """Ask what only the author of NOTEBOOK knows.

    At most ten questions, the costliest first: where data comes from, what numbers and dropped rows
    mean, what is done by hand. An answer stands in the metadata of its cell; the next conversion
    writes it where it belongs.
    """
    source, _ = _source(notebook)
    for given in answers:
        key, equals, text = given.partition("=")
        if not equals or not isinstance(source, Path):
            raise click.UsageError("--answer takes KEY=TEXT, and a notebook that is a file.")
        api.answer(source, key, text)
    found = api.questions(source)
    from nb2prod import report

    if as_json:
        click.echo(json.dumps({"questions": report.asked(found)}, indent=2, ensure_ascii=False))
    else:
        report.show_questions(found)


def _lock(project: Path, wanted: bool) -> None:
    """Lock the project's dependencies if wanted; a lock that no longer fits goes in any case."""
    if wanted:
        problem = api.lock(project)
        if problem:
            click.echo(problem, err=True)
    elif api.discard_stale_lock(project):
        click.echo("uv.lock was for other dependencies and is removed; --lock makes one.", err=True)


def _verify(
    project: Path, notebook: Path | None = None, *, as_json: bool, **options: Any
) -> Verdict:
    """Verify, with progress for who watches and a table for who wants no JSON."""
    from nb2prod.verify import report

    progress = report.progress() if sys.stderr.isatty() else None
    verdict = api.verify(project, notebook, progress=progress, **options)
    if not as_json:
        report.show(verdict)
    return verdict


def _bytes(size: str | None) -> int | None:
    """Return a size such as 800M or 4G in bytes."""
    if size is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)B?", size.upper())
    if not found:
        raise click.BadParameter(f"{size!r} is no size such as 800M or 4G.")
    return int(float(found[1]) * 1024 ** " KMGT".index(found[2] or " "))


def _source(notebook: str) -> tuple[Path | bytes, str | None]:
    if notebook != "-":
        return Path(notebook), None
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError("standard input is a terminal: pipe a notebook into `nb2prod convert -`")
    return sys.stdin.buffer.read(), "notebook"


def _read(source: Path | bytes, title: str | None) -> Program:
    return api.read(source, name=title)
