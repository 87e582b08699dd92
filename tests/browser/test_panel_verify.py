"""Verification as a job: watched, cancelled, found again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lab import Lab
from notebooks import SALES, write
from playwright.sync_api import expect
from server import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SLOW = (*SALES[:6], "time.sleep(30)", "print(by_shop)")
JOB = ".jp-nb2prod-job"


def test_the_verdict_per_value_and_the_report(lab: Lab) -> None:
    lab.open(write(lab.server.root / "verify" / "sales.ipynb"))
    lab.show()
    lab.press("Verify")
    job = lab.panel.locator(JOB, has_text="verify/sales.ipynb")
    expect(job.locator("progress")).to_be_visible()
    expect(job).to_have_attribute("data-state", "done", timeout=180_000)
    expect(job).to_contain_text("The package computes what the notebook computes.")
    job.locator("summary").click()
    expect(job.locator("tr[data-status=equal]", has_text="by_shop")).to_have_count(1)
    job.get_by_role("button", name="Report").click()
    frame = lab.page.frame_locator(".jp-nb2prod-report iframe")
    expect(frame.locator("body")).to_contain_text("by_shop")


def test_cancel(lab: Lab) -> None:
    lab.open(write(lab.server.root / "cancel" / "slow.ipynb", *SLOW))
    lab.show()
    lab.press("Verify")
    job = lab.panel.locator(JOB, has_text="cancel/slow.ipynb")
    job.get_by_role("button", name="Cancel").click()
    expect(job).to_have_attribute("data-state", "cancelled")
    expect(job.locator("progress")).to_have_count(0)


def test_a_reload_finds_the_job_again(lab: Lab) -> None:
    lab.open(write(lab.server.root / "reload" / "slow.ipynb", *SLOW))
    lab.show()
    lab.press("Verify")
    job = lab.panel.locator(JOB, has_text="reload/slow.ipynb")
    expect(job).to_have_attribute("data-state", "running")
    lab.layout('"current":"nb2prod-panel"')
    lab.page.reload()
    lab.notebook()
    expect(job).to_have_attribute("data-state", "running")
    job.get_by_role("button", name="Cancel").click()
    expect(job).to_have_attribute("data-state", "cancelled")


def test_a_server_does_not_wait_for_a_job_when_it_stops(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path) as server:
        page = browser.new_page()
        lab = Lab(page, server)
        lab.open(write(server.root / "slow.ipynb", *SLOW))
        lab.show()
        lab.press("Verify")
        job = lab.panel.locator(JOB, has_text="slow.ipynb")
        expect(job.locator("progress[value]")).to_be_visible()  # it runs cells
        page.close()
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 20
