"""Jobs that outlive their page, and how one asks for a verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lab import TOAST, Lab
from notebooks import write
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Response

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SLOW = ("import time", "value = 1", "time.sleep(600)", "print(value)")
QUICK = ("rows = [{'price': n} for n in range(4)]", "total = sum(row['price'] for row in rows)")
JOB = ".jp-nb2prod-job"


def _requests(lab: Lab) -> list[str]:
    """Return the addresses of nb2prod that the page asks for, as it goes on."""
    asked: list[str] = []
    lab.page.on("request", lambda one: asked.append(one.url) if "nb2prod/api" in one.url else None)
    return asked


def _keeps_layout(answer: Response) -> bool:
    return "api/workspaces" in answer.url and answer.request.method == "PUT"


def test_a_job_is_told_after_a_reload_where_no_panel_shows_it(lab: Lab) -> None:
    lab.open(write(lab.server.root / "again" / "slow.ipynb", *SLOW))
    lab.show()
    lab.press("Verify")
    job = lab.panel.locator(JOB, has_text="again/slow.ipynb")
    expect(job).to_have_attribute("data-state", "running")
    with lab.page.expect_response(_keeps_layout):  # JupyterLab does so with a delay
        lab.page.get_by_role("tab", name="Notebook as a package").click()  # folds the panel
    expect(lab.panel).to_be_hidden()
    lab.page.reload()
    toast = lab.page.locator(TOAST, has_text="again/slow.ipynb: still runs")
    expect(toast).to_be_visible()
    toast.get_by_role("button", name="Show").click()
    expect(job).to_have_attribute("data-state", "running")
    job.get_by_role("button", name="Cancel").click()
    expect(job).to_have_attribute("data-state", "cancelled")


def test_a_page_asks_for_nothing_before_somebody_looks(lab: Lab) -> None:
    asked = _requests(lab)
    lab.open(write(lab.server.root / "calm" / "calm.ipynb", *QUICK))
    expect(
        lab.page.locator(".jp-NotebookPanel .jp-mod-connected, .jp-Notebook").first
    ).to_be_visible()
    assert asked == []
    lab.show()
    assert {url.rsplit("/", 1)[1].partition("?")[0] for url in asked} <= {"info", "inspect", "jobs"}


def test_options_of_a_verification(lab: Lab) -> None:
    folder = lab.server.root / "options"
    lab.open(write(folder / "quick.ipynb", *QUICK))
    lab.show()
    lab.press("Convert…")
    lab.dialog.get_by_role("button", name="Convert").click()
    expect(lab.page.locator(TOAST)).to_contain_text("in options/quick")
    lab.press("Verify with options")
    expect(lab.dialog.locator("select[name=kernel] option").nth(1)).to_be_attached()
    expect(lab.dialog.locator("input[name=minutes]")).to_have_value("15")
    lab.dialog.locator("input[name=minutes]").fill("2.5")
    lab.dialog.get_by_label("Add tests").check()
    with lab.page.expect_request(
        lambda one: "v1/jobs" in one.url and one.method == "POST"
    ) as asked:
        lab.dialog.get_by_role("button", name="Verify").click()
    told = asked.value.post_data_json
    assert told["options"] == {"kernel": None, "timeout": 150, "network": False, "tests": True}
    job = lab.panel.locator(JOB, has_text="options/quick.ipynb").first
    expect(job).to_have_attribute("data-state", "done", timeout=240_000)
    expect(job).to_contain_text("functions are in the package now")
    assert (folder / "quick" / "tests" / "golden").is_dir()
    lab.press("Verify with options")  # it remembers
    expect(lab.dialog.locator("input[name=minutes]")).to_have_value("2.5")
    lab.dialog.get_by_role("button", name="Cancel").click()
