"""The notebook as a page, made by another process meanwhile: see `html`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nb2prod.model import Diagnostic


class HtmlPage:
    """A page that another process is making; ask for it with `result`."""

    def __init__(
        self, process: subprocess.Popen[bytes] | None, page: IO[bytes], log: IO[bytes]
    ) -> None:
        self._process, self._page, self._log = process, page, log

    def result(self, timeout: float = 120) -> bytes | Diagnostic:
        """Wait for the page; give a diagnostic when nbconvert failed or took too long."""
        if self._process is None:
            return _no_page("the process could not be started")
        try:
            status = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.cancel()
            return _no_page(f"it took longer than {timeout:.0f} s")
        page, log = _read(self._page), _read(self._log).decode("utf-8", "replace").strip()
        if status or not page:
            return _no_page(log.splitlines()[-1][:200] if log else f"exit status {status}")
        return page

    def cancel(self) -> None:
        """Stop making the page."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def start_html(notebook: Mapping[str, Any] | bytes) -> HtmlPage:
    """Start to render a notebook of format 4 (its JSON, parsed or not) as a page, in a process.

    The process sees neither the working directory nor modules in it: a stranger's notebook may lie
    beside a stranger's `json.py`.
    """
    source, page, log = (tempfile.TemporaryFile() for _ in range(3))  # noqa: SIM115
    source.write(notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode())
    source.seek(0)
    home = Path(__file__).resolve().parents[2]
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = os.pathsep.join([str(home), *filter(os.path.isabs, given)])
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", "-m", "nb2prod.render.html"],
            stdin=source,
            stdout=page,
            stderr=log,
            cwd=home.anchor,
            env={**os.environ, "PYTHONPATH": path},
        )
    except OSError:
        process = None
    finally:
        source.close()
    return HtmlPage(process, page, log)


def _read(file: IO[bytes]) -> bytes:
    file.seek(0)
    with file:
        return file.read()


def _no_page(reason: str) -> Diagnostic:
    from nb2prod.model import Diagnostic

    return Diagnostic(
        code="NB701",
        message=f"the notebook's page (notebooks/*.html) was not made: {reason}",
        severity="note",
        hint="Everything else was. `jupyter nbconvert --to html` on the notebook may say more.",
    )
