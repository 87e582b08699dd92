"""The same extension in Notebook 7, which lacks some of JupyterLab's services."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import BADGE, Lab
from notebooks import write
from playwright.sync_api import expect
from server import Server, running

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Give a running Notebook 7 in place of JupyterLab."""
    with running(tmp_path, "notebook") as started:
        yield started


def test_button_plan_stage_and_conversion(lab: Lab) -> None:
    lab.expected += ["reading 'schema'", "reading 'last_modified'"]  # Notebook's, without us too
    path = write(lab.server.root / "sales.ipynb")
    lab.page.goto(lab.server.address("notebooks/sales.ipynb"))
    lab.show()
    expect(lab.status).to_have_text(re.compile("^sales: "))
    lab.cell(4).click()
    lab.panel.get_by_role("combobox").select_option("evaluate")
    expect(lab.cell(4).locator(BADGE)).to_have_text("evaluate")
    lab.press("Convert…")
    lab.dialog.get_by_role("button", name="Convert").click()
    expect(lab.toast("functions in sales")).to_be_visible()
    assert (path.parent / "sales" / "src" / "sales" / "evaluation.py").is_file()
