"""What users can set: whether cells have badges, and where the button is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import BADGE, BUTTON, MENU_ITEM, Lab
from notebooks import write
from playwright.sync_api import expect
from server import Server

pytestmark = [pytest.mark.slow, pytest.mark.browser]
OURS = "nb2prod/plugin.jupyterlab-settings"
NOTEBOOK = "@jupyterlab/notebook-extension/panel.jupyterlab-settings"


@pytest.fixture
def settings(server: Server) -> Iterator[Path]:
    """Give the folder of the user's settings, which are the default ones again afterwards."""
    folder = server.root.parent / "settings"
    yield folder
    for path in (OURS, NOTEBOOK):
        (folder / path).unlink(missing_ok=True)


def test_badges_can_be_switched_off_and_on(lab: Lab, settings: Path) -> None:
    lab.open(write(lab.server.root / "badges" / "sales.ipynb"))
    lab.show()
    badge = lab.cell(3).locator(BADGE)
    expect(badge).to_have_text("clean")
    lab.page.get_by_role("menuitem", name="Settings").click()
    lab.page.locator(MENU_ITEM, has_text="Settings Editor").first.click()
    editor = lab.page.locator(".jp-SettingsPanel")
    lab.page.locator(".jp-PluginList-entry", has_text="nb2prod").click()
    box = editor.get_by_role("checkbox", name="Stage badges")
    for on in (False, True):
        box.set_checked(on)
        expect(lab.page.locator(BADGE)).to_have_count(7 if on else 0)


def test_badges_stay_off_in_the_next_page(lab: Lab, settings: Path) -> None:
    (settings / OURS).parent.mkdir(exist_ok=True)
    (settings / OURS).write_text(json.dumps({"badges": False}))
    lab.open(write(lab.server.root / "bare" / "sales.ipynb"))
    lab.show()
    expect(lab.function("add_total")).to_be_visible()
    expect(lab.page.locator(BADGE)).to_have_count(0)


def test_the_button_can_be_moved(lab: Lab, settings: Path) -> None:
    path = write(lab.server.root / "moved" / "sales.ipynb")
    (settings / NOTEBOOK).parent.mkdir(parents=True, exist_ok=True)
    (settings / NOTEBOOK).write_text(json.dumps({"toolbar": [{"name": "nb2prod", "rank": 1}]}))
    notebook = lab.open(path)
    items = notebook.locator(".jp-NotebookPanel-toolbar [data-jp-item-name]")
    expect(items.first).to_have_attribute("data-jp-item-name", "nb2prod")
    (settings / NOTEBOOK).write_text(
        json.dumps({"toolbar": [{"name": "nb2prod", "disabled": True}]})
    )
    lab.page.reload()
    lab.page.locator('[data-jp-item-name="save"]').wait_for()
    lab.page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
    expect(lab.page.locator(BUTTON)).to_have_count(0)
