"""What git is told: the settings that make nb2prod its driver for notebooks."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Literal, get_args

from nb2prod.git.clean import COMMAND
from nb2prod.git.driver import FORMAT

Part = Literal["diff", "merge", "filter"]
PARTS: tuple[Part, ...] = get_args(Part)
NAME = "nb2prod"
CACHE = f"refs/notes/textconv/{NAME}"  # where git keeps what textconv gave
_FOLDER = Path(__file__).resolve().parent

# The driver is imported, not run as a script, since Python keeps the bytecode of what it imports only:
# to compile it each time would take as long as all the rest. Nothing but its folder is put on the path.
_START = "'import sys; sys.path.append(sys.argv[1][:-9]); import driver; driver.run(sys.argv[2:])'"

# Git ends the diff of all remaining files when a driver cannot be started. So the shell starts it,
# and takes git's own diff when that Python or that file has gone, as after an upgrade.
_COMMAND = (
    'f() {{ {driver} "$@" 2>/dev/null || {{'
    ' if [ "${{GIT_DIFF_PATH_COUNTER:-1}}" = 1 ]; then'
    " echo 'nb2prod cannot be started; run `nb2prod git install` again' >&2; fi;"
    ' if [ $# -lt 7 ]; then echo "* Unmerged path $1";'
    ' else git --no-pager diff --no-index --no-ext-diff --no-textconv -- "$2" "$5"; fi; }}; :; }}; f'
)
_TEXTCONV = 'f() {{ {driver} --textconv={format} "$1" 2>/dev/null || cat -- "$1"; }}; f'
# -P: the folder that git starts it in is the user's, and no module of it may be taken for ours.
_MERGE = (
    "if test -x {python} && test -f {file}; then {python} -P -m nb2prod.git.merge %O %A %B %L %P; "
    "else git merge-file --marker-size=%L %A %O %B; fi"
)
# Heads of hunks in `git log -p`: the heading, function or class that the lines stand under.
_HEADS = (
    "!^# (%%|kernel:|language:|notebook format:)\n"
    r"^([ \t]*((async[ \t]+)?def|class)[ \t].*|#+ .*)$"
)


def settings(parts: Collection[Part], *, production: bool = False) -> dict[str, str]:
    """Return git's settings by name, for some parts, with this Python and this nb2prod.

    With `production` the diff of each notebook ends with what changes in its package. With the
    filter among the parts, the diff leaves out what the filter will.
    """
    python = _quoted(Path(sys.executable))
    driver = f"{python} -I -S -c {_START} {_quoted(_FOLDER / 'driver.py')}"
    driver += " --clean" if "filter" in parts else ""
    command = f"{driver} --production" if production else driver
    merge = _MERGE.format(python=python, file=_quoted(_FOLDER / "merge.py"))
    found = {
        f"diff.{NAME}.command": _COMMAND.format(driver=command),
        f"diff.{NAME}.textconv": _TEXTCONV.format(driver=driver, format=FORMAT),
        f"diff.{NAME}.cachetextconv": "true",
        f"diff.{NAME}.xfuncname": _HEADS,
        f"merge.{NAME}.name": "notebooks, cell by cell",
        f"merge.{NAME}.driver": merge,
        f"filter.{NAME}.process": COMMAND.format(python=python, folder=_quoted(_FOLDER)),
        f"filter.{NAME}.required": "false",
    }
    return {name: value for name, value in found.items() if name.partition(".")[0] in parts}


def _quoted(path: Path) -> str:
    """Return a path for git's shell, which takes slashes on every system."""
    return shlex.quote(path.as_posix())


def attributes(parts: Collection[Part]) -> str:
    """Return the line of an attributes file that gives notebooks to the driver."""
    return " ".join(["*.ipynb", *(f"{part}={NAME}" for part in PARTS if part in parts)])
