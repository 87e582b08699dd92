"""A JupyterLab that keeps its notebooks in memory: no folder of theirs is on a disk."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from lab import TOAST, Lab
from notebooks import SALES, notebook
from playwright.sync_api import expect
from server import ROOT, Server, running

pytestmark = [pytest.mark.slow, pytest.mark.browser]
_CONFIG = f"""
import sys
sys.path.insert(0, {str(ROOT / "tests")!r})
c.ServerApp.contents_manager_class = "in_memory.InMemory"
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a JupyterLab whose contents manager keeps everything in memory."""
    folder = tmp_path_factory.mktemp("memory")
    (folder / "config").mkdir()
    (folder / "config" / "jupyter_server_config.py").write_text(_CONFIG)
    with running(folder) as started:
        yield started


def test_convert_preview_and_verify_where_there_is_no_disk(lab: Lab, server: Server) -> None:
    lab.expected.append("409")
    _contents(server, "PUT", "in memory", {"type": "directory"})
    content = notebook(*SALES[:6], "print(by_shop)")
    _contents(server, "PUT", "in memory/sales.ipynb", {"type": "notebook", "content": content})
    lab.open(server.root / "in memory" / "sales.ipynb")
    lab.show()
    for readme in ("sales", "yours"):
        lab.press("Convert…")
        expect(lab.dialog.locator("input[name=folder]")).to_have_value("in memory/sales")
        lab.dialog.get_by_role("button", name="Convert").click()
        if readme == "yours":
            question = lab.dialog.filter(has_text="Overwrite these files?")
            expect(question.locator("code", has_text="README.md")).to_be_visible()
            question.get_by_role("button", name="Cancel").click()
        else:
            toast = lab.page.locator(TOAST, has_text="functions in in memory/sales")
            toast.get_by_role("button", name="Open README").click()
            expect(lab.page.locator(".jp-MarkdownViewer h1").first).to_contain_text("Sales")
            lab.page.locator(".lm-TabBar-tab", has_text="sales.ipynb").click()
            yours = {"type": "file", "format": "text", "content": "mine"}
            _contents(server, "PUT", "in memory/sales/README.md", yours)
    assert _contents(server, "GET", "in memory/sales/README.md")["content"] == "mine"
    assert list(server.root.iterdir()) == []
    lab.press("Preview")
    changed = lab.page.locator(".jp-nb2prod-preview [data-change=refused]")
    expect(changed).to_contain_text("README.md")
    lab.page.locator(".lm-TabBar-tab", has_text="sales.ipynb").first.click()
    lab.press("Verify")
    job = lab.panel.locator(".jp-nb2prod-job")
    expect(job).to_have_attribute("data-state", "done", timeout=240_000)
    expect(job).to_contain_text("it ran in an empty folder, without the files")


def _contents(server: Server, verb: str, path: str, model: Any = None) -> Any:
    """Ask the Contents API, as another program would."""
    request = urllib.request.Request(
        f"{server.url}/api/contents/{urllib.request.quote(path)}",
        method=verb,
        data=json.dumps(model).encode() if model else None,
        headers={"Authorization": f"token {server.token}"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)
