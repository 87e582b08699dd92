"""The panel in a real JupyterLab: what it shows, where a click leads, and what a stage changes."""

from __future__ import annotations

import functools
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from lab import BADGE, BUTTON, MENU_ITEM, Lab
from notebooks import SALES, many_cells, notebook, write
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]
CLEAN, FEATURE = 3, 4  # cells of the notebook on sales


def test_the_button_shows_the_plan(lab: Lab) -> None:
    lab.open(write(lab.server.root / "button" / "sales.ipynb"))
    panel = lab.show()
    expect(lab.status).to_have_text(re.compile("^sales: [0-9]+ functions in [0-9]+ modules$"))
    expect(panel.locator(".jp-nb2prod-module", has_text="cleaning/sales.py")).to_have_count(1)
    expect(lab.function("add_total")).to_contain_text("sales → sales")
    expect(panel.locator(".jp-nb2prod-sources")).to_contain_text("sales.csv")
    expect(panel.locator(".jp-nb2prod-questions")).to_be_visible()
    expect(panel.locator(".jp-nb2prod-left-out")).to_have_count(1)
    expect(lab.cell(CLEAN).locator(BADGE)).to_have_text("clean")
    expect(lab.cell(1).locator(BADGE)).to_have_count(0)  # prose has no stage


def test_the_file_menu_has_it(lab: Lab) -> None:
    lab.open(write(lab.server.root / "menu" / "sales.ipynb"))
    lab.page.get_by_role("menuitem", name="File").click()
    expect(lab.page.locator(MENU_ITEM, has_text="Convert to Package")).to_be_visible()
    lab.page.locator(MENU_ITEM, has_text="Show as Package").click()
    expect(lab.function("add_total")).to_be_visible()


def test_a_click_goes_to_the_cell_and_the_cell_marks_the_plan(lab: Lab) -> None:
    last = 39  # far below what is seen
    lab.open(write(lab.server.root / "jump" / "long.ipynb", *many_cells(last + 1)))
    panel = lab.show()
    panel.get_by_role("button", name=f"cell {last}").click()
    # JupyterLab draws cells when it has nothing else to do, on a busy machine late
    expect(lab.cell(last)).to_have_class(re.compile("jp-mod-active"), timeout=90_000)
    expect(lab.cell(last)).to_be_in_viewport()
    expect(panel.locator("[aria-current] > summary")).to_contain_text(f"cell {last}")


@pytest.mark.parametrize("way", ["badge", "panel", "palette"])
def test_another_stage_changes_plan_and_metadata(lab: Lab, way: str) -> None:
    path = write(lab.server.root / "stage" / f"{way}.ipynb")
    lab.open(path)
    lab.show()
    expect(lab.function("add_total")).to_have_attribute("data-key", "function features.add_total")
    lab.cell(FEATURE).click()
    if way == "badge":
        lab.cell(FEATURE).locator(BADGE).click()
        lab.page.locator(MENU_ITEM, has_text="evaluate").click()
    elif way == "panel":
        lab.panel.get_by_role("combobox").select_option("evaluate")
    else:
        lab.run("Set Stage of Cell")
        lab.dialog.locator("select").select_option("evaluate")
        lab.dialog.locator("select").press("Enter")
    badge = lab.cell(FEATURE).locator(BADGE)
    expect(badge).to_have_text("evaluate")
    expect(badge).to_have_attribute("data-own", "true")
    expect(lab.function("add_total")).to_have_attribute("data-key", re.compile("evaluation"))
    lab.save()
    until = time.monotonic() + 10
    while "nb2prod" not in path.read_text("utf-8") and time.monotonic() < until:
        time.sleep(0.1)
    metadata = json.loads(path.read_text("utf-8"))["cells"][FEATURE]["metadata"]
    assert metadata["nb2prod"] == {"stage": "evaluate"}
    lab.panel.get_by_role("combobox").select_option("")  # automatic again
    expect(badge).to_have_text("feature")
    expect(badge).to_have_attribute("data-own", "false")


def test_the_plan_follows_what_is_typed(lab: Lab) -> None:
    path = write(lab.server.root / "typed" / "sales.ipynb")
    lab.open(path)
    lab.show()
    lab.cell(FEATURE).locator(".cm-content").fill('sales["discount"] = sales["price"] * 0.1')
    expect(lab.function("discount")).to_have_count(1)
    assert "discount" not in path.read_text("utf-8")  # nothing was saved


def test_a_broken_cell_is_a_finding_with_its_place(lab: Lab) -> None:
    lab.open(write(lab.server.root / "broken" / "broken.ipynb", SALES[0], "def f(:\n    pass"))
    finding = lab.show().locator(".jp-nb2prod-findings li")
    expect(finding.locator("[data-severity]")).to_be_visible()
    finding.get_by_role("button", name="Cell 1").click()
    expect(lab.cell(1)).to_have_class(re.compile("jp-mod-active"))
    lab.cell(1).locator(".cm-content").fill("x = 1\nprint(x)")
    expect(lab.panel.locator(".jp-nb2prod-function").first).to_be_visible()  # mended
    expect(finding).to_have_count(0)


def test_a_notebook_without_a_plan_says_why(lab: Lab) -> None:
    lab.expected.append("status of 4")  # the browser's word on a refused request
    path = lab.server.root / "julia" / "julia.ipynb"
    path.parent.mkdir()
    spec = {"name": "python3", "display_name": "Python 3", "language": "julia"}
    path.write_text(json.dumps(notebook("x = 1", kernelspec=spec)), "utf-8")
    lab.open(path)
    alert = lab.show().get_by_role("alert")
    expect(alert).to_contain_text(re.compile("julia", re.IGNORECASE))
    expect(lab.page.locator(BADGE)).to_have_count(0)


def test_two_notebooks_have_each_their_plan(lab: Lab) -> None:
    folder = lab.server.root / "two"
    write(folder / "second.ipynb", SALES[0], SALES[2], "print(sales.describe())")
    lab.open(write(folder / "first.ipynb"))
    lab.show()
    expect(lab.status).to_contain_text("first:")
    lab.page.locator(".jp-DirListing-item", has_text="second.ipynb").dblclick()
    expect(lab.status).to_contain_text("second:")
    expect(lab.function("add_total")).to_have_count(0)
    lab.page.locator(".lm-TabBar-tab", has_text="first.ipynb").click()
    expect(lab.status).to_contain_text("first:")
    expect(lab.function("add_total")).to_have_count(1)


def test_markup_in_a_notebook_is_text(lab: Lab) -> None:
    lab.expected.append("files/evil/x")  # Jupyter itself shows the picture of the heading
    evil = '<img src=x onerror="window.hit = 1"><script>window.hit = 1</script>'
    sources = (
        SALES[0],
        f"# # {evil}",
        f"sales = pd.read_csv({evil!r})",
        f"sales[{evil!r}] = 1",
        f"sales.head()  # {evil}",
        f"%unknown_magic {evil}",
    )
    lab.open(write(lab.server.root / "evil" / "evil.ipynb", *sources))
    panel = lab.show()
    expect(panel.locator(".jp-nb2prod-sources")).to_contain_text("<script>")
    for part in panel.locator("details").all():
        part.evaluate("part => { part.open = true; }")
    lab.press("Preview")
    preview = lab.page.locator(".jp-nb2prod-preview")
    for name in ("data_sources.py", "README.md"):
        preview.get_by_role("button", name=name).first.click()
        expect(preview.locator(".jp-nb2prod-text")).not_to_be_empty()
    assert panel.locator("img, script").count() == preview.locator("img, script").count() == 0
    assert lab.page.evaluate("window.hit") is None


def test_dark_theme(lab: Lab) -> None:
    lab.open(write(lab.server.root / "dark" / "sales.ipynb"))
    lab.show()
    lab.cell(CLEAN).click()
    _picture(lab, "jupyterlab-light")
    lab.page.get_by_role("menuitem", name="Settings").click()
    lab.page.locator(MENU_ITEM, has_text="Theme").first.hover()
    lab.page.locator(MENU_ITEM, has_text=re.compile("^JupyterLab Dark$")).click()
    expect(lab.page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    brightness = """node => getComputedStyle(node).backgroundColor.match(/\\d+/g).slice(0, 3)
      .reduce((sum, part) => sum + Number(part), 0)"""
    lab.page.wait_for_function(f"({brightness})(document.querySelector('.jp-nb2prod-panel')) < 200")
    text = lab.status.evaluate(brightness.replace("backgroundColor", "color"))
    assert text > 500
    _picture(lab, "jupyterlab-dark")
    lab.page.get_by_role("menuitem", name="Settings").click()
    lab.page.locator(MENU_ITEM, has_text="Theme").first.hover()
    lab.page.locator(MENU_ITEM, has_text=re.compile("^JupyterLab Light$")).click()  # as it was
    expect(lab.page.locator("body")).to_have_attribute("data-jp-theme-light", "true")


def test_keyboard_alone(lab: Lab) -> None:
    lab.open(write(lab.server.root / "keys" / "sales.ipynb"))
    lab.run("Show as Package")
    lab.function("add_total").wait_for()
    for _ in range(40):
        lab.page.keyboard.press("Tab")
        focused = lab.page.evaluate("document.activeElement.textContent")
        if focused == "cell 4":
            break
    else:
        raise AssertionError("Tab does not reach the links of the plan")
    lab.page.keyboard.press("Enter")
    expect(lab.cell(FEATURE)).to_have_class(re.compile("jp-mod-active"))


def test_a_hundred_cells_are_quick(lab: Lab) -> None:
    """NB2PROD_BAR is a stricter bar, in seconds, for a machine that does nothing else."""
    bar = float(os.environ.get("NB2PROD_BAR", "10"))
    folder = lab.server.root / "quick"
    write(folder / "long.ipynb", *many_cells(100))
    lab.open(write(folder / "sales.ipynb"))
    lab.show()  # warms the server
    lab.page.get_by_role("tab", name="Notebook as a package").click()  # folds the panel
    expect(lab.panel).to_be_hidden()
    lab.page.locator(".jp-DirListing-item", has_text="long.ipynb").dblclick()
    lab.page.locator(".jp-Notebook .jp-Cell").nth(20).wait_for()
    lab.kernel()
    lab.cell(FEATURE).click()
    button = lab.notebook().locator(BUTTON).locator("button, jp-button").first
    plan = _seconds(lab, "pointerdown", button.click, ".jp-nb2prod-status", "long:")
    choose = functools.partial(lab.panel.get_by_role("combobox").select_option, "evaluate")
    badge = f'.jp-Cell[data-windowed-list-index="{FEATURE}"] > {BADGE}'
    stage = _seconds(lab, "change", choose, badge, "evaluate")
    print(f"click to plan {plan:.2f} s, stage to plan {stage:.2f} s")
    assert plan < bar and stage < bar


def _seconds(lab: Lab, kind: str, act: Callable[[], object], selector: str, text: str) -> float:
    """Return the seconds by the page's clock from an event until an element has a text."""
    watch = """([kind, where, text]) => {
      const shown = () => [...document.querySelectorAll(where)]
        .some(found => found.textContent.startsWith(text));
      window.took = null;
      const begin = () => {
        const began = performance.now();
        const look = () => {
          window.took ??= shown() ? performance.now() - began : null;
          window.took ?? requestAnimationFrame(look);
        };
        look();
      };
      document.addEventListener(kind, begin, { capture: true, once: true });
    }"""
    lab.page.evaluate(watch, [kind, selector, text])
    act()
    milliseconds: float = lab.page.wait_for_function("window.took").json_value()
    return milliseconds / 1000


def _picture(lab: Lab, name: str) -> None:
    """Keep a picture for the README where NB2PROD_PICTURES says."""
    if folder := os.environ.get("NB2PROD_PICTURES"):
        lab.kernel()
        lab.page.screenshot(path=Path(folder) / f"{name}.png", animations="disabled")
