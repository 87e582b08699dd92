"""The notebook as a page, made by another process meanwhile: see `html`."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING, Any

from nb2prod.render.process import start

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
            return _no_page(f"it took longer than {timeout:.0f} s")
        page, log = _read(self._page), _read(self._log).decode("utf-8", "replace").strip()
        if status or not page:
            return _no_page(log.splitlines()[-1][:200] if log else f"exit status {status}")
        return page


@contextmanager
def html_process(notebook: Mapping[str, Any] | bytes) -> Iterator[HtmlPage]:
    """Render a notebook of format 4 (its JSON, parsed or not) as a page, in a process."""
    with ExitStack() as opened:
        source, page, log = (opened.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        source.write(notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode())
        source.seek(0)
        try:
            process = opened.enter_context(start("nb2prod.render.html", source, page, log))
        except OSError:
            yield HtmlPage(None, page, log)
            return
        opened.callback(process.kill)
        yield HtmlPage(process, page, log)


def _read(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _no_page(reason: str) -> Diagnostic:
    from nb2prod.model import Diagnostic

    return Diagnostic(
        code="NB701",
        message=f"the notebook's page (notebooks/*.html) was not made: {reason}",
        severity="note",
        hint="Everything else was. `jupyter nbconvert --to html` on the notebook may say more.",
    )
