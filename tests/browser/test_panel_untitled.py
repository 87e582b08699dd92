"""A notebook that was just made, and never saved."""

from __future__ import annotations

import re

import pytest
from lab import MENU_ITEM, TOAST, Lab
from notebooks import write
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_a_new_notebook_is_planned_and_converted_before_it_is_saved(lab: Lab) -> None:
    folder = lab.server.root / "new one"
    lab.open(write(folder / "sales.ipynb"))
    lab.page.get_by_role("menuitem", name="File").click()
    lab.page.locator(MENU_ITEM, has_text=re.compile("^New$")).hover()
    lab.page.locator(f'{MENU_ITEM}[data-command="notebook:create-new"]').click()
    lab.dialog.get_by_role("button", name="Select").click()
    expect(lab.page.locator(".lm-TabBar-tab.jp-mod-current", has_text="Untitled")).to_be_visible()
    new = lab.notebook()
    lab.cell(0).locator(".cm-content").fill("import json\nprices = [1, 2]\nprint(sum(prices))")
    lab.show(new)
    expect(lab.status).to_contain_text("untitled:")  # nothing else is known of it
    lab.cell(0).locator(".cm-content").press("Escape")
    lab.page.keyboard.press("a")  # another cell above
    expect(new.locator(".jp-Cell")).to_have_count(2)
    lab.cell(0).locator(".jp-InputPrompt").click()  # the new cell has the keys
    lab.page.keyboard.press("m")
    expect(lab.cell(0)).to_have_class(re.compile("jp-MarkdownCell"))
    lab.page.keyboard.press("Enter")
    lab.cell(0).locator(".cm-content").fill("# Prices of the shop")
    expect(lab.status).to_contain_text("prices_shop:")
    lab.press("Convert…")
    expect(lab.dialog.locator("input[name=package]")).to_have_value("prices_shop")
    expect(lab.dialog.locator("input[name=folder]")).to_have_value("new one/prices_shop")
    lab.dialog.get_by_role("button", name="Convert").click()
    expect(lab.page.locator(TOAST)).to_contain_text("function in new one/prices_shop")
    made = folder / "prices_shop"
    assert (made / "README.md").read_text("utf-8").startswith("# Prices of the shop")
    assert (made / "notebooks" / "Untitled.ipynb").is_file()
    assert "Prices" not in (folder / "Untitled.ipynb").read_text("utf-8")  # not saved for it
