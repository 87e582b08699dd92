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
def running(folder: Path, application: str = "jupyterlab") -> Iterator[Server]:
    """Start a server in `folder`; NB2PROD_LAB_PYTHON is the Python that has it, this one by default."""
    python = os.environ.get("NB2PROD_LAB_PYTHON", sys.executable)
    root = folder / "root"
    root.mkdir()
    server = Server(f"http://127.0.0.1:{_free_port()}", secrets.token_hex(16), root)
    command = [
        *(python, "-m", application, "--no-browser", "--allow-root"),
        *(f"--ServerApp.port={server.url.rsplit(':', 1)[1]}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={server.token}", f"--ServerApp.root_dir={root}"),
    ]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=_environment(folder),
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
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment: a home of its own, with the extension of this checkout."""
    share, config = folder / "share", folder / "config"
    extensions, servers = share / "labextensions", config / "jupyter_server_config.d"
    settings = folder / "settings" / NEWS
    for path in (extensions, servers, settings.parent):
        path.mkdir(parents=True)
    (extensions / "nb2prod").symlink_to(ROOT / "nb2prod" / "jupyter" / "labextension")
    enabled = {"ServerApp": {"jpserver_extensions": {"nb2prod.jupyter": True}}}
    (servers / "nb2prod.json").write_text(json.dumps(enabled))
    settings.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "JUPYTER_PATH": str(share),
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "MPLBACKEND": "Agg",
    }


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
