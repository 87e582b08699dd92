"""Which address of the REST interface is answered by what; docs/jupyter-api.md describes them."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from jupyter_server.utils import url_path_join

from nb2prod.jupyter.handlers import Convert, Info, Inspect, Preview
from nb2prod.jupyter.job_handlers import JobReport, Jobs, OneJob
from nb2prod.jupyter.jobs import JobList
from nb2prod.jupyter.worker import Worker

API = "nb2prod/api/v1"
_ID = "(?P<key>[0-9a-f]{16})"


def routes(settings: MutableMapping[str, Any]) -> list[tuple[str, type]]:
    """Return addresses with their handlers, and put what these share into the server's settings."""
    settings["nb2prod_worker"] = Worker()
    settings["nb2prod_jobs"] = JobList()
    table: dict[str, type] = {
        "info": Info,
        "inspect": Inspect,
        "preview": Preview,
        "convert": Convert,
        "jobs": Jobs,
        f"jobs/{_ID}": OneJob,
        f"jobs/{_ID}/report": JobReport,
    }
    base = settings["base_url"]
    return [(url_path_join(base, API, address), handler) for address, handler in table.items()]
