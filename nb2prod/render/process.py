"""Modules of nb2prod that work in a process of their own, on another core, meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO


def start(
    module: str,
    stdin: IO[bytes] | int,
    stdout: IO[bytes] | int,
    stderr: IO[bytes] | int,
    *,
    group: bool = False,
) -> subprocess.Popen[bytes]:
    """Start `python -m module`; raises OSError when that cannot be done.

    With `group` it leads a process group, and no Ctrl-C of the terminal reaches it.

    The process sees neither the working directory nor modules in it: a stranger's notebook may lie
    beside a stranger's `json.py`.
    """
    home = Path(__file__).resolve().parents[2]
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = os.pathsep.join([str(home), *filter(os.path.isabs, given)])
    return subprocess.Popen(
        [sys.executable, "-P", "-W", "ignore", "-m", module],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=home.anchor,
        start_new_session=group,
        env={**os.environ, "PYTHONPATH": path},
    )
