"""Convert and preview in a real JupyterLab."""

from __future__ import annotations

import pytest
from lab import MENU_ITEM, Lab
from notebooks import write
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_convert_writes_the_package_and_opens_its_readme(lab: Lab) -> None:
    folder = lab.server.root / "my shop" / "of sales"
    path = write(folder / "all sales.ipynb")
    before = path.read_bytes()
    lab.open(path)
    lab.show()
    lab.cell(4).locator(".cm-content").fill('sales["discount"] = sales["price"] * 0.1')  # unsaved
    lab.press("Convert…")
    assert lab.dialog.locator("input[name=folder]").input_value() == "my shop/of sales/all_sales"
    lab.dialog.locator("input[name=package]").fill("shop")
    lab.dialog.locator("input[name=folder]").fill("my shop/of sales/the shop")
    lab.dialog.get_by_role("button", name="Convert").click()
    toast = lab.toast("of sales/the shop:")
    expect(toast).to_be_visible()
    assert (folder / "the shop" / "src" / "shop" / "pipeline.py").is_file()
    features = folder / "the shop" / "src" / "shop" / "features.py"
    assert "discount" in features.read_text("utf-8")
    assert path.read_bytes() == before
    toast.get_by_role("button", name="Open README").click()
    expect(lab.page.locator(".jp-MarkdownViewer h1").first).to_be_visible()
    expect(lab.page.locator(".jp-DirListing-item", has_text="README.md")).to_be_visible()


def test_what_is_not_ours_is_overwritten_only_when_asked(lab: Lab) -> None:
    lab.expected.append("409")
    folder = lab.server.root / "refuse"
    lab.open(write(folder / "sales.ipynb"))
    mine = folder / "sales" / "README.md"
    mine.parent.mkdir()
    mine.write_text("mine", "utf-8")
    lab.show()
    for answer in ("Cancel", "Overwrite"):
        lab.press("Convert…")
        lab.dialog.locator("input[name=folder]").fill("refuse/sales")
        lab.dialog.get_by_role("button", name="Convert").click()
        question = lab.dialog.filter(has_text="Overwrite these files?")
        expect(question.locator("code", has_text="README.md")).to_be_visible()
        assert mine.read_text("utf-8") == "mine"
        question.get_by_role("button", name=answer).click()
    expect(lab.toast("functions in refuse/sales")).to_be_visible()
    assert mine.read_text("utf-8") != "mine"


def test_preview_shows_files_and_what_would_change(lab: Lab) -> None:
    folder = lab.server.root / "preview"
    lab.open(write(folder / "sales.ipynb"))
    lab.show()
    lab.press("Preview")
    preview = lab.page.locator(".jp-nb2prod-preview")
    preview.get_by_role("button", name="sales/features.py").click()
    expect(preview.locator(".cm-content")).to_contain_text("def add_total")
    assert preview.locator(".cm-line span").count() > 5  # coloured
    assert not (folder / "sales").exists()
    lab.page.locator(".lm-TabBar-tab", has_text="sales.ipynb").click()
    lab.press("Convert…")
    lab.dialog.get_by_role("button", name="Convert").click()
    expect(lab.toast("functions in")).to_be_visible()
    lab.cell(4).locator(".cm-content").fill('sales["total"] = sales["price"] * 7')
    lab.function("add_total").wait_for()
    lab.press("Preview")
    preview = lab.page.locator(".jp-nb2prod-preview")
    changed = preview.locator("[data-change=replace]", has_text="/sales/features.py")
    changed.click()
    expect(preview.locator("[data-line=added]", has_text="* 7")).to_have_count(1)
    expect(preview.locator("[data-line=removed]", has_text='["amount"]')).to_have_count(1)


def test_several_notebooks_of_the_file_browser_are_a_batch(lab: Lab) -> None:
    folder = lab.server.root / "batch"
    for name in ("spring", "summer"):
        write(folder / f"{name}.ipynb")
    lab.open(write(folder / "autumn.ipynb"))
    lab.listed("spring.ipynb").click()
    last = lab.listed("summer.ipynb")
    last.click(modifiers=["Shift"])
    last.click(button="right")
    lab.page.locator(MENU_ITEM, has_text="Convert to Package").click()
    lab.dialog.get_by_role("button", name="Convert").click()
    expect(lab.panel.locator(".jp-nb2prod-job[data-state=done]")).to_have_count(1, timeout=60_000)
    for name in ("spring", "summer"):
        assert (folder / name / "README.md").is_file()
        expect(lab.panel.get_by_role("button", name=f"batch/{name}")).to_be_visible()
    assert not (folder / "autumn").exists()


def test_one_notebook_of_the_file_browser(lab: Lab) -> None:
    folder = lab.server.root / "one"
    write(folder / "closed.ipynb")
    lab.open(write(folder / "sales.ipynb"))
    lab.listed("closed.ipynb").click(button="right")
    lab.page.locator(MENU_ITEM, has_text="Convert to Package").click()
    lab.dialog.get_by_role("button", name="Convert").click()
    expect(lab.toast("functions in one/closed")).to_be_visible()
    assert (folder / "closed" / "README.md").is_file()
