"""`<package> data`: what is not as recorded is found and named; copies are whole and go nowhere else."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from programs import notebook

from nb2prod import api

pytestmark = pytest.mark.slow  # every test runs the package, with pandas

CELLS = (
    "import json\nimport pandas as pd\nFOLDER = 'data'",
    "shops = pd.read_csv(f'{FOLDER}/shops.csv')",
    "one = pd.read_csv('data/parts/one.csv')",
    "two = pd.read_csv('data/parts/two.csv')",
    "with open('data/limits.json') as file:\n    limits = json.load(file)",
    "rates = pd.read_csv('../shared/rates.csv')",
    "best = shops[shops['sales'] > limits['least']].merge(rates, on='kind')\n"
    "total = best['sales'].sum() + one['n'].sum() + two['n'].sum()\nprint('total', total)",
    "best.to_csv('best.csv', index=False)",
)
MAILS = [f"ann{n}@example.org" for n in range(400)]


def lay_out(folder: Path) -> Path:
    """Make a notebook with its data; return the folder of the notebook."""
    rng = random.Random(4)
    home = folder / "work"
    (home / "data/parts").mkdir(parents=True)
    (folder / "shared").mkdir()
    rows = [
        [n, MAILS[n], rng.choice("abc"), round(rng.gauss(50, 9), 2), rng.choice(["", "1", "2"])]
        for n in range(400)
    ]
    write_rows(home / "data/shops.csv", [["id", "contact", "kind", "sales", "size"], *rows])
    for name in ("one", "two"):
        write_rows(home / f"data/parts/{name}.csv", [["n"], [1], [2]])
    write_rows(folder / "shared/rates.csv", [["kind", "rate"], ["a", 1], ["b", 2], ["c", 3]])
    (home / "data/limits.json").write_text('{"least": 40}', "utf-8")
    (home / "shops.ipynb").write_bytes(notebook(CELLS))
    return home


def write_rows(path: Path, rows: list[list[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def read_rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def command(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the package, with `home` as the working directory."""
    source = home.parent / "work/shops/src"
    own = {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    return subprocess.run(
        [sys.executable, "-m", "shops", *words],
        cwd=home,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a notebook's folder with its project, the record made with pandas."""
    home = lay_out(tmp_path_factory.mktemp("original"))
    api.write(api.convert(home / "shops.ipynb"), home / "shops")
    done = command(home, "data", "record")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(original: Path, tmp_path: Path) -> Path:
    """Return a copy that a test may spoil."""
    shutil.copytree(original.parent, tmp_path / "copy")
    return tmp_path / "copy/work"


def recorded(home: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((home / "shops/src/shops/data_record.json").read_text())
    return told


# ---- check


def test_data_as_it_was_is_as_recorded(home: Path) -> None:
    done = command(home, "data", "check")
    assert done.returncode == 0, done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines() if "as recorded" in line] == [
        *("shops", "one", "two", "limits", "rates"),
    ]


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    place = data.rindex(b",1\n") + 1
    data[place : place + 1] = b"2"
    path.write_bytes(data)


def change(column: int, new: Callable[[str, int], str]) -> Callable[[Path], None]:
    def changed(path: Path) -> None:
        head, *rows = read_rows(path)
        for number, row in enumerate(rows):
            row[column] = new(row[column], number)
        write_rows(path, [head, *rows])

    return changed


def drop(path: Path) -> None:
    write_rows(path, [row[:3] + row[4:] for row in read_rows(path)])


FAULTS: dict[str, tuple[str, Callable[[Path], None], tuple[str, ...]]] = {
    "a changed byte": ("shops", flip, ("content changed", "rows are the same")),
    "a dropped column": ("shops", drop, ("column sales is not there any more",)),
    "a shifted distribution": (
        "shops",
        change(3, lambda old, n: str(float(old) + 9)),
        ("column sales: distribution shifted, Kolmogorov", "column sales: distribution shifted, p"),
    ),
    "other categories": (
        "shops",
        change(2, lambda old, n: "new" if n % 5 == 0 else old),
        ("column kind: 20.0% new categories",),
    ),
    "missing values": (
        "shops",
        change(3, lambda old, n: "" if n % 4 == 0 else old),
        ("column sales: 25.0% missing, 0.0% recorded",),
    ),
    "another kind": (
        "shops",
        change(3, lambda old, n: f"{old} EUR"),
        ("column sales holds text, not number",),
    ),
    "fewer rows": (
        "shops",
        lambda path: write_rows(path, read_rows(path)[:-1]),
        ("399 rows, 400 recorded",),
    ),
    "a missing file": ("shops", Path.unlink, ("data/shops.csv is not there",)),
    "another table": (
        "limits.json",
        lambda path: path.write_text('{"least": 41}', "utf-8"),
        ("limits.json: content changed",),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_and_named(home: Path, fault: str) -> None:
    name, spoil, said = FAULTS[fault]
    spoil(home / "data" / (name if "." in name else f"{name}.csv"))
    done = command(home, "data", "check")
    assert done.returncode == 1 and not done.stderr
    for text in said:
        assert text in done.stdout, done.stdout
    told = json.loads(command(home, "data", "check", "--json").stdout)
    bad = [source["source"] for source in told["sources"] if source["problems"]]
    assert told["as_recorded"] is False and bad == [name.partition(".")[0]]


def test_files_outside_and_moved_ones_are_found_where_the_settings_say(home: Path) -> None:
    (home / "data").rename(home / "elsewhere")
    assert command(home, "data", "check").returncode == 1
    told = json.loads(command(home, "data", "check", "--folder", "elsewhere", "--json").stdout)
    states = {source["source"]: source["state"] for source in told["sources"]}
    assert states["shops"] == "as recorded" and states["rates"] == "as recorded"


def test_thresholds_can_be_edited_and_stay(home: Path) -> None:
    FAULTS["a shifted distribution"][1](home / "data/shops.csv")
    place = home / "shops/src/shops/data_thresholds.json"
    limits = json.loads(place.read_text("utf-8"))
    limits["columns"] = {"sales": {"psi": 99, "ks": 1}}
    place.write_text(json.dumps(limits), "utf-8")
    done = command(home, "data", "check")
    assert "column sales: distribution" not in done.stdout and "content changed" in done.stdout
    again = api.with_own_data(api.convert(home / "shops.ipynb"), home / "shops")
    api.write(again, home / "shops")
    assert json.loads(place.read_text("utf-8")) == limits
    assert recorded(home)["made"]["by"] == "data record"


def test_a_record_of_other_sources_gives_way(home: Path) -> None:
    cells = [cell.replace("limits.json", "bounds.json") for cell in CELLS]
    (home / "shops.ipynb").write_bytes(notebook(cells))
    made = api.with_own_data(api.convert(home / "shops.ipynb"), home / "shops")
    api.write(made, home / "shops", force=True)
    assert recorded(home)["made"]["by"] == "convert"


def test_a_record_holds_no_rows_and_nothing_personal(home: Path) -> None:
    text = json.dumps(recorded(home))
    assert "@" not in text and len(text) < 12_000
    columns = recorded(home)["tables"]["load_shops"][""]["columns"]
    assert columns["contact"] == {"kind": "text", "missing": 0.0, "distinct": 400}
    assert set(columns["kind"]["categories"]) == {"a", "b", "c"}
    assert len(columns["sales"]["edges"]) == 9 and "edges" not in columns["id"]


def test_convert_records_what_lies_beside_the_notebook(tmp_path: Path) -> None:
    home = lay_out(tmp_path)
    (home / "data/limits.json").unlink()
    write_rows(home / "data/shops.csv", [["ann@example.org", "5"], ["bob@example.org", "6"]])
    (tmp_path.parent / f"{tmp_path.name}-far.csv").write_text("a,b\n1,2\n")
    api.write(api.convert(home / "shops.ipynb"), home / "shops")
    sources = recorded(home)["sources"]
    (facts,) = sources["shops"]["files"].values()
    assert facts["rows"] == 2 and "columns" not in facts  # its first line holds values
    assert sources["rates"]["files"]["../shared/rates.csv"]["columns"] == ["kind", "rate"]
    assert sources["limits"]["files"] == {} and recorded(home)["tables"] == {}


@pytest.mark.parametrize("place", ["/etc/passwd", "../../../../etc/passwd", "link.csv", "pipe.csv"])
def test_convert_describes_nothing_of_other_places(tmp_path: Path, place: str) -> None:
    (tmp_path / "a/b/c").mkdir(parents=True)
    home = tmp_path / "a/b/c"
    (home / "link.csv").symlink_to("/etc/passwd")
    os.mkfifo(home / "pipe.csv")
    (home / "n.ipynb").write_bytes(notebook([f"import pandas as pd\nx = pd.read_csv({place!r})"]))
    package = api.convert(home / "n.ipynb")
    (record,) = (json.loads(d) for p, d in package.files.items() if p.name == "data_record.json")
    assert all(source["files"] == {} for source in record["sources"].values())


@pytest.mark.parametrize(
    "cell", ["x = 1", "from sklearn.datasets import load_iris\nd = load_iris()"]
)
def test_a_package_without_data_has_no_data_commands(cell: str) -> None:
    package = api.convert(notebook([cell, "print(2)"]), name="plain")
    assert not [path for path in package.files if "data" in path.parts]
    assert (
        b"data.execute" not in package.files[next(p for p in package.files if p.name == "cli.py")]
    )


# ---- snapshot and restore


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where a snapshot may lie, and the environment that reaches it."""
    if request.param == "folder":
        yield str(tmp_path / "kept"), {}
        return
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    reach = {"AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_DEFAULT_REGION": "us-east-1"}
    reach |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    import boto3

    s3 = boto3.client(
        "s3",
        **dict(
            zip(
                ("endpoint_url", "region_name", "aws_access_key_id", "aws_secret_access_key"),
                reach.values(),
                strict=True,
            )
        ),
    )
    s3.create_bucket(Bucket="kept")
    yield "s3://kept/shops", reach
    server.stop()


def test_a_restored_package_runs_and_gives_the_same_values(
    home: Path, place: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    target, reach = place
    first = command(home)
    assert first.returncode == 0, first.stderr
    done = json.loads(command(home, "data", "snapshot", target, "--json", **reach).stdout)
    assert len(done["copied"]) == 5 - 1 and not done["missing"]  # the two parts are alike
    again = json.loads(command(home, "data", "snapshot", target, "--json", **reach).stdout)
    assert again["copied"] == [] and len(again["there"]) == 5
    empty = tmp_path / "empty/work"
    (empty / "shops").mkdir(parents=True)
    shutil.copytree(home / "shops/src", empty / "shops/src")
    done = json.loads(command(empty, "data", "restore", target, "--json", **reach).stdout)
    assert len(done["copied"]) == 5 and not done["missing"]
    options = [word for pair in done["options"].items() for word in pair]
    assert options == ["--rates-path", "outside/up/shared/rates.csv"]
    second = command(empty, *options)
    assert second.stdout == first.stdout and "total" in first.stdout
    assert (empty / "best.csv").read_bytes() == (home / "best.csv").read_bytes()
    assert command(empty, "data", "check", *options).returncode == 0


def snapshot(home: Path, target: Path) -> dict[str, Any]:
    done = command(home, "data", "snapshot", str(target))
    assert done.returncode == 0, done.stdout + done.stderr
    index: dict[str, Any] = json.loads((target / "index.json").read_text("utf-8"))
    return index


def test_a_snapshot_says_where_each_file_came_from(home: Path, tmp_path: Path) -> None:
    index = snapshot(home, tmp_path / "kept")
    entries = {entry["path"]: entry for entry in index["files"]}
    assert set(entries) == {
        "data/shops.csv",
        "data/limits.json",
        "data/parts/one.csv",
        "data/parts/two.csv",
        "outside/up/shared/rates.csv",
    }
    entry = entries["data/shops.csv"]
    assert entry["bytes"] == (home / "data/shops.csv").stat().st_size
    assert entry["from"].endswith("work/data/shops.csv") and entry["when"].endswith("+00:00")
    names = {path.name for path in (tmp_path / "kept/objects").rglob("*") if path.is_file()}
    assert names == {entry["sha256"] for entry in index["files"]}


def test_what_changed_is_added_and_nothing_is_replaced(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "kept"
    snapshot(home, target)
    before = {
        p: p.read_bytes() for p in target.rglob("*") if p.is_file() and p.name != "index.json"
    }
    flip(home / "data/shops.csv")
    index = snapshot(home, target)
    assert len([e for e in index["files"] if e["path"] == "data/shops.csv"]) == 2
    assert {p: p.read_bytes() for p in before} == before
    flip_back = read_rows(home / "data/shops.csv")
    (home / "data/shops.csv").unlink()
    assert command(home, "data", "restore", str(target)).returncode == 0
    assert read_rows(home / "data/shops.csv") == flip_back  # the newest


def test_an_interrupted_snapshot_is_resumed_and_a_damaged_one_named(
    home: Path, tmp_path: Path
) -> None:
    target = tmp_path / "kept"
    index = snapshot(home, target)
    first, second, *_ = sorted(path for path in target.glob("objects/*/*"))
    first.rename(first.with_name(".partial-0123"))
    (target / "index.json").unlink()
    done = json.loads(command(home, "data", "snapshot", str(target), "--json").stdout)
    assert first.exists() and len(done["copied"]) == 1
    assert len(done["copied"]) + len(done["there"]) == len(index["files"])
    second.write_bytes(b"damaged")
    said = command(home, "data", "snapshot", str(target))
    assert said.returncode == 1 and second.name in said.stderr and "damaged" in said.stderr
    shutil.rmtree(home / "data")
    said = command(home, "data", "restore", str(target))
    assert said.returncode == 1 and "Traceback" not in said.stderr
    assert not [path for path in home.rglob(".partial*")]


def test_a_missing_source_is_named_and_the_others_are_copied(home: Path, tmp_path: Path) -> None:
    (home / "data/limits.json").unlink()
    done = command(home, "data", "snapshot", str(tmp_path / "kept"))
    assert done.returncode == 1 and "data/limits.json is not there" in done.stdout
    assert "4 copied" in done.stdout or "3 copied, 1 already there" in done.stdout


def test_restore_replaces_nothing(home: Path, tmp_path: Path) -> None:
    snapshot(home, tmp_path / "kept")
    (home / "data/shops.csv").write_text("mine", "utf-8")
    (home / "data/limits.json").unlink()
    done = command(home, "data", "restore", str(tmp_path / "kept"))
    assert done.returncode == 1 and "data/shops.csv is there and differs" in done.stdout
    assert (home / "data/shops.csv").read_text("utf-8") == "mine"
    assert not (home / "data/limits.json").exists()


HOSTILE = {
    "a folder above": "../evil.csv",
    "above, later": "data/parts/../../../evil.csv",
    "an absolute path": "/tmp/evil.csv",
    "a drive": "C:/evil.csv",
    "backslashes": "data\\parts\\evil.csv",
    "a hook": ".git/hooks/post-checkout",
    "code": "conftest.py",
    "code where data may be": "data/parts/evil.py",
    "no source": "other/evil.csv",
    "through a link": "data/parts/link/evil.csv",
    "a control character": "data/parts/a\nb.csv",
    "nothing": "",
}


@pytest.mark.parametrize("path", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_index_writes_nothing(home: Path, tmp_path: Path, path: str) -> None:
    target = tmp_path / "kept"
    index = snapshot(home, target)
    (tmp_path / "away").mkdir()
    (home / "data/parts/link").symlink_to(tmp_path / "away")
    for entry in index["files"]:
        if entry["source"] == "one":
            entry["path"] = path
    (target / "index.json").write_text(json.dumps(index), "utf-8")
    (home / "data/limits.json").unlink()
    before = sorted(tmp_path.rglob("*"))
    done = command(home, "data", "restore", str(target))
    assert done.returncode == 1 and "no file of a source" in done.stderr, done.stdout
    assert "Traceback" not in done.stderr and sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"files": 3}', '{"format": 1, "package": "shops", "files": [{"path": 1}]}',
     '{"format": 1, "package": "shops", "files": [{"path": "data/shops.csv", "source": "shops",'
     ' "sha256": "../../x", "bytes": 1}]}', '{"format": 1, "package": "other", "files": []}'],
)  # fmt: skip
def test_a_broken_index_is_said_to_be_one(home: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "index.json").write_text(text, "utf-8")
    for word in ("restore", "snapshot"):
        done = command(home, "data", word, str(tmp_path))
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert done.stderr.startswith(f"shops data {word}: ")


def test_more_than_the_index_says_is_not_copied(home: Path, tmp_path: Path) -> None:
    index = snapshot(home, tmp_path / "kept")
    for entry in index["files"]:
        entry["bytes"] = 1
    (tmp_path / "kept/index.json").write_text(json.dumps(index), "utf-8")
    shutil.rmtree(home / "data")
    done = command(home, "data", "restore", str(tmp_path / "kept"))
    assert done.returncode == 1 and "larger than it was" in done.stderr
    assert not list(home.glob("data/*.csv"))


def test_sources_of_the_network_are_listed_and_copied_on_request(tmp_path: Path) -> None:
    import functools
    import http.server
    import threading

    (tmp_path / "web").mkdir()
    (tmp_path / "web/a.csv").write_text("a,b\n1,2\n", "utf-8")
    handler = functools.partial(
        http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "web")
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = tmp_path / "work"
    home.mkdir()
    url = f"http://127.0.0.1:{server.server_port}/a.csv"
    cell = f"import pandas as pd\na = pd.read_csv('{url}')"
    (home / "shops.ipynb").write_bytes(notebook([cell, "print(a.shape)"]))
    api.write(api.convert(home / "shops.ipynb"), home / "shops")
    kept = str(tmp_path / "kept")
    assert f"{url} is on the network" in command(home, "data", "snapshot", kept).stdout
    done = command(home, "data", "snapshot", kept, "--download")
    assert done.returncode == 0 and "1 copied" in done.stdout, done.stderr
    server.shutdown()
    done = command(home, "data", "restore", kept, "--json")
    (option,) = json.loads(done.stdout)["options"].items()
    assert option[0] == "--a-url" and Path(home, option[1]).read_text() == "a,b\n1,2\n"
    assert "(1, 2)" in command(home, "--explore", *option).stdout
