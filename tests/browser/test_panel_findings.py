"""What the panel shows of secrets, and the preview's calm."""

from __future__ import annotations

import re

import pytest
from lab import Lab
from notebooks import SALES, write
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SECRET = "AKIA" + "QYLPMN5HHHFPZAM2"


def test_a_secret_is_a_finding_with_its_cell_and_never_its_value(lab: Lab) -> None:
    cells = (SALES[0], "import os", f'key = "{SECRET}"', "print(len(key))")
    lab.open(write(lab.server.root / "secret" / "secret.ipynb", *cells))
    panel = lab.show()
    finding = panel.locator(
        ".jp-nb2prod-findings li", has_text=re.compile("secret|credential", re.I)
    )
    finding.first.get_by_role("button", name=re.compile("^Cell 2")).click()
    expect(lab.cell(2)).to_have_class(re.compile("jp-mod-active"))
    assert SECRET not in panel.inner_text()
    lab.press("Preview")
    preview = lab.page.locator(".jp-nb2prod-preview")
    expect(preview.locator(".cm-content")).not_to_be_empty()
    assert SECRET not in preview.inner_text()


def test_the_preview_is_measured_once(lab: Lab) -> None:
    said: list[str] = []
    lab.page.on("console", lambda one: said.append(one.text) if one.type == "warning" else None)
    lab.open(write(lab.server.root / "measure" / "sales.ipynb"))
    lab.show()
    lab.press("Preview")
    preview = lab.page.locator(".jp-nb2prod-preview")
    expect(preview.locator(".cm-content")).to_contain_text("# Sales")
    for name in preview.locator(".jp-nb2prod-files button").all():
        name.click()
        expect(name).to_have_attribute("aria-pressed", "true")
        expect(preview.locator(".jp-nb2prod-text > *")).to_have_count(1)
        _drawn(lab)
    assert not [text for text in said if "Measure" in text or "Viewport" in text], said


def _drawn(lab: Lab) -> None:
    """Wait for two frames: what an editor measures, it measures in one."""
    lab.page.evaluate(
        "() => new Promise(ok => requestAnimationFrame(() => requestAnimationFrame(ok)))"
    )


def test_the_cell_under_the_cursor_is_marked_in_the_plan(lab: Lab) -> None:
    lab.open(write(lab.server.root / "marked" / "sales.ipynb"))
    panel = lab.show()
    marked = panel.locator(".jp-nb2prod-function[aria-current]")
    for cell, name in ((4, "add_total"), (2, "load"), (4, "add_total")):
        lab.cell(cell).locator(".cm-content").click()
        expect(marked.locator("summary code").first).to_contain_text(name)
        expect(marked).to_have_attribute("data-cells", str(cell))
    lab.function("add_total").get_by_role("button", name="cell 4").click()
    expect(lab.cell(4)).to_have_class(re.compile("jp-mod-active"))
