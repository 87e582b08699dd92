"""The REST interface of the server extension: who may ask, what is answered, what is refused."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.contents.manager import AsyncContentsManager
from programs import notebook
from tornado.simple_httpclient import HTTPTimeoutError

from nb2prod.jupyter import assets, recent
from nb2prod.jupyter.body import LIMIT
from nb2prod.jupyter.plans import plan_json
from nb2prod.jupyter.request import Request, plan_of
from nb2prod.jupyter.worker import Worker
from nb2prod.model import STAGES

pytest_plugins = ["pytest_jupyter.jupyter_server"]

ROOT = Path(__file__).parents[1]
API = ("nb2prod", "api", "v1")
CELLS = (
    "#! # Shop",
    "import json\nRATE = 0.25\nrows = [{'price': n * 10} for n in range(4)]",
    "for row in rows:\n    row['total'] = row['price'] * (1 + RATE)",
    "total = sum(row['total'] for row in rows)\nprint(total)",
)
CONTENT = json.loads(notebook(CELLS))
Ask = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One warm process for all servers of these tests."""
    found = Worker()
    yield found
    found.stop()


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return {"ServerApp": {"jpserver_extensions": {"nb2prod.jupyter": True}}}


@pytest.fixture(autouse=True)
def _one_worker(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nb2prod.jupyter.routes.Worker", lambda: worker)


@pytest.fixture
def ask(jp_fetch: Any, jp_web_app: Any) -> Iterator[Ask]:
    """Return what sends a request with a valid token and gives status and JSON."""

    async def asked(method: str, *address: str, **body: Any) -> tuple[int, Any]:
        sent = json.dumps(body) if method == "POST" else None
        answer = await jp_fetch(
            *API, *address, method=method, body=sent, raise_error=False, request_timeout=120
        )
        assert "Traceback" not in answer.body.decode()
        return answer.code, json.loads(answer.body)

    yield asked
    jobs = jp_web_app.settings["nb2prod_jobs"]
    for job in jobs:
        jobs.cancel(job.key)


# what a page of our own would send: it is not this that keeps a stranger out
_XSRF = {"Cookie": f"_xsrf={'0' * 32}", "X-XSRFToken": "0" * 32}
REQUESTS = [
    ("GET", "info"),
    ("POST", "inspect"),
    ("POST", "preview"),
    ("POST", "convert"),
    ("GET", "jobs"),
    ("POST", "jobs"),
    ("GET", "jobs/0123456789abcdef"),
    ("DELETE", "jobs/0123456789abcdef"),
    ("GET", "jobs/0123456789abcdef/report"),
]


async def test_without_a_valid_token_nothing_is_done(
    ask: Ask, jp_fetch: Any, jp_root_dir: Path
) -> None:
    (jp_root_dir / "shop.ipynb").write_bytes(notebook(CELLS))
    body = json.dumps({"kind": "verify", "path": "shop.ipynb", "content": None})
    for method, address in REQUESTS:
        for token in ("", "token wrong"):
            answer = await jp_fetch(
                *API,
                *address.split("/"),
                method=method,
                headers={"Authorization": token, **_XSRF},
                body=body if method == "POST" else None,
                raise_error=False,
            )
            assert answer.code == 403, (method, address, token)
            assert json.loads(answer.body)["message"]
    assert [path.name for path in jp_root_dir.iterdir()] == ["shop.ipynb"]
    assert await ask("GET", "jobs") == (200, [])


async def test_a_cookie_alone_does_not_post(
    ask: Ask, jp_fetch: Any, jp_base_url: str, http_server_client: Any, jp_serverapp: Any
) -> None:
    token = jp_serverapp.identity_provider.token
    entered = await http_server_client.fetch(f"{jp_base_url}api/status?token={token}")
    cookies = dict(
        part.split(";")[0].split("=", 1) for part in entered.headers.get_list("Set-Cookie")
    )
    page = await jp_fetch("login", headers={"Authorization": ""})
    cookies |= dict(
        part.split(";")[0].split("=", 1) for part in page.headers.get_list("Set-Cookie")
    )
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items()), "Authorization": ""}
    body = json.dumps({"path": "shop.ipynb", "content": CONTENT})

    async def post(**more: str) -> Any:
        url = jp_base_url + "/".join((*API, "inspect"))
        return await http_server_client.fetch(
            url, method="POST", headers=headers | more, body=body, raise_error=False
        )

    refused = await post()
    assert refused.code == 403 and "_xsrf" in json.loads(refused.body)["message"]
    assert (await post(**{"X-XSRFToken": cookies["_xsrf"]})).code == 200


async def test_info_tells_stages_and_limits(ask: Ask) -> None:
    status, told = await ask("GET", "info")
    assert status == 200 and told["api"] == 1 and told["limits"] == {"body": LIMIT}
    assert "clean" in told["stages"]


async def test_a_plan_is_of_what_the_editor_holds(ask: Ask, jp_root_dir: Path) -> None:
    (jp_root_dir / "a folder").mkdir()
    (jp_root_dir / "a folder/shop.ipynb").write_bytes(b"stale, and no notebook")
    status, plan = await ask("POST", "inspect", path="a folder/shop.ipynb", content=CONTENT)
    assert status == 200 and plan["package"] == "shop" and plan["folder"] == "a folder/shop"
    functions = [f for module in plan["modules"] for f in module["functions"]]
    assert {cell for f in functions for cell in f["cells"]} >= {2, 3}
    assert [cell["index"] for cell in plan["cells"]] == [1, 2, 3]
    broken = await ask("POST", "inspect", path="a folder/shop.ipynb", content=None)
    assert broken[0] == 422 and "not JSON" in broken[1]["message"]


async def test_a_stage_in_the_metadata_changes_the_plan(ask: Ask) -> None:
    def stages(plan: Any) -> dict[int, str]:
        return {cell["index"]: cell["stage"] for cell in plan["cells"]}

    changed = json.loads(json.dumps(CONTENT))
    changed["cells"][3]["metadata"] = {"nb2prod": {"stage": "evaluate"}}
    _, before = await ask("POST", "inspect", path="shop.ipynb", content=CONTENT)
    _, after = await ask("POST", "inspect", path="shop.ipynb", content=changed)
    _, again = await ask("POST", "inspect", path="shop.ipynb", content=CONTENT)
    assert stages(before)[3] != "evaluate" == stages(after)[3]
    assert after["cells"][2]["override"] and after["cells"][2]["reason"] == "set by the user"
    assert {f["stage"] for m in after["modules"] for f in m["functions"] if 3 in f["cells"]} == {
        "evaluate"
    }
    assert again == before


@pytest.mark.slow
def test_a_plan_of_what_was_understood_before_is_the_same_plan() -> None:
    content = json.loads((ROOT / "sample_notebooks/churn/churn.ipynb").read_text("utf-8"))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    wishes: list[dict[str, Any]] = [
        {},
        *({"stage": stage} for stage in STAGES),
        {"stage": "none such"},
        {"name": "mine", "answers": {"number-0.98": "by hand"}},
    ]
    for number, wish in enumerate(wishes):
        code[number]["metadata"]["nb2prod"] = wish  # remembered: with those of the last round
        asked = Request(path="churn.ipynb", content=content)
        remembered = plan_json(plan_of(asked))
        assert len(recent._recent) == 1
        recent._recent.clear()
        assert remembered == plan_json(plan_of(asked)), wish


async def test_what_hostile_text_comes_to_is_plain_json(ask: Ask, jp_fetch: Any) -> None:
    hostile = "x = '<script>alert(1)</script>'  # </pre><img src=x onerror=alert(2)>\nprint(x)"
    content = json.loads(notebook(["#! # <img src=x onerror=alert(3)>", hostile]))
    body = json.dumps({"path": "<b>.ipynb", "content": content})
    answer = await jp_fetch(*API, "inspect", method="POST", body=body, request_timeout=60)
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(answer.body)["package"].isidentifier()


OUTSIDE = ["../shop.ipynb", "a/../../shop.ipynb", "link/shop.ipynb", "shop.ipynb/../../x", "\0"]


async def test_paths_stay_inside_the_root(ask: Ask, jp_root_dir: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "shop.ipynb").write_bytes(notebook(CELLS))
    (jp_root_dir / "link").symlink_to(outside)
    (jp_root_dir / ".hidden").mkdir()
    (jp_root_dir / ".hidden/shop.ipynb").write_bytes(notebook(CELLS))
    for path in (*OUTSIDE, ".hidden/shop.ipynb"):
        for content in (None, CONTENT):
            status, said = await ask("POST", "inspect", path=path, content=content)
            assert status == 404 and "package" not in said, path
        asked = {"path": "shop.ipynb", "content": CONTENT, "folder": path.removesuffix(".ipynb")}
        assert (await ask("POST", "convert", **asked))[0] == 404, path
        assert (await ask("POST", "jobs", kind="batch", paths=[path]))[0] == 404, path
    status, said = await ask("POST", "inspect", path="none.ipynb", content=None)
    assert status == 404 and "none.ipynb" in said["message"]
    assert [path.name for path in outside.iterdir()] == ["shop.ipynb"]


async def test_bodies_that_are_no_request(ask: Ask, jp_fetch: Any) -> None:
    for address in ("inspect", "preview", "convert", "jobs"):
        for body in ("", "{", "[1]", "\x00", "[" * 100_000, '{"path": 3}', "{}"):
            answer = await jp_fetch(*API, address, method="POST", body=body, raise_error=False)
            assert answer.code == 400, (address, body[:9])
            assert json.loads(answer.body).keys() == {"message", "hint", "cell", "line"}
    for content in (3, "text", [], {}, {"cells": 3}, {"cells": [{"cell_type": "code"}]}):
        status, said = await ask("POST", "inspect", path="shop.ipynb", content=content)
        assert status == 422 and said["message"], content
    asked = {"path": "shop.ipynb", "content": CONTENT, "package": "../.."}
    status, said = await ask("POST", "inspect", **asked)
    assert status == 422 and "no name of a package" in said["message"]


async def test_a_body_of_100_mb_is_too_long(ask: Ask, jp_fetch: Any) -> None:
    answer = await jp_fetch(
        *API, "inspect", method="POST", body=b"x" * 100_000_000, raise_error=False
    )
    assert answer.code == 413 and "64 MB" in json.loads(answer.body)["message"]
    assert (await ask("GET", "info"))[0] == 200


async def test_fifty_requests_at_once_are_answered(ask: Ask, jp_fetch: Any) -> None:
    asked = [ask("POST", "inspect", path="shop.ipynb", content=CONTENT) for _ in range(50)]
    plans = asyncio.gather(*asked)
    await asyncio.sleep(0.05)
    await jp_fetch("api", "status")  # the server itself is not kept waiting
    assert not plans.done()
    assert {status for status, _ in await plans} == {200}


async def test_requests_that_nobody_waits_for_are_dropped(
    ask: Ask, jp_fetch: Any, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []
    monkeypatch.setattr(
        worker, "_ask", lambda *_: (time.sleep(0.2), done.append(1), (200, b"{}"))[2]
    )
    body = json.dumps({"path": "shop.ipynb", "content": CONTENT})
    asked = [
        jp_fetch(*API, "inspect", method="POST", body=body, request_timeout=0.15) for _ in range(8)
    ]
    gone = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(answer, HTTPTimeoutError) for answer in gone)
    assert (await ask("POST", "inspect", path="shop.ipynb", content=CONTENT))[0] == 200
    assert len(done) < 5


@pytest.mark.slow
async def test_convert_writes_and_does_not_replace_what_is_not_ours(
    ask: Ask, jp_fetch: Any, jp_root_dir: Path
) -> None:
    (jp_root_dir / "shop.ipynb").write_bytes(b"the user's, and older")
    asked = {"path": "shop.ipynb", "content": CONTENT, "folder": "made/shop"}
    status, made = await ask("POST", "convert", **asked)
    root = jp_root_dir / "made/shop"
    assert status == 200 and made["folder"] == "made/shop"
    assert (jp_root_dir / made["readme"]).is_file() and made["functions"] > 0
    assert (jp_root_dir / "shop.ipynb").read_bytes() == b"the user's, and older"
    _, preview = await ask("POST", "preview", **asked)
    assert {file["change"] for file in preview["files"]} == {"unchanged"}
    model = json.dumps({"type": "notebook", "content": CONTENT})
    await jp_fetch("api", "contents", "shop.ipynb", method="PUT", body=model)
    _, preview = await ask("POST", "preview", **{**asked, "content": None})
    assert {file["change"] for file in preview["files"]} == {"unchanged"}

    edited = root / "src/shop/pipeline.py"
    edited.write_text("mine = 1\n")
    _, preview = await ask("POST", "preview", **asked)
    (refused,) = [file for file in preview["files"] if file["change"] == "refused"]
    assert refused["path"] == "src/shop/pipeline.py" and "-mine = 1" in refused["diff"]
    status, said = await ask("POST", "convert", **asked)
    assert status == 409 and said["files"] == ["src/shop/pipeline.py"]
    assert (await ask("POST", "convert", **asked, force="false"))[0] == 409
    assert edited.read_text() == "mine = 1\n"
    assert (await ask("POST", "convert", **asked, force=True))[0] == 200
    assert edited.read_text() != "mine = 1\n"


async def test_refusing_to_replace_names_the_files(ask: Ask, jp_root_dir: Path) -> None:
    (jp_root_dir / "made").mkdir()
    (jp_root_dir / "made/README.md").write_text("mine")
    status, said = await ask(
        "POST", "convert", path="shop.ipynb", content=CONTENT, folder="made", force=False
    )
    assert status == 409 and said["files"] == ["README.md"] and said["hint"]
    assert [path.name for path in (jp_root_dir / "made").iterdir()] == ["README.md"]


class InMemory(AsyncContentsManager):
    """Notebooks that lie on no disk, as in a database."""

    async def get(self, path: str, content: bool = True, **_: Any) -> dict[str, Any]:
        return {"type": "notebook", "content": CONTENT, "path": path}


@pytest.mark.parametrize(
    "jp_server_config",
    [
        {
            "ServerApp": {
                "jpserver_extensions": {"nb2prod.jupyter": True},
                "contents_manager_class": InMemory,
            }
        }
    ],
)
async def test_notebooks_on_no_disk_are_planned_and_shown_but_not_written(
    ask: Ask, tmp_path: Path
) -> None:
    for content in (None, CONTENT):
        status, plan = await ask("POST", "inspect", path="in/shop.ipynb", content=content)
        assert status == 200 and plan["folder"] == "in/shop" and plan["modules"]
    status, shown = await ask("POST", "preview", path="in/shop.ipynb", content=None)
    assert status == 200 and {file["change"] for file in shown["files"]} == {"add"}
    status, said = await ask("POST", "convert", path="in/shop.ipynb", content=None, folder="x")
    assert status == 501 and "no disk" in said["message"]
    status, said = await ask("POST", "jobs", kind="batch", paths=["in/shop.ipynb"])
    assert status == 501 and "no disk" in said["message"]


async def test_the_default_folder_is_one_that_is_free(ask: Ask, jp_root_dir: Path) -> None:
    (jp_root_dir / "shop").mkdir()
    (jp_root_dir / "shop/data.csv").write_text("a\n1\n")
    _, plan = await ask("POST", "inspect", path="shop.ipynb", content=CONTENT)
    assert plan["folder"] == "shop_package"


async def _ended(ask: Ask, key: str, until: Callable[[Any], bool] | None = None) -> Any:
    """Return a job when it has ended, or as soon as it is as wanted."""
    end = time.monotonic() + 240
    while time.monotonic() < end:
        _, job = await ask("GET", "jobs", key)
        if job["state"] not in ("queued", "running") or (until and until(job)):
            return job
        await asyncio.sleep(0.1)
    raise AssertionError(job)


@pytest.mark.slow
async def test_a_batch_converts_what_it_can(ask: Ask, jp_root_dir: Path) -> None:
    (jp_root_dir / "shop.ipynb").write_bytes(notebook(CELLS))
    (jp_root_dir / "bad.ipynb").write_text("{}")
    paths = ["shop.ipynb", "bad.ipynb"]
    status, job = await ask("POST", "jobs", kind="batch", paths=paths)
    assert status == 202 and job["state"] in ("queued", "running")
    done = await _ended(ask, job["id"])
    assert done["state"] == "done" and done["report"] is None
    shop, bad = done["result"]
    assert shop["folder"] == "shop" and (jp_root_dir / "shop/README.md").is_file()
    assert bad["path"] == "bad.ipynb" and "not a Jupyter notebook" in bad["error"]["message"]
    assert [job["id"] for job in (await ask("GET", "jobs"))[1]] == [job["id"]]
    assert (await ask("GET", "jobs", job["id"], "report"))[0] == 404


@pytest.mark.slow
async def test_verify_is_a_job_with_progress_and_a_page(
    ask: Ask, jp_root_dir: Path, jp_fetch: Any
) -> None:
    slow = "import time\ntime.sleep(2)\nmark = '<script>alert(1)</script>'"
    content = json.loads(notebook([*CELLS, slow]))
    await ask("POST", "convert", path="shop.ipynb", content=content)
    _, job = await ask("POST", "jobs", kind="verify", path="shop.ipynb", content=content)
    seen = await _ended(ask, job["id"], lambda job: bool(job["progress"]["total"]))
    assert seen["state"] == "running" and seen["progress"]["text"].startswith("cell")
    done = await _ended(ask, job["id"])
    assert done["state"] == "done" and done["result"]["outcome"] == "equal"
    assert done["result"]["folder"] == "shop" and "computes" in done["result"]["words"]
    assert (jp_root_dir / "shop/.nb2prod/verdict.json").is_file()
    page = await jp_fetch(*API, "jobs", job["id"], "report")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert b"<script" not in page.body and b"&lt;script&gt;" in page.body


@pytest.mark.slow
async def test_a_cancelled_job_leaves_no_process(ask: Ask, jp_root_dir: Path) -> None:
    content = json.loads(notebook(["import time\nmarker = 'nb2prod'\ntime.sleep(1000)"]))
    others = set(_running_jobs())  # of somebody else's tests
    _, job = await ask("POST", "jobs", kind="verify", path="long.ipynb", content=content)
    _, waiting = await ask("POST", "jobs", kind="verify", path="long.ipynb", content=content)
    await _ended(ask, job["id"], lambda job: bool(job["progress"]["total"]))
    assert set(_running_jobs()) - others
    assert (await ask("GET", "jobs", waiting["id"]))[1]["state"] == "queued"
    for key in (waiting["id"], job["id"]):
        status, cancelled = await ask("DELETE", "jobs", key)
        assert status == 200 and cancelled["state"] == "cancelled"
    for _ in range(200):
        if not set(_running_jobs()) - others:
            break
        await asyncio.sleep(0.1)
    assert not set(_running_jobs()) - others
    assert list(jp_root_dir.iterdir()) == []  # verified elsewhere: nothing was written here


def _running_jobs() -> list[str]:
    """Return the command lines of what jobs have started on this machine."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            lines.append(path.read_bytes().decode())
    return [line for line in lines if "nb2prod-job-" in line]


_LOADED = """
import sys, time
import nb2prod, nb2prod.jupyter
assert not {"jupyter_server", "tornado", "libcst"} & set(sys.modules)
import jupyter_server.serverapp, jupyter_server.services.contents.filemanager
class Application:
    settings = {"base_url": "/"}
    def add_handlers(self, host, handlers): assert len(handlers) == 7
class Server:
    web_app = Application()
before, start = set(sys.modules), time.process_time()
nb2prod.jupyter._load_jupyter_server_extension(Server())
print(time.process_time() - start)
heavy = {"libcst", "black", "nbformat", "jinja2", "IPython", "nbconvert"}
assert not heavy & (set(sys.modules) - before), heavy & (set(sys.modules) - before)
assert not any("nb2prod.model" in name for name in sys.modules)
"""


def test_a_process_that_died_or_hangs_is_replaced() -> None:
    async def inspected(worker: Worker) -> tuple[int, Any]:
        body = json.dumps({"content": CONTENT}).encode()
        status, data = await worker.ask({"action": "inspect", "path": "shop.ipynb"}, body)
        return status, json.loads(data)

    worker = Worker(timeout=0.05)  # less than it takes to start
    status, said = asyncio.run(inspected(worker))
    assert status == 500 and "took longer than" in said["message"] and said["hint"]
    worker = Worker()
    assert asyncio.run(inspected(worker))[0] == 200
    worker.stop()
    assert asyncio.run(inspected(worker))[0] == 200
    worker.stop()


@pytest.mark.slow
def test_the_server_starts_as_fast_as_without() -> None:
    done = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 0.1


def test_built_assets_are_those_of_the_sources() -> None:
    assert assets.built_hash() == assets.source_hash()


def test_any_change_of_a_source_shows(tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json", "tsconfig.json", "src/a.ts", "style/a.css"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a\nb\n")
    first = assets.source_hash(tmp_path)
    (tmp_path / "src/a.ts").write_bytes(b"a\r\nb\r\n")
    assert assets.source_hash(tmp_path) == first
    (tmp_path / "src/a.ts").rename(tmp_path / "src/b.ts")
    assert assets.source_hash(tmp_path) != first
