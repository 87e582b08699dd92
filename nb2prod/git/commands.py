"""`nb2prod diff` and `nb2prod git`: parse, call the API, print."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nb2prod import api

if TYPE_CHECKING:
    from nb2prod.git.driver import Style
    from nb2prod.git.sides import Pair
    from nb2prod.git.status import Other, State, Status

_GLOBAL = click.option(
    "--local/--global",
    "local",
    default=True,
    help="In this repository, or in your own settings for all repositories. [default: --local]",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")
_PARTS = {
    "diff": "git diff, log -p, show and blame show cells",
    "merge": "git merge, rebase and cherry-pick merge cell by cell",
    "filter": "git add leaves outputs and execution counts out",
}


@click.command()
@click.argument("sides", nargs=-1, metavar="[A] [B]")
@click.option(
    "--engine",
    type=click.Choice(["builtin", "nbdime"]),
    default="builtin",
    show_default=True,
    help="Whose diff to show.",
)
@click.option("--web", is_flag=True, help="Show it in nbdime's web page.")
@click.option("--production", is_flag=True, help="Show what changes in the generated package.")
@click.option(
    "--markdown", is_flag=True, help="With --production: as a comment for a pull request."
)
@click.option("-U", "--unified", type=click.IntRange(min=0), metavar="N", help="Lines of context.")
@click.option(
    "--color",
    "--colour",
    type=click.Choice(["auto", "always", "never"]),
    help="[default: as git's settings say]",
)
@click.option("--no-header", is_flag=True, hidden=True)
@_JSON
def diff(
    sides: tuple[str, ...],
    engine: str,
    web: bool,
    production: bool,
    markdown: bool,
    unified: int | None,
    color: str | None,
    no_header: bool,
    as_json: bool,
) -> None:
    """Show what changed between two notebooks A and B, cell by cell.

    Each is a file, REVISION:PATH, or a revision, which stands for all notebooks that differ. A file
    alone is compared with the last commit, a revision alone with the work tree; with neither, that
    is the last commit.

    \b
    Examples:
      nb2prod diff old.ipynb new.ipynb
      nb2prod diff HEAD~1:churn.ipynb churn.ipynb
      nb2prod diff --production churn.ipynb           what the edit means for the package
      nb2prod diff --production --markdown main HEAD  the same for all notebooks of a branch

    Exit status: 0, whether they differ or not; 2 when there is no such notebook or revision.
    """
    if len(sides) > 2:
        raise click.UsageError("Give two notebooks or revisions at most.")
    if markdown and not production:
        raise click.UsageError("--markdown goes with --production.")
    if production and (web or engine == "nbdime"):
        raise click.UsageError("--production compares packages: not with --web or --engine nbdime.")
    if as_json and (web or markdown):
        raise click.UsageError("--json is another form than --web and --markdown: choose one.")
    from nb2prod.git.sides import pairs
    from nb2prod.git.text import nbdime_web, style

    found = pairs(sides)
    look = style()
    if unified is not None:
        look.context = unified
    if color in ("always", "never"):
        look.paint = type(look)({"color.ui": color}, color == "always").paint
    if production:
        _production(found, look, markdown=markdown, header=not no_header, as_json=as_json)
    elif web:
        if not found:
            click.echo("No notebook differs.", err=True)
        for old, new in found:
            click.echo(f"{new.path}: nbdime's page is open until you close it", err=True)
            nbdime_web(old, new)
    else:
        _diff(found, look, engine=engine, as_json=as_json)


def _production(
    found: list[Pair], look: Style, *, markdown: bool, header: bool, as_json: bool
) -> None:
    from nb2prod.git import production_report

    made = (api.production_diff(*pair) for pair in found)
    if markdown:
        click.echo(production_report.markdown(list(made)), nl=False)
    elif as_json:
        _print_json({"notebooks": [each.json() for each in made]})
    else:
        for each in made:
            _print(production_report.text(each, look, header=header))


def _diff(found: list[Pair], look: Style, *, engine: str, as_json: bool) -> None:
    from nb2prod.git import text

    if as_json:
        compare = text.nbdime_json if engine == "nbdime" else text.diff_json
        _print_json({"notebooks": [compare(*pair) for pair in found]})
        return
    for pair in found:
        if engine == "nbdime":
            _print(text.nbdime_text(*pair, colour=bool(look.paint)))
        else:
            _print(text.diff_text(pair[0], pair[1], look))


def _print(text: str) -> None:
    """Print what is coloured already, or not: click would take the colours out."""
    click.echo(text.encode("utf-8", "surrogateescape"), nl=False)
    sys.stdout.flush()


def _print_json(data: dict[str, Any]) -> None:
    click.echo(json.dumps(data, indent=2))


@click.group()
def git() -> None:
    """Let git show and merge notebooks cell by cell."""


@git.command()
@_GLOBAL
@click.option(
    "--shared",
    is_flag=True,
    help="Write the attributes to the tracked .gitattributes, so that colleagues who have installed "
    "nb2prod's driver use it, too.",
)
@click.option(
    "--merge/--no-merge",
    default=None,
    help="Also merge notebooks. [default: do, unless another tool does]",
)
@click.option("--filter", "clean", is_flag=True, help="Also leave outputs out on `git add`.")
@click.option(
    "--production", is_flag=True, help="End each diff with what changes in the package (slower)."
)
@_JSON
def install(
    local: bool, shared: bool, merge: bool | None, clean: bool, production: bool, as_json: bool
) -> None:
    """Make nb2prod git's driver for notebooks.

    In this repository, or with --global in all of yours. Writes git's settings diff.nb2prod.*,
    merge.nb2prod.* and filter.nb2prod.*, and one marked block in an attributes file; `nb2prod git
    uninstall` takes out just these. Settings of other tools are never touched.
    """
    done = api.install_git(
        everywhere=not local, shared=shared, merge=merge, clean=clean, production=production
    )
    if as_json:
        _print_json(
            {
                "parts": list(done.parts),
                "scope": done.scope.removeprefix("--"),
                "attributes": str(done.attributes) if done.attributes else None,
                "others": [_other(other) for other in done.others],
            }
        )
        return
    for part in done.parts:
        click.echo(f"{part}: {_PARTS[part]}")
    where = _shown(done.attributes) if done.attributes else "in effect already"
    click.echo(f"settings: {done.scope.removeprefix('--')}; attributes: {where}")
    for other in done.others:
        click.echo(_found(other, other not in done.remaining))
    if shared:
        click.echo("Commit .gitattributes; each colleague runs `nb2prod git install` once.")


@git.command()
@_GLOBAL
@_JSON
def uninstall(local: bool, as_json: bool) -> None:
    """Take out what install wrote, and nothing else."""
    done = api.uninstall_git(everywhere=not local)
    if as_json:
        _print_json({"settings": done.settings, "attributes": list(map(str, done.attributes))})
        return
    if not done.settings and not done.attributes:
        click.echo("Nothing of nb2prod was there.")
    for name in done.settings:
        click.echo(f"removed setting {name}")
    for path in done.attributes:
        click.echo(f"removed our block from {_shown(path)}")


@git.command()
@_JSON
def status(as_json: bool) -> None:
    """Say which driver git uses for notebooks here.

    Also from which settings, and what else is set up.
    """
    found = api.git_status()
    if as_json:
        _print_json(found.json())
        return
    for state in found.states:
        click.echo(f"{state.part:<7} {_state(state, found)}")
    for path in found.files:
        click.echo(f"attributes: {_shown(path)}")
    for other in found.others:
        click.echo(_found(other, False))
    for name in found.elsewhere:
        click.echo(f"also set: {name}")


def _state(state: State, found: Status) -> str:
    if not state.scope:
        return "not installed"
    words = [f"installed ({state.scope})"]
    if not state.current:
        words.append("by another nb2prod or Python: run `nb2prod git install` again")
    if found.notebooks:
        # one more than there are stands for those to come
        new = "and new ones" if state.notebooks == found.notebooks else ""
        count = min(state.notebooks, found.notebooks - 1)
        words.append(f"for {count} of {found.notebooks - 1} notebooks {new}".rstrip())
    return ", ".join(words)


def _other(other: Other) -> dict[str, Any]:
    return {
        "part": other.part,
        "driver": other.driver,
        "tool": other.tool,
        "notebooks": other.count,
    }


def _found(other: Other, replaced: bool) -> str:
    what = f"found: {other.part}={other.driver} ({other.tool})"
    if replaced:
        return f"{what}: unchanged, but nb2prod's attributes come first"
    return f"{what}, which stays in charge"


def _shown(path: Path) -> str:
    return ascii(str(path))[1:-1]
