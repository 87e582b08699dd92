"""Lineage: what a run leaves of itself, and how the difference between two runs is explained."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from programs import notebook
from test_templates import context, setting

from nb2prod import api, cli
from nb2prod.errors import InputError
from nb2prod.lineage.compare import explain
from nb2prod.lineage.record import Record
from nb2prod.render.templates import render_tree

SCHEMA = json.loads((Path(__file__).parents[1] / "docs/lineage.schema.json").read_text("utf-8"))
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs a generated package whose pipeline has this body, and gives the record."""
    settings = [setting("seed", 42), setting("api_token", "hunter2")]
    tree = render_tree(context(dependencies=[], stages=[], model=None, settings=settings))
    project, work = tmp_path / "project", tmp_path / "work"
    for path, data in tree.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_bytes(data)
    work.mkdir()

    def run(body: str, *arguments: str, status: int = 0, **variables: str) -> dict[str, Any]:
        lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
        code = f"import os\ndef run(config=None, *, explore=False):\n{lines}    return locals()\n"
        (project / "src/churn/pipeline.py").write_text(code, "utf-8")
        # bytecode of the body before would count for this one: it is as long, and as old to the second
        fresh = {"PYTHONDONTWRITEBYTECODE": "1"}
        environment = {**os.environ, **fresh, "PYTHONPATH": str(project / "src"), **variables}
        done = subprocess.run(
            [sys.executable, "-m", "churn", *arguments],
            cwd=work,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stderr
        assert "not in the lineage" not in done.stderr
        record: dict[str, Any] = json.loads((work / "artifacts/lineage.json").read_text("utf-8"))
        jsonschema.validate(record, SCHEMA)
        return record

    return run


@pytest.fixture
def work(tmp_path: Path, run: Run) -> Path:
    """The folder in which the package runs, with some data."""
    (tmp_path / "work/data").mkdir()
    (tmp_path / "work/data/a.csv").write_text("x\n1\n")
    return tmp_path / "work"


def named(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["path"]: row for row in rows}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ---------------------------------------------------------------- what a run leaves


def test_files_read_and_written_are_listed_with_size_and_hash(run: Run, work: Path) -> None:
    body = """
open("data/a.csv").read()
open("out.txt", "w").write("new")
os.makedirs("artifacts/deep")
open("artifacts/deep/x.bin", "wb").write(b"1")
open("scratch", "w").close(); os.remove("scratch")
"""
    files = run(body)["files"]
    assert files["read"] == [
        {"path": "data/a.csv", "seen": "run", "size": 4, "sha256": digest(b"x\n1\n")}
        | {"state": "same"}
    ]
    (written,) = files["written"]
    assert (written["path"], written["sha256"]) == ("out.txt", digest(b"new"))
    assert [row["path"] for row in files["artifacts"]] == ["deep/x.bin"]


def test_the_hash_is_of_what_was_read_even_where_the_run_replaces_it(run: Run, work: Path) -> None:
    for name in ("over", "replaced", "removed", "anew"):
        (work / name).write_text("old")
    body = """
open("over").read(); open("over", "w").write("new")
open("replaced").read(); open("t", "w").write("new"); os.replace("t", "replaced")
open("removed").read(); os.remove("removed")
open("own", "w").write("1"); open("own").read()
open("anew", "w").write("newer"); open("anew").read()
"""
    files = run(body)["files"]
    read = named(files["read"])
    for name in ("over", "replaced", "removed"):
        assert (read[name]["sha256"], read[name]["state"]) == (digest(b"old"), "same")
    assert read["own"]["state"] == read["anew"]["state"] == "own"
    assert set(named(files["written"])) == {"over", "replaced", "own", "anew"}


@pytest.mark.skipif(sys.platform != "linux", reason="needs inotify")
def test_what_other_programs_read_and_write_is_seen(run: Run, work: Path) -> None:
    (work.parent / "beside.csv").write_text("beside")
    (work.parent / "elsewhere.csv").write_text("elsewhere")
    (work / "link.csv").symlink_to(work.parent / "elsewhere.csv")
    body = """
os.mkdir("made")
open("made/a", "w").write("1")
os.system("cat data/a.csv link.csv made/a ../beside.csv > copy.csv")
named = "../beside.csv"
"""
    record = run(body)
    read = named(record["files"]["read"])
    assert {"data/a.csv", "link.csv", "made/a", "../beside.csv"} == set(read)
    assert read["data/a.csv"]["seen"] == "folder" and read["made/a"]["state"] == "own"
    assert {"made/a", "copy.csv"} == set(named(record["files"]["written"]))
    assert record["commands"] == ["cat data/a.csv link.csv made/a ../beside.csv > copy.csv"]


def test_where_the_system_tells_nothing_the_code_does(run: Run, work: Path) -> None:
    run("os.system('cat data/a.csv')\nnamed = 'data/a.csv'")
    code = "import sys, sysconfig; sysconfig.get_paths(); sys.platform = 'other'\n"
    code += "from churn.cli import main; main([])"
    environment = {**os.environ, "PYTHONPATH": str(work.parent / "project/src")}
    subprocess.run([sys.executable, "-c", code], cwd=work, env=environment, check=True)
    files = json.loads((work / "artifacts/lineage.json").read_text("utf-8"))["files"]
    assert files["complete"] is False
    assert [(row["path"], row["seen"]) for row in files["read"]] == [("data/a.csv", "code")]


def test_databases_are_files(run: Run, work: Path) -> None:
    body = "import sqlite3\nc = sqlite3.connect('data/x.db')\n"
    body += "c.execute('create table if not exists t(a)')\nc.commit()\nc.close()\nc = None"
    assert set(named(run(body)["files"]["written"])) == {"data/x.db"}
    before = digest((work / "data/x.db").read_bytes())
    files = run(body)["files"]
    assert set(named(files["read"])) == {"data/x.db"} and not files["written"]
    changing = body.replace("c.commit()", "c.execute('insert into t values (1)'); c.commit()")
    files = run(changing)["files"]
    (row,) = files["read"]
    assert (row["seen"], row["sha256"], row["state"]) == ("run", before, "same")
    assert set(named(files["written"])) == {"data/x.db"}


def test_what_is_no_data_is_not_listed(run: Run, work: Path) -> None:
    (work / "helper.py").write_text("x = 1")
    body = """
import sys, email, ssl, zoneinfo, json.tool, linecache
sys.path.insert(0, "."); import helper
linecache.getline(json.tool.__file__, 1)
open(os.devnull).close()
zone = str(zoneinfo.ZoneInfo("Europe/Zurich"))
try: open("no such file")
except OSError: pass
try: open("data/a.csv", "x")
except OSError: pass
exec(open("script.py").read())
helper = sys = email = ssl = zoneinfo = linecache = json = None
"""
    (work / "script.py").write_text("y = 1")
    files = run(body)["files"]
    assert list(named(files["read"])) == ["script.py"] and files["written"] == []


def test_a_failed_run_is_recorded_without_what_the_error_says(run: Run, work: Path) -> None:
    record = run("open('data/a.csv').read()\nraise KeyError('secret')", status=1)
    assert record["error"] == {"kind": "KeyError", "where": "pipeline.py, line 4"}
    assert [row["path"] for row in record["files"]["read"]] == ["data/a.csv"]
    assert "secret'" not in json.dumps(record)


class Answer(BaseHTTPRequestHandler):
    """Answers with five bytes, in chunks where the path says so."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        if "chunked" in self.path:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\nhe\r\r\n2\r\n\r\n\r\n0\r\n\r\n")
        else:
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[int]:
    """A server of this machine, by its port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made.server_address[1]
        made.shutdown()
        thread.join()


def test_urls_are_listed_with_a_hash_and_without_credentials(run: Run, server: int) -> None:
    body = f"""
from urllib.request import urlopen, Request
import http.client, base64
plain = urlopen("http://127.0.0.1:{server}/x.csv?token=hunter2&page=3").read().decode()
parts = urlopen("http://127.0.0.1:{server}/chunked").read().decode()
c = http.client.HTTPConnection("127.0.0.1", {server}); c.request("GET", "/half")
r = c.getresponse(); half = r.read(2).decode(); r.close(); c.close()
urlopen = Request = http = base64 = c = r = None
"""
    record = run(body, no_proxy="*")
    rows = {row["url"].partition(str(server))[2]: row for row in record["network"]["urls"]}
    assert set(rows) == {"/x.csv?token=***&page=3", "/chunked", "/half"}
    assert rows["/x.csv?token=***&page=3"]["sha256"] == digest(b"hello")
    assert (rows["/chunked"]["size"], rows["/chunked"]["sha256"]) == (5, digest(b"he\r\r\n"))
    assert (rows["/half"]["size"], rows["/half"]["status"]) == (2, 200)
    assert "hunter2" not in json.dumps(record)


def test_no_secret_gets_into_the_record(run: Run, work: Path) -> None:
    (work / ".env").write_text("PASSWORD=hunter2")
    body = """
import subprocess
open(".env").read()
subprocess.run(["true", "--password", "hunter2", "https://me:hunter2@example.org/?sig=hunter2"])
os.system("true --api-key=hunter2 -H 'Authorization: Bearer hunter2'")
subprocess = None
"""
    record = run(body, "--data-root", f"{work}/", SHOP_KEY="hunter2", HOME=str(work.parent))
    assert record["parameters"]["data_root"] == "~/work/"
    assert "hunter2" not in json.dumps(record) and len(record["commands"]) == 2
    (row,) = record["files"]["read"]
    assert (row["path"], row["sha256"]) == (".env", None)
    assert record["parameters"]["api_token"] == "***"


def test_variables_seeds_parameters_and_metrics(run: Run) -> None:
    body = """
import random
region = os.environ.get("REGION", "none") + os.getenv("MONTH", "") + str("DAY" in os.environ)
random.seed(7)
auc, count, ok, text, infinite = 0.5, 3, True, "x", float("inf")
scores = {"f1": 0.25, "note": "text"}
random = None
"""
    record = run(body, "--seed", "5", REGION="north")
    assert record["environment"]["variables"] == ["CHURN_DATA_ROOT", "DAY", "MONTH", "REGION"]
    assert "north" not in json.dumps(record)
    seeds = record["seeds"]
    assert (seeds["config: seed"], seeds["pipeline.py: seed"]) == ([5], [7])
    assert record["parameters"]["seed"] == 5
    wanted = {"auc": 0.5, "count": 3, "infinite": "inf", "scores.f1": 0.25}
    assert record["metrics"] == wanted


def test_code_and_libraries_are_told(run: Run, tmp_path: Path) -> None:
    record = run("import jinja2\njinja2 = None")
    package = tmp_path / "project/src/churn"
    hashed = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        hashed.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    assert record["code"]["package"] == hashed.hexdigest()
    found = record["environment"]["distributions"]
    assert {"jinja2", "markupsafe"} <= {name.lower() for name in found} and "ruff" not in found
    assert run("import jinja2\njinja2 = 1")["code"]["package"] != hashed.hexdigest()


def test_the_commit_and_whether_files_differ_from_it(run: Run, tmp_path: Path) -> None:
    project = tmp_path / "project"
    git = ["git", "-C", str(project), "-c", "user.name=n", "-c", "user.email=e@example.org"]
    run("x = 1")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "m"]):
        subprocess.run([*git, *command], check=True)
    found = run("x = 1")["code"]["git"]
    assert len(found["commit"]) == 40 and found["dirty"] is False
    assert run("x = 2")["code"]["git"]["dirty"] is True


def test_older_records_are_kept(run: Run, work: Path) -> None:
    first = run("x = 1")
    assert run("x = 2")["metrics"] == {"x": 2}
    (older,) = (work / "artifacts/lineage").iterdir()
    assert json.loads(older.read_text("utf-8")) == first
    assert sorted(path.name for path in (work / "artifacts").iterdir()) == [
        "lineage",
        "lineage.json",
    ]


def test_a_run_survives_that_it_cannot_be_recorded(run: Run, work: Path) -> None:
    (work / "artifacts").write_text("in the way")
    with pytest.raises(AssertionError, match=r"not in the lineage: artifacts/lineage\.json"):
        run("x = 1")  # ended with 0, and said so


def test_recording_from_outside_goes_where_it_is_told(run: Run, work: Path) -> None:
    run("x = 1")
    before = sorted((work / "artifacts").rglob("*"))
    code = (
        "import importlib; lineage = importlib.import_module('churn.lineage')\n"
        "from churn.config import Config\n"
        "with lineage.recording(Config(), 'outer', target='o/outer.json') as outer:\n"
        "    with lineage.recording(Config(), 'inner', target='o/inner.json'):\n"
        "        open('data/a.csv').read()\n"
        "    outer.results({'y': 2})\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(work.parent / "project/src")}
    subprocess.run([sys.executable, "-c", code], cwd=work, env=environment, check=True)
    for name in ("outer", "inner"):
        record = json.loads((work / f"o/{name}.json").read_text("utf-8"))
        assert record["command"] == name
        assert "data/a.csv" in named(record["files"]["read"])
    assert sorted((work / "artifacts").rglob("*")) == before


def test_a_converted_notebook_knows_its_hash(tmp_path: Path) -> None:
    source = notebook(["total = 1 + 1"])
    (tmp_path / "shop.ipynb").write_bytes(source)
    api.write(api.convert(tmp_path / "shop.ipynb"), tmp_path / "shop")
    code = tmp_path / "shop/src/shop/lineage/code.py"
    assert f'NOTEBOOK_HASH = "{digest(source)}"' in code.read_text("utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "shop/src")}
    for kept in (True, False):
        if not kept:
            (tmp_path / "shop/notebooks/shop.ipynb").unlink()
        subprocess.run([sys.executable, "-m", "shop"], cwd=tmp_path, env=environment, check=True)
        record = json.loads((tmp_path / "artifacts/lineage.json").read_text("utf-8"))
        assert record["code"]["notebook"] == digest(source) and record["metrics"] == {"total": 2}


# ---------------------------------------------------------------- why two runs differ

RECORD: dict[str, Any] = {
    "lineage": 1,
    "package": "churn",
    "command": "run",
    "started": "2026-11-22T10:00:00.000Z",
    "seconds": 1.0,
    "error": None,
    "code": {
        "package": "a" * 64,
        "notebook": "b" * 64,
        "git": {"commit": "c" * 40, "dirty": False},
    },
    "environment": {
        "python": "3.11.7",
        "implementation": "CPython",
        "os": "Linux",
        "hardware": {"cpu": "A", "cpus": 2, "memory": 1000, "gpus": []},
        "distributions": {"pandas": "1.5.3"},
        "variables": ["REGION"],
    },
    "seeds": {"config: seed": [1], "PYTHONHASHSEED": ["random"]},
    "parameters": {"seed": 1, "rate": 0.5, "data_root": "."},
    "metrics": {"auc": 0.8},
    "files": {
        "read": [
            {"path": "data/customers.csv", "seen": "run", "size": 10, "sha256": "d" * 64}
            | {"state": "same"},
            {"path": "step.csv", "seen": "run", "size": 1, "sha256": "e" * 64, "state": "own"},
        ],
        "written": [{"path": "out.csv", "seen": "run", "size": 5, "sha256": "f" * 64}],
        "artifacts": [],
        "complete": True,
    },
    "network": {"urls": [], "hosts": []},
    "commands": [],
}
URL = {
    "url": "https://example.org/x",
    "method": "GET",
    "status": 200,
    "size": 3,
    "sha256": "a" * 64,
}


def changed(**values: object) -> dict[str, Any]:
    """Return the record with other values at paths such as files__read__0__size."""
    record = copy.deepcopy(RECORD)
    for path, value in values.items():
        *keys, last = path.split("__")
        place: Any = record
        for key in keys:
            place = place[int(key)] if key.isdigit() else place[key]
        place[last] = value
    return record


def test_the_schema_fits_the_record_of_these_tests() -> None:
    jsonschema.validate(RECORD, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed(code__package="no hash"), SCHEMA)


@pytest.mark.parametrize(
    ("changes", "group", "name", "cause"),
    [
        (
            {"files__read__0__sha256": "0" * 64},
            "data",
            "data/customers.csv",
            "; data/customers.csv changed. Code, parameters, seeds, environment and hardware are",
        ),
        ({"files__read__0__size": 12, "files__read__0__sha256": "0" * 64}, "data", None, None),
        ({"files__read": []}, "data", "data/customers.csv", "data/customers.csv changed"),
        ({"network__urls": [URL]}, "data", "https://example.org/x", "https://example.org/x chan"),
        ({"code__package": "0" * 64}, "code", "package", "the code changed"),
        ({"code__notebook": "0" * 64}, "notebook", "notebook", "no seed reaches"),
        ({"parameters__rate": 0.7}, "parameters", "rate", "parameters (rate) changed"),
        ({"seeds": {"config: seed": [2]}}, "seeds", "config: seed", "seeds (config: seed, PYTHON"),
        ({"environment__python": "3.12.0"}, "environment", "python", "environment (python) chan"),
        (
            {"environment__distributions": {"pandas": "2.1"}},
            "environment",
            "pandas",
            "environment (pandas) changed",
        ),
        ({"environment__hardware__cpu": "B"}, "hardware", "cpu", "hardware (cpu) changed"),
        ({"network__hosts": ["db:5432"]}, None, None, "likely what came from db:5432"),
        ({}, None, None, "though data, code, parameters, seeds, environment and hardware are the"),
    ],
)
def test_each_change_is_named_and_is_the_cause(
    changes: dict[str, object], group: str | None, name: str | None, cause: str | None
) -> None:
    found = explain(Record(RECORD), Record(changed(**changes, metrics__auc=0.9)))
    assert found.exit_status == 1 and found.cause.startswith("Metrics differ")
    assert cause is None or cause in found.cause, found.cause
    others = [change for change in found.changes if change.group != "metrics"]
    assert {change.group for change in others} == ({group} if group else set())
    assert name is None or name in [change.name for change in others]
    (metric,) = [change for change in found.changes if change.group == "metrics"]
    assert (metric.name, metric.before, metric.after) == ("auc", "0.8", "0.9")
    assert metric.detail == "+0.1, +12.50%"


def test_runs_that_do_not_differ_are_the_same() -> None:
    found = explain(Record(RECORD), Record(changed(started="later", seconds=9.0)))
    assert found.exit_status == 0 and found.cause.startswith("Nothing differs")
    own = changed(files__read__1__sha256="0" * 64, files__read__1__size=7)
    assert explain(Record(RECORD), Record(own)).exit_status == 0  # a step between


def test_places_and_commits_change_no_value() -> None:
    other = changed(parameters__data_root="/data", code__git=None)
    found = explain(Record(RECORD), Record(other))
    assert found.exit_status == 1 and found.cause.startswith("Nothing that matters differs")


def test_failures_and_unseeded_draws_are_the_cause() -> None:
    failed = changed(error={"kind": "KeyError", "where": "a.py, line 3"}, metrics={})
    cause = explain(Record(RECORD), Record(failed)).cause
    assert "(no error, then KeyError in a.py, line 3)" in cause
    bare = changed(seeds={"PYTHONHASHSEED": ["0"]})
    cause = explain(Record(bare), Record({**bare, "metrics": {"auc": 1}})).cause
    assert "no seed is set" in cause


def test_what_was_not_recorded_is_not_called_changed() -> None:
    found = explain(Record(RECORD), Record(changed(seeds=None, environment=None)))
    assert found.unknown == ("seeds", "environment", "hardware")
    assert found.cause.endswith("Not recorded: seeds, environment, hardware.")
    assert not found.changes or {c.group for c in found.changes} == {"parameters"}


BAD = [
    "",
    "[]",
    "{}",
    '{"lineage": "1"}',
    '{"lineage": true}',
    '{"lineage": 2}',
    '{"lineage": 1, "files": 5}',
    '{"lineage": 1, "files": {"read": [1]}}',
    '{"lineage": 1, "files": {"read": [{"path": 1}]}}',
    '{"lineage": 1, "files": {"read": {}}}',
    '{"lineage": 1, "code": {"git": "x"}}',
    '{"lineage": 1, "metrics": []}',
    '{"lineage": 1, "environment": {"hardware": []}}',
    "[" * 100_000,
    '{"lineage": ' + "9" * 5000 + "}",
    "\x00\xff",
]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_bad_records_are_one_sentence(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(RECORD), "utf-8")
    (tmp_path / "b.json").write_bytes(text.encode("latin-1"))
    assert cli.run(["lineage", str(tmp_path / "a.json"), str(tmp_path / "b.json")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_hostile_values_are_shown_and_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = "\x1b[31m[red]\n"
    record = changed(
        metrics={hostile: 10**400, "b": None, "nan": float("nan")},
        files__read=[{"path": hostile, "size": [], "sha256": 5}],
        parameters={hostile: {"a": [hostile]}},
        network__hosts=[{}, hostile],
    )
    (tmp_path / "a.json").write_text(json.dumps(RECORD), "utf-8")
    (tmp_path / "b.json").write_text(json.dumps(record), "utf-8")
    assert cli.run(["lineage", str(tmp_path / "a.json"), str(tmp_path / "b.json")]) == 1
    assert cli.run(["lineage", str(tmp_path / "b.json"), str(tmp_path / "b.json")]) in (0, 1)
    assert cli.run(["lineage", str(tmp_path / "b.json")]) == 0
    assert "\x1b[31m" not in capsys.readouterr().out


def test_the_command_reads_files_and_folders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(RECORD), "utf-8")
    (tmp_path / "project/artifacts").mkdir(parents=True)
    other = json.dumps(changed(metrics__auc=0.9, code__package="0" * 64))
    (tmp_path / "project/artifacts/lineage.json").write_text(other, "utf-8")
    first, project = str(tmp_path / "a.json"), str(tmp_path / "project")
    assert cli.run(["lineage", first, first]) == 0
    assert cli.run(["lineage", first, project]) == 1
    assert "Metrics differ; the code changed." in capsys.readouterr().out
    assert cli.run(["lineage", first, f"{project}/artifacts", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [change["group"] for change in told["changes"]] == ["code", "metrics"]
    assert cli.run(["lineage", project]) == 0
    assert "data/customers.csv" in capsys.readouterr().out
    assert cli.run(["lineage", str(tmp_path), first]) == 2
    with pytest.raises(InputError, match="cannot be read"):
        api.lineage(tmp_path / "none.json", tmp_path / "a.json")
