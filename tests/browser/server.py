"""A JupyterLab server of its own for tests: token and XSRF on, nothing of the user's settings."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
NEWS = "@jupyterlab/apputils-extension/notification.jupyterlab-settings"


@dataclass(frozen=True)
class Server:
    """Where a server is, its token, and the folder whose notebooks it shows."""

    url: str
    token: str
    root: Path

    def address(self, path: str) -> str:
        """Return an address that logs in."""
        return f"{self.url}/{path}?token={self.token}"


@contextlib.contextmanager
def running(
    folder: Path, application: str = "jupyterlab", installed: Path | None = None
) -> Iterator[Server]:
    """Start a server in `folder`, with the extension of this checkout.

    NB2PROD_LAB_PYTHON is the Python that has the server, this one by default. `installed` is one that
    has the extension, too: nothing of the checkout is used then.
    """
    python = installed or os.environ.get("NB2PROD_LAB_PYTHON", sys.executable)
    root = folder / "root"
    root.mkdir()
    server = Server(f"http://127.0.0.1:{_free_port()}", secrets.token_hex(16), root)
    command = [
        *(str(python), "-m", application, "--no-browser", "--allow-root"),
        *(f"--ServerApp.port={server.url.rsplit(':', 1)[1]}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={server.token}", f"--ServerApp.root_dir={root}"),
    ]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment(folder) if installed else _with_checkout(environment(folder)),
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            cwd=root,
        )
        try:
            _wait(server, process, log)
            yield server
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):  # a kernel that still starts
                process.wait(60)
            process.kill()


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a server: a home of its own, and no news of JupyterLab."""
    settings = folder / "settings" / NEWS
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}))
    dropped = ("JUPYTER", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {
        **kept,
        "HOME": str(folder),
        "JUPYTER_PATH": str(folder / "share"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "MPLBACKEND": "Agg",
    }


def _with_checkout(given: dict[str, str]) -> dict[str, str]:
    """Add the extension of this checkout to an environment."""
    extensions = Path(given["JUPYTER_PATH"], "labextensions")
    servers = Path(given["JUPYTER_CONFIG_DIR"], "jupyter_server_config.d")
    for path in (extensions, servers):
        path.mkdir(parents=True)
    (extensions / "nb2prod").symlink_to(ROOT / "nb2prod" / "jupyter" / "labextension")
    enabled = {"ServerApp": {"jpserver_extensions": {"nb2prod.jupyter": True}}}
    (servers / "nb2prod.json").write_text(json.dumps(enabled))
    return {**given, "PYTHONPATH": str(ROOT)}


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(server.address("api/status"), timeout=5).close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"The server does not start:\n{log.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
