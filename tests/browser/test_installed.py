"""The built wheel in a fresh environment: the panel is there, and can be switched off."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import BADGE, BUTTON, TOAST, Lab
from notebooks import write
from playwright.sync_api import expect
from server import ROOT, Server, environment, running

pytestmark = [pytest.mark.slow, pytest.mark.browser]
_LEFT = ("node_modules", ".git", "__pycache__", ".*_cache", ".venv", ".hypothesis")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment with the wheel of a copy of this checkout, made without node."""
    folder = tmp_path_factory.mktemp("installed")
    copy, home = folder / "checkout", folder / "env"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*_LEFT))
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    alone = {**environment(folder / "home"), "HOME": os.environ["HOME"], "PATH": str(python.parent)}
    pip = (str(python), "-m", "pip", "-q", "--disable-pip-version-check")
    subprocess.run(
        [*pip, "wheel", "--no-deps", "-w", str(folder), str(copy)], env=alone, check=True
    )
    (wheel,) = folder.glob("*.whl")
    install = [*pip, "install", "--no-compile", f"{wheel}[jupyter]"]  # compiled where it is used
    subprocess.run(install, env=alone, check=True)
    return python


@pytest.fixture
def server(installed: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """Give a JupyterLab of that environment; the parameter is what of nb2prod is switched off."""
    switch: tuple[str, ...] = getattr(request, "param", ())
    try:
        _jupyter(installed, tmp_path, "disable", switch)
        with running(tmp_path, installed=installed) as started:
            yield started
    finally:
        _jupyter(installed, tmp_path, "enable", switch)


def test_the_wheel_has_the_panel(lab: Lab) -> None:
    lab.open(write(lab.server.root / "sales.ipynb"))
    lab.show()
    expect(lab.function("add_total")).to_be_visible()
    lab.press("Convert…")
    lab.dialog.get_by_role("button", name="Convert").click()
    expect(lab.toast("functions in sales")).to_be_visible()
    assert (lab.server.root / "sales" / "README.md").is_file()


@pytest.mark.parametrize("server", [("labextension", "nb2prod")], indirect=True)
def test_without_the_lab_extension_nothing_is_left(lab: Lab) -> None:
    lab.open(write(lab.server.root / "sales.ipynb"), button=False)
    lab.kernel()  # JupyterLab is all there by now
    expect(lab.page.locator(BUTTON)).to_have_count(0)
    expect(lab.panel).to_have_count(0)
    lab.page.get_by_role("menuitem", name="File").click()
    expect(lab.page.locator(".lm-Menu-item", has_text="Save Notebook").first).to_be_visible()
    expect(lab.page.locator(".lm-Menu-item", has_text="Package")).to_have_count(0)


@pytest.mark.parametrize("server", [("server", "extension", "nb2prod.jupyter")], indirect=True)
def test_without_the_server_extension_the_panel_says_so_once(lab: Lab) -> None:
    lab.expected.append("nb2prod/api/v1")  # the browser's word on a request that nobody answers
    lab.open(write(lab.server.root / "sales.ipynb"))
    alert = lab.show().get_by_role("alert")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text(re.compile("The server has no nb2prod.*Install"))
    expect(lab.page.locator(TOAST)).to_have_count(0)
    expect(lab.page.locator(BADGE)).to_have_count(0)


def _jupyter(python: Path, folder: Path, verb: str, switch: tuple[str, ...]) -> None:
    """Switch something on or off, as the documentation says."""
    if switch:
        *command, name = switch
        words = [str(python.with_name("jupyter")), *command, verb, name]
        subprocess.run(words, env=environment(folder), check=True, capture_output=True)
