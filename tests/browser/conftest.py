"""Browser and JupyterLab for the tests of the panel.

They need playwright and Debian's chromium (or CHROMIUM), and fail without: `-m "not browser"` leaves
them out. NB2PROD_LAB_PYTHON runs them on another JupyterLab.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from lab import Lab
from server import Server, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage

# What JupyterLab itself says, with or without us.
_NOISE = ("favicon", "react-toastify", "defaultProps", "WebSocket", "Unsatisfied version")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", "browser: needs chromium; drives a real JupyterLab")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a running JupyterLab."""
    with running(tmp_path_factory.mktemp("lab")) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give chromium."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, "There is no chromium: install it, or set CHROMIUM to where it is."
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def lab(server: Server, browser: Browser) -> Iterator[Lab]:
    """Give a fresh page of the JupyterLab; what goes wrong in it fails the test."""
    context = browser.new_context(viewport={"width": 1500, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(_told(said)) if said.type == "error" else None)
    given = Lab(page, server)
    yield given
    given.close()
    context.close()
    left = [said for said in wrong if not any(word in said for word in (*_NOISE, *given.expected))]
    assert not left, left


def _told(said: ConsoleMessage) -> str:
    return f"{said.text} ({said.location.get('url', '').split('?')[0]})"
