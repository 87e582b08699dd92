"""The inventory of data: what is found, where, how it was obtained; what it never shows; its faces."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nb2prod import api, cli
from nb2prod.inventory import shell, tables
from nb2prod.inventory.content import kind
from nb2prod.inventory.markdown import parts
from nb2prod.inventory.masking import masked
from nb2prod.model import Source

CASES = sorted((Path(__file__).parent / "cases/sources").glob("*.txt"))
SCHEMA = json.loads(
    (Path(__file__).parents[1] / "docs/data_sources.schema.json").read_text("utf-8")
)
COMMANDS = tables.HERE / "commands.toml"
_LIBRARIES = [path for path in tables.files() if path != COMMANDS]


def document(cells: Sequence[str]) -> bytes:
    """Return a notebook of code cells."""
    rows = [
        {
            "cell_type": "code",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": cell,
        }
        for cell in cells
    ]
    data = {"cells": rows, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(data).encode()


def found(*cells: str) -> tuple[Source, ...]:
    """Return the inventory of a notebook of these cells."""
    return api.sources(document(cells), consumers=False)


def line(source: Source) -> str:
    """Return an entry as a line of a case."""
    place = source.resolved if source.resolved is not None else f"? {source.location}"
    told = f" <- {source.obtained_by}" if source.obtained_by else ""
    return f"{source.cell}:{source.line} {source.direction} {source.kind} {place}{told}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_cases(case: Path) -> None:
    """A case holds cells, each after `# %%`, then after `# entries` a line for each entry."""
    code, _, wanted = case.read_text("utf-8").partition("# entries\n")
    cells = [cell.strip("\n") for cell in code.split("# %%\n")[1:]]
    assert [line(source) for source in found(*cells)] == wanted.splitlines()


# ---------------------------------------------------------------- the tables


def rows(path: Path) -> list[dict[str, Any]]:
    return list(tomllib.loads(path.read_text("utf-8")).get("call", []))


EXAMPLES = [
    pytest.param(path.stem, row, example, wanted, id=f"{path.stem} {wanted}: {example}")
    for path in _LIBRARIES
    for row in rows(path)
    for wanted in ("yes", "no")
    for example in row.get(wanted, ())
]


@pytest.mark.parametrize(("library", "row", "example", "wanted"), EXAMPLES)
def test_examples_of_rows(library: str, row: dict[str, Any], example: str, wanted: str) -> None:
    roots = set(re.findall(r"(?<![\w.'])([a-zA-Z_]\w*)(?=\.)", example)) | {library} - {"stdlib"}
    entries = found(*(f"import {root}" for root in sorted(roots - UNBOUND)), f"kept = {example}")
    names = [name.rpartition(".")[2].replace("*", "") for name in row["name"].split()]
    told = [s for s in entries if any(name in s.call for name in names)]
    assert bool(told) is (wanted == "yes") or _told_by_its_file(row, entries), entries
    if wanted == "yes" and told and "mode" not in row and "query" not in row:
        assert {s.direction for s in told} == {p[:-1] for p in ("reads", "writes") if p in row}


UNBOUND = {
    "frame",
    "array",
    "bag",
    "rdd",
    "sc",
    "spark",
    "dbutils",
    "data",
    "figure",
    "graph",
    "model",
    "cloud",
}
UNBOUND |= {"page", "chart", "nlp", "trainer", "generator", "grid", "text", "csv"}


def _told_by_its_file(row: dict[str, Any], entries: Sequence[Source]) -> bool:
    """Say whether the row is about an open file, which stands in the inventory where it is opened."""
    return bool(row.get("stream")) and [s.call for s in entries] == ["open"]


@pytest.mark.parametrize("path", _LIBRARIES, ids=lambda path: path.stem)
def test_tables_are_sound(path: Path) -> None:
    own = {*tables.Row.__dataclass_fields__, "name", "yes", "no"}
    named = [name for row in rows(path) for name in row["name"].split()]
    assert sorted(named) == sorted(set(named))
    for row in rows(path):
        assert set(row) <= own, row
        for port in ("reads", "writes"):
            tables.Port(**row.get(port, {}))
    for name in named:
        assert name.startswith((".", f"{path.stem}.")) or path.stem == "stdlib", name


COMMAND_EXAMPLES = [
    pytest.param(example, wanted, id=f"{wanted}: {example}")
    for row in tomllib.loads(COMMANDS.read_text("utf-8"))["command"]
    for wanted in ("yes", "no")
    for example in row[wanted]
]


@pytest.mark.parametrize(("example", "wanted"), COMMAND_EXAMPLES)
def test_examples_of_commands(example: str, wanted: str) -> None:
    assert bool(found(f"!{example}", "x = 1")) is (wanted == "yes")
    assert bool(found(f"import os\nos.system({example!r})")) is (wanted == "yes")


@pytest.mark.parametrize(
    "example",
    [e for r in tomllib.loads(COMMANDS.read_text("utf-8"))["magic"] for e in r.get("yes", ())],
)
def test_examples_of_magics(example: str) -> None:
    assert found(example, "x = 1")


def test_a_table_is_read_only_where_the_library_is_imported(monkeypatch: Any) -> None:
    read: list[str] = []
    table = tables._table
    monkeypatch.setattr(tables, "_table", lambda library: read.append(library) or table(library))
    found("import pandas as pd\npd.read_csv('a.csv')")
    assert "pandas" in read and "keras" not in read


# ---------------------------------------------------------------- no credential is shown

SECRETS = [
    "pd.read_csv('https://bob:hunter2@example.org/a.csv')",
    "pd.read_csv('https://example.org/a.csv?api_key=hunter2&x=1')",
    "import sqlalchemy\nsqlalchemy.create_engine('postgresql://bob:hunter2@db/sales')",
    "import psycopg2\npsycopg2.connect(host='db', password='hunter2')",
    "import psycopg2\npsycopg2.connect('host=db password=hunter2')",
    "!wget --password=hunter2 https://example.org/a.zip\n!unzip a.zip\npd.read_csv('b.csv')",
    "!curl -H 'Authorization: Bearer hunter2hunter2' https://example.org/a.csv -o a.csv",
    "%sql postgresql://bob:hunter2@db/sales\n",
    "import subprocess\nsubprocess.run(['wget', '--password', 'hunter2', 'https://h.org/a.csv'])",
    "token = 'hunter2'\npd.read_csv(f'https://example.org/a.csv?token={token}')",
]


@pytest.mark.parametrize("cell", SECRETS)
def test_no_credential_is_shown(cell: str) -> None:
    entries = found("import pandas as pd", cell)
    assert entries and "hunter2" not in repr(entries)


@given(st.text(alphabet="abcXYZ019_.@:/", min_size=1), st.sampled_from(["db", "h.org:5432"]))
def test_a_password_in_a_url_is_never_left(password: str, host: str) -> None:
    plain = password.replace("/", "") + "!Zq"
    assert "!Zq" not in masked(f"postgresql://bob:{plain}@{host}/x")


def test_what_only_looks_like_a_secret_stays() -> None:
    for text in (
        "data/tokens.csv",
        "author = 'x'",
        "keyboard=3",
        "sort(key='name')",
        "s3://b/secrets.csv",
    ):
        assert masked(text) == text


# ---------------------------------------------------------------- files at hand


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., Path]:
    def make(*cells: str) -> Path:
        path = tmp_path / "sales.ipynb"
        path.write_bytes(document(cells))
        return path

    return make


def test_files_at_hand_are_described(tmp_path: Path, notebook: Callable[..., Path]) -> None:
    (tmp_path / "a.csv").write_text('id;day;price;note\n1;2020-01-02;1.5;"x\ny"\n2;2020-01-03;;z\n')
    (tmp_path / "b.json").write_text('[{"k": 1}, {"k": 2.5, "t": "x"}]')
    path = notebook("import pandas as pd\npd.read_csv('a.csv')['price']\npd.read_json('b.json')")
    first, second = api.sources(path, consumers=False)
    assert (first.rows, first.bytes) == (2, (tmp_path / "a.csv").stat().st_size)
    assert first.schema == {"id": "integer", "day": "date", "price": "number", "note": "text"}
    assert first.columns == ("price",) and first.sha256 and len(first.sha256) == 64
    assert (second.rows, second.schema) == (2, {"k": "number", "t": "text"})


def test_files_elsewhere_on_the_machine_stay_unread(notebook: Callable[..., Path]) -> None:
    cells = "open('/etc/hostname')\nopen('../../../../../../../../etc/hostname')\nopen('~/.bashrc')"
    assert all(s.sha256 is None for s in api.sources(notebook(cells), consumers=False))


@given(st.lists(st.text(), max_size=20))
def test_every_column_of_texts_has_a_kind(texts: list[str]) -> None:
    assert kind(texts) in {"integer", "number", "boolean", "date", "text", "empty"}


# ---------------------------------------------------------------- entries


def test_names_are_unique_and_stable() -> None:
    cells = [
        "import pandas as pd",
        *["pd.read_csv('raw/a.csv')"] * 4,
        "pd.read_csv(x)",
        "pd.read_csv('1.csv')",
    ]
    names = [source.name for source in found(*cells)]
    assert len(set(names)) == len(names) and all(re.fullmatch(r"[a-z]\w*", name) for name in names)
    assert names == [source.name for source in found(*cells)]


def test_columns_that_the_notebook_makes_are_none_of_the_source() -> None:
    (source,) = found(
        "import pandas as pd\ndf = pd.read_csv('a.csv')\ndf['new'] = df['old'] * 2\n"
        "df['new'].mean()\ndf[['x', 'y']].groupby(by='x')"
    )
    assert source.columns == ("old", "x", "y")


def test_consumers_are_functions_of_the_package() -> None:
    cells = [
        "import pandas as pd",
        "df = pd.read_csv('a.csv')",
        "df = df.dropna()",
        "df.to_csv('b.csv')",
    ]
    source, sink = api.sources(document(cells), name="sales")
    assert "sales.data_sources.load_a" in source.consumers and len(source.consumers) > 1
    assert sink.consumers and set(sink.consumers) < set(source.consumers)


def test_intermediates_are_no_sources() -> None:
    entries = found("import pandas as pd", "df = f()\ndf.to_csv('b.csv')", "pd.read_csv('b.csv')")
    assert list(parts(entries)) == ["Written", "Intermediates"]


# ---------------------------------------------------------------- hostile input

HOSTILE = [
    "x = 'a' * 10**12\nopen(x)",
    "open('%1000000000d' % 3)\nopen('{:>1000000000}'.format(1))\nopen(f'{1:>1000000000}')",
    "open('a'.ljust(10**12))\nopen('a'.zfill(10**12))",
    "p = 'a'\nfor i in range(10**12):\n    p = p + p\nopen(p)",
    "def f(x):\n    return f(x + 'a')\nopen(f('b'))",
    "class A(A): pass\nA().x",
    "l = []\nl.append(l)\nfor x in l:\n    open(x)\nopen(l)",
    "d = {}\nd['a'] = d\nfor k, v in d.items(): open(v)",
    "open('\\0')\nopen('\\ue000')",
    "x = " + "-" * 500 + "1",
    "from os.path import join\nopen(join(*[str(i) for i in range(1000)]))",
    "".join(f"{' ' * i}for {c} in 'abcdefgh':\n" for i, c in enumerate("vwxyz"))
    + "     open(v + w + x + y + z)",
    "x = 9 ** 9 ** 9\ny = 1 << 10 ** 10\nopen(str(x))",
    "!" + "wget " * 2000,
    "%%bash\n'",
]


@pytest.mark.parametrize("cell", HOSTILE)
def test_hostile_cells_end_soon(cell: str) -> None:
    start = time.process_time()
    found(cell, "open('z.txt')")
    assert time.process_time() - start < 5


@given(st.text(max_size=60))
def test_any_command_line_is_split(text: str) -> None:
    for simple in shell.commands(text):
        assert all(moved.direction in ("read", "write") for moved in shell.moved(simple))


@given(st.lists(st.lists(st.text("bcdf", min_size=1), min_size=1), min_size=1))
def test_plain_words_are_the_commands_of_a_line(lines: list[list[str]]) -> None:
    found = shell.commands(" && ".join(map(" ".join, lines)))
    assert [list(simple.words) for simple in found] == lines


# ---------------------------------------------------------------- faces


def run(capsys: Any, *arguments: str | Path) -> tuple[int, str, str]:
    status = cli.run(["sources", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, out, err


def test_json(capsys: Any, notebook: Callable[..., Path]) -> None:
    status, out, _ = run(capsys, notebook("open('a.txt')"), "--json")
    (entry,) = json.loads(out)["sources"]
    assert status == 0 and entry["resolved"] == "a.txt" and entry["consumers"]
    jsonschema.validate({"version": 1, "notebook": "x", "sources": [entry]}, SCHEMA)


def test_errors_of_one_notebook_stop_no_other(
    capsys: Any, tmp_path: Path, notebook: Callable[..., Path]
) -> None:
    path = notebook("open('a.txt')")
    for number in range(9):
        (tmp_path / f"copy{number}.ipynb").write_bytes(path.read_bytes())
    (tmp_path / "broken.ipynb").write_text("{")
    status, out, err = run(capsys, tmp_path, tmp_path / "missing.ipynb", "--json")
    done = json.loads(out)["notebooks"]
    assert (
        status == 2 and "broken.ipynb" in err and "missing.ipynb" in err and "Traceback" not in err
    )
    assert len(done) == 12 and sum(len(row["sources"]) for row in done) == 10


def test_csv_and_markdown(capsys: Any, notebook: Callable[..., Path]) -> None:
    path = notebook("open('=1+1|<b>.txt')\nopen('out.txt', 'w')")
    _, table, _ = run(capsys, path, "--csv")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["direction"] for row in rows] == ["read", "write"]
    assert rows[0]["resolved"] == "'=1+1|<b>.txt"
    _, text, _ = run(capsys, path, "--markdown")
    assert "## Sources" in text and "## Written" in text and "<b>" not in text
    _, shown, _ = run(capsys, path)
    assert "out.txt" in shown


def test_every_package_has_data_sources(notebook: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    cells = ["import pandas as pd", "df = pd.read_csv('a.csv')\ndf['x']", "pd.read_csv(unknown)"]
    package = api.convert(notebook(*cells))
    text = next(
        data for path, data in package.files.items() if path.name == "data_sources.yml"
    ).decode()
    assert text.startswith("# ")
    data = yaml.safe_load(text)
    jsonschema.validate(data, SCHEMA)
    assert [row["resolved"] for row in data["sources"]] == ["a.csv", None]
    assert data["sources"][0]["rows"] == 1 and data["sources"][0]["consumers"]


def test_the_documentation_has_every_field() -> None:
    text = (Path(__file__).parents[1] / "docs/data-sources.md").read_text("utf-8")
    for field in SCHEMA["definitions"]["source"]["required"]:
        assert f"| `{field}` |" in text, field
    assert set(SCHEMA["definitions"]["source"]["properties"]) == set(Source.__dataclass_fields__)


RECORD = {
    "lineage": 1,
    "files": {
        "read": [
            {"path": "a.csv", "seen": "run", "size": 3, "sha256": None, "state": "same"},
            {"path": "new.csv", "seen": "run", "size": 3, "sha256": None, "state": "own"},
            {"path": "parts/1.csv", "seen": "run", "size": 3, "sha256": None, "state": "same"},
            {"path": "hidden.csv", "seen": "run", "size": 3, "sha256": None, "state": "same"},
        ],
        "written": [{"path": "new.csv", "seen": "run", "size": 3, "sha256": None}],
        "artifacts": [],
    },
    "network": {"urls": [], "hosts": []},
}


def traced(capsys: Any, path: Path, record: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    status, out, _ = run(capsys, path, "--trace", "--record", record, "--json")
    assert status == 0
    for row in json.loads(out)["trace"]:
        yield row["place"] + row["direction"][0], row


def test_trace(capsys: Any, tmp_path: Path, notebook: Callable[..., Path]) -> None:
    project = tmp_path / "project" / ".nb2prod"
    project.mkdir(parents=True)
    (project / "lineage.json").write_text(json.dumps(RECORD))
    path = notebook(
        "import glob\nopen('a.csv')\nopen('new.csv', 'w')\nopen('new.csv')\nopen('gone.csv')\n"
        "[open(p) for p in glob.glob('parts/*.csv')]\nopen(unknown)"
    )
    rows = dict(traced(capsys, path, tmp_path / "project"))
    assert rows["a.csvr"]["names"] == ["a"] and rows["a.csvr"]["run"] == "read, 3 bytes"
    assert rows["parts/1.csvr"]["names"] and rows["new.csvw"]["run"].startswith("written")
    assert "written itself" in rows["new.csvr"]["why"] and "branch" in rows["gone.csvr"]["why"]
    assert (
        rows["hidden.csvr"]["names"] == []
        and "open(unknown) in cell 0" in rows["hidden.csvr"]["why"]
    )


def test_trace_without_a_record_says_what_to_do(capsys: Any, notebook: Callable[..., Path]) -> None:
    status, _, err = run(capsys, notebook("open('a.csv')"), "--trace")
    assert status == 2 and "nb2prod verify" in err


def test_personal_columns_are_flagged_by_values_and_by_name(
    tmp_path: Path, notebook: Callable[..., Path]
) -> None:
    rows = "".join(f"{n},ada{n}@museum.net,{n}\n" for n in range(9))
    (tmp_path / "people.csv").write_text(f"id,contact,email_count\n{rows}", "utf-8")
    reads = 'a = pd.read_csv("people.csv")\nb = pd.read_csv("gone.csv")\nb["email"]'
    here, gone = api.sources(notebook(f"import pandas as pd\n{reads}"), consumers=False)
    assert here.personal == {"contact": "e-mail address"}
    assert list(gone.personal) == ["email"]
