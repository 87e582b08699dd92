"""The face in JupyterLab: a server extension, and the panel that asks it.

Nothing heavy is imported before the first request: the server's start pays for this alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "nb2prod.jupyter"}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": str(Path(__file__).with_name("labextension")), "dest": "nb2prod"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Add the handlers of the REST interface to a Jupyter server."""
    from nb2prod.jupyter.routes import routes

    application: Any = server.web_app
    application.add_handlers(".*$", routes(application.settings))
