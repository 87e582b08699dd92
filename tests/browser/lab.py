"""What a user does in JupyterLab, as the tests say it."""

from __future__ import annotations

import contextlib
import secrets
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

BUTTON = '[data-jp-item-name="nb2prod"]'
PANEL = ".jp-nb2prod-panel"
BADGE = ".jp-nb2prod-badge"
DIALOG = ".jp-Dialog"
TOAST = ".Toastify__toast"
MENU_ITEM = ".lm-Menu-item"


class Lab:
    """A page of JupyterLab; `expected` are words of errors that a test means to cause."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.expected: list[str] = []
        self._workspace = secrets.token_hex(4)

    @property
    def panel(self) -> Locator:
        """The side panel."""
        return self.page.locator(PANEL)

    @property
    def dialog(self) -> Locator:
        """The open dialog."""
        return self.page.locator(DIALOG)

    @property
    def status(self) -> Locator:
        """The panel's first line."""
        return self.panel.locator(".jp-nb2prod-status")

    def open(self, notebook: Path, button: bool = True) -> Locator:
        """Open a notebook by its address and return it when its cells are there."""
        path = urllib.parse.quote(str(notebook.relative_to(self.server.root)))
        self.page.goto(self.server.address(f"lab/workspaces/{self._workspace}/tree/{path}"))
        return self.notebook(button)

    def notebook(self, button: bool = True) -> Locator:
        """Return the notebook in front, when its cells are there, and the button if one comes."""
        found = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        found.locator(".jp-Cell").first.wait_for(timeout=90_000)
        if button:
            found.locator(BUTTON).wait_for()
        return found

    def show(self, notebook: Locator | None = None) -> Locator:
        """Click the toolbar button and return the panel with the plan."""
        (notebook or self.notebook()).locator(BUTTON).locator("button, jp-button").first.click()
        self.panel.locator(".jp-nb2prod-body summary, .jp-nb2prod-failure").first.wait_for()
        return self.panel

    def listed(self, name: str) -> Locator:
        """Return a file in the file browser, once that has selected the notebook that was opened."""
        files = self.page.locator(".jp-DirListing-item")
        expect(files.and_(self.page.locator(".jp-mod-selected"))).to_have_count(1)
        return files.filter(has_text=name)

    def toast(self, text: str) -> Locator:
        """Return the notification with a text; another one may still be going away."""
        return self.page.locator(TOAST, has_text=text)

    def cell(self, number: int) -> Locator:
        """Return a cell of the notebook in front."""
        return self.page.locator(
            ".jp-NotebookPanel:not(.lm-mod-hidden) "
            f'.jp-Cell[data-windowed-list-index="{number}"]'
        )

    def function(self, name: str) -> Locator:
        """Return the row of a function in the panel."""
        return self.panel.locator(".jp-nb2prod-function").filter(
            has=self.page.locator("summary code", has_text=name)
        )

    def press(self, label: str) -> None:
        """Click one of the panel's buttons."""
        self.panel.get_by_role("button", name=label, exact=True).click()

    def run(self, label: str) -> None:
        """Run a command from the palette, by keyboard alone."""
        self.kernel()  # one that starts takes the focus to the notebook
        self.page.keyboard.press("Control+Shift+C")
        self.page.locator(".lm-CommandPalette-input:focus").fill(label)
        self.page.locator(".lm-CommandPalette-item.lm-mod-active", has_text=label).wait_for()
        self.page.keyboard.press("Enter")

    def kernel(self) -> None:
        """Wait until the notebook in front has a kernel that waits for work."""
        front = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        expect(front.locator(".jp-KernelName")).not_to_have_text("No Kernel", timeout=90_000)
        indicator = front.locator(".jp-Notebook-ExecutionIndicator")
        expect(indicator).to_have_attribute("data-status", "idle", timeout=90_000)

    def layout(self, word: str) -> None:
        """Wait until JupyterLab has kept its layout, and a word is in it."""
        self.page.wait_for_function(
            """async ([workspace, word]) => {
              const base = document.baseURI.split('/lab')[0] + '/lab/api/workspaces/';
              const answer = await fetch(base + workspace);
              return answer.ok && JSON.stringify(await answer.json()).includes(word);
            }""",
            arg=[self._workspace, word],
            polling=200,
        )

    def save(self) -> None:
        """Save the notebook in front."""
        self.page.keyboard.press("Control+s")
        self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").wait_for()

    def close(self) -> None:
        """Shut down what the page started, so that the next test finds an idle server."""
        with contextlib.suppress(Exception):
            self.page.evaluate("""async () => {
                  const base = document.baseURI.split('/lab')[0] + '/api/sessions';
                  const xsrf = document.cookie.match(/_xsrf=([^;]*)/)?.[1] ?? '';
                  const headers = { 'X-XSRFToken': xsrf };
                  for (const { id } of await (await fetch(base)).json()) {
                    await fetch(`${base}/${id}`, { method: 'DELETE', headers });
                  }
                }""")
