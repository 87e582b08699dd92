"""The requests on long jobs: start, list, look at, cancel, and the page of a verdict."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated, stream_request_body

from nb2prod.jupyter.body import JsonHandler
from nb2prod.jupyter.elsewhere import Elsewhere
from nb2prod.jupyter.handlers import OnNotebook
from nb2prod.jupyter.jobs import Job, JobList
from nb2prod.jupyter.options import options_of
from nb2prod.jupyter.places import place

_KINDS = ("verify", "batch")
_MOST = 500  # notebooks of a batch
Prepared = tuple[str, dict[str, Any], bytes]  # the path to show, the request, its body


class OnJobs(JsonHandler):
    """What all requests on jobs share."""

    @property
    def jobs(self) -> JobList:
        """The server's jobs."""
        found: JobList = self.settings["nb2prod_jobs"]
        return found

    def job(self, key: str) -> Job:
        """Return a job; raise HTTPError where there is none."""
        found = self.jobs.get(key)
        if not found:
            raise HTTPError(404, "There is no such job; the server may have started anew.")
        return found

    def json(self, job: Job) -> dict[str, Any]:
        """Return a job as JSON data."""
        return job.json(url_path_join(self.base_url, "nb2prod/api/v1/jobs", job.key, "report"))


@stream_request_body
class Jobs(OnJobs, OnNotebook):
    """All jobs, and a new one."""

    @authenticated
    @authorized(action="read")
    async def get(self) -> None:
        """Answer with the jobs that the server remembers, the last one first."""
        self.finish(json.dumps([self.json(job) for job in reversed(list(self.jobs))]))

    @authenticated
    @authorized(action="write")
    @authorized(action="execute", resource="kernels")
    async def post(self) -> None:
        """Start a job. It takes the right to use kernels, as verifying runs the notebook."""
        loop = asyncio.get_running_loop()
        given, body = await loop.run_in_executor(None, self.given)
        kind = given.get("kind")
        if not isinstance(kind, str) or kind not in _KINDS:
            raise HTTPError(400, f"`kind` of a job is one of {', '.join(_KINDS)}.")
        with contextlib.ExitStack() as undo:
            scratch = self.jobs.scratch()
            undo.callback(shutil.rmtree, scratch, ignore_errors=True)
            prepare = self._verify if kind == "verify" else self._batch
            path, request, body = await prepare(given, body, scratch)
            job = await loop.run_in_executor(
                None, self.jobs.add, kind, path, request, body, scratch
            )
            if not job:
                raise HTTPError(429, "Too many jobs are waiting; cancel one, or try again later.")
            undo.pop_all()
        self.set_status(202)
        self.finish(json.dumps(self.json(job)))

    async def _verify(self, given: dict[str, Any], body: bytes, scratch: Path) -> Prepared:
        path = given["path"] if isinstance(given.get("path"), str) else ""
        try:
            options_of(given)
        except ValueError as error:
            raise HTTPError(400, str(error)) from None
        request, body = await self.on_notebook(given, body)
        if request["place"] is None:
            elsewhere = Elsewhere(self.contents_manager, self.settings["nb2prod_worker"])
            request, _ = await elsewhere.copied(request, body, scratch / "copy")
        return path, request, body

    async def _batch(self, given: dict[str, Any], body: bytes, scratch: Path) -> Prepared:
        paths = given.get("paths")
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise HTTPError(400, "`paths` of a batch is a list of notebooks.")
        if not 0 < len(paths) <= _MOST:
            raise HTTPError(400, f"A batch has at least 1 and at most {_MOST} notebooks.")
        places = {path.strip("/"): await place(self.contents_manager, path) for path in paths}
        if None in places.values():
            raise HTTPError(
                501, "These notebooks lie on no disk of this server: convert one at a time."
            )
        shown = {path: str(where) for path, where in places.items()}
        return ", ".join(shown), {"places": shown}, b"{}"


class OneJob(OnJobs):
    """One job."""

    @authenticated
    @authorized(action="read")
    async def get(self, key: str) -> None:
        """Answer with how far it is."""
        self.finish(json.dumps(self.json(self.job(key))))

    @authenticated
    @authorized(action="execute", resource="kernels")
    async def delete(self, key: str) -> None:
        """Cancel it."""
        self.job(key)
        self.jobs.cancel(key)
        self.finish(json.dumps(self.json(self.job(key))))


class JobReport(OnJobs):
    """The page of a verdict: it runs and loads nothing, and the browser sees to that, too."""

    @property
    def content_security_policy(self) -> str:
        """No script, no request, no access to the page around it."""
        return "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"

    @authenticated
    @authorized(action="read")
    async def get(self, key: str) -> None:
        """Answer with the page."""
        report = self.job(key).report
        if report is None:
            raise HTTPError(404, "This job has no report.")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.finish(report, set_content_type="text/html; charset=utf-8")
