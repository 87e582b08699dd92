"""Verification: what is equal is said to be, every sabotage is found, and no failure is a traceback."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from programs import notebook

from nb2prod import api, cli
from nb2prod.verify import sides
from nb2prod.verify.verdict import Verdict

CELLS = (
    "import json\nRATE = 0.25\nrows = [{'price': n * 10, 'city': c} for n, c in enumerate('abca')]",
    "def taxed(price):\n    return price * (1 + RATE)",
    "# ## Clean\nfor row in rows:\n    row['total'] = taxed(row['price'])\nkept = rows[1:]",
    "total = sum(row['total'] for row in kept)\ncities = sorted({row['city'] for row in kept})",
    "with open('total.json', 'w') as file:\n    json.dump({'total': total}, file)\nprint(total)",
)


@pytest.fixture
def project(tmp_path: Path) -> Callable[[Sequence[str]], Path]:
    """Return what writes a notebook and its project, shop/, side by side."""

    def made(cells: Sequence[str]) -> Path:
        (tmp_path / "shop.ipynb").write_bytes(notebook(cells))
        api.write(api.convert(tmp_path / "shop.ipynb"), tmp_path / "shop")
        return tmp_path / "shop"

    return made


def verified(project: Path, **options: object) -> Verdict:
    return api.verify(project, project.parent / "shop.ipynb", **options)  # type: ignore[arg-type]


def test_the_same_values_files_and_stages_are_equal(
    project: Callable[[Sequence[str]], Path],
) -> None:
    made = project(CELLS)
    before = {path.name for path in made.parent.iterdir()}
    verdict = verified(made)
    assert verdict.outcome == "equal" and verdict.exit_status == 0
    found = {row.name: row.status for row in verdict.values}
    assert found["total"] == found["kept"] == found["rows"] == "equal"
    assert found["taxed"] == "not comparable" and "json" not in found
    assert [(row.name, row.status) for row in verdict.files] == [("total.json", "equal")]
    assert verdict.printed and verdict.printed.status == "equal"
    assert {path.name for path in made.parent.iterdir()} == before  # both ran in copies
    kept = json.loads((made / ".nb2prod/verdict.json").read_text("utf-8"))
    assert kept["outcome"] == "equal" and len(kept["made_on"]["notebook"]) == 64


SABOTAGE = {
    "a constant": ("0.25", "0.26"),
    "an operator": ("price * (1 +", "price * (1 -"),
    "a slice": ("rows[1:]", "rows[:-1]"),
    "a dropped change": ('row["total"] = ', "_ = "),
    "an order": ("sorted({", "list({"),
    "a file": ('{"total": total}', '{"sum": total}'),
    "a type": ("sum(row", "float(1) and str(sum(row"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new"), SABOTAGE.values(), ids=SABOTAGE)
def test_sabotage_is_found(project: Callable[[Sequence[str]], Path], old: str, new: str) -> None:
    made = project(CELLS)
    spoiled = 0
    for path in made.glob("src/**/*.py"):
        text = path.read_text("utf-8")
        if old in text:
            text = text.replace(old, new)
            if new.endswith("str(sum(row"):
                text = text.replace("for row in kept)", "for row in kept))", 1)
            path.write_text(text, "utf-8")
            spoiled += 1
    assert spoiled
    verdict = verified(made)
    assert verdict.outcome in ("different", "package failed") and verdict.exit_status == 1


@pytest.mark.slow
def test_what_differs_from_itself_is_not_held_against_the_package(
    project: Callable[[Sequence[str]], Path],
) -> None:
    verdict = verified(project(["import random", "a = random.random()\nb = 2", "print(a, b)"]))
    assert verdict.outcome == "equal"
    (row,) = [row for row in verdict.values if row.name == "a"]
    assert row.status == "not reproducible" and "unseeded draw in cell 1" in row.detail


@pytest.mark.slow
def test_a_notebook_that_was_edited_since_is_said_to_be(
    project: Callable[[Sequence[str]], Path],
) -> None:
    made = project(CELLS)
    assert not any("edited since" in note for note in verified(made).notes)
    edited = [cell.replace("0.25", "0.5") for cell in CELLS]
    (made.parent / "shop.ipynb").write_bytes(notebook(edited))
    verdict = verified(made)
    assert verdict.outcome == "different" and "was edited since" in verdict.notes[-1]


def test_a_notebook_that_fails_is_said_to_with_cell_and_error(
    project: Callable[[Sequence[str]], Path],
) -> None:
    verdict = verified(project(["a = 1", "b = {}['key']", "c = 2"]))
    assert verdict.outcome == "notebook failed" and verdict.exit_status == 2
    assert verdict.error and (verdict.error["kind"], verdict.error["cell"]) == ("KeyError", 1)


@pytest.mark.slow
def test_a_package_that_fails_is_a_verdict(project: Callable[[Sequence[str]], Path]) -> None:
    made = project(CELLS)
    pipeline = made / "src/shop/pipeline.py"
    pipeline.write_text("import no_such_module\n" + pipeline.read_text("utf-8"), "utf-8")
    verdict = verified(made)
    assert verdict.outcome == "package failed" and verdict.exit_status == 1
    assert verdict.error and verdict.error["kind"] in ("ModuleNotFoundError", "SyntaxError")


@pytest.mark.slow
def test_hanging_and_killed_runs_are_verdicts(project: Callable[[Sequence[str]], Path]) -> None:
    made = project(["a = 1", "while a:\n    pass", "b = 2"])
    verdict = verified(made, timeout=3)
    assert verdict.error and verdict.error["kind"] == "Timeout"
    assert "cell 1" in verdict.error["place"]
    (made.parent / "shop.ipynb").write_bytes(
        notebook(["import os, signal", "os.kill(os.getpid(), signal.SIGKILL)"])
    )
    verdict = verified(made)
    assert verdict.error and verdict.error["kind"] == "Killed"


@pytest.mark.slow
def test_memory_and_network_are_limited(project: Callable[[Sequence[str]], Path]) -> None:
    made = project(["a = bytearray(2_000_000_000)"])
    verdict = verified(made, memory=1_000_000_000)
    assert verdict.error and verdict.error["kind"] == "MemoryError"
    cells = ["import socket", "s = socket.create_connection(('192.0.2.1', 80), timeout=5)"]
    (made.parent / "shop.ipynb").write_bytes(notebook(cells))
    verdict = verified(made)
    assert verdict.error and "--allow-network" in verdict.error["message"]


@pytest.mark.slow
def test_the_runs_of_a_package_share_one_import_and_those_of_the_notebook_none(
    project: Callable[[Sequence[str]], Path],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    log = tmp_path_factory.mktemp("log") / "imported"
    code = f"with open({str(log)!r}, 'a') as log:\n    log.write('x')\nRATE = 2\n"
    (tmp_path / "library.py").write_text(code, "utf-8")
    explored = "import matplotlib.pyplot as plt\nplt.plot([r['price'] for r in rows])\nplt.show()"
    made = project(["import library", *CELLS, "doubled = library.RATE * total", explored])
    assert verified(made).apart  # it ran at least twice
    assert log.read_text() == "xxx"


# a program of its own, for which Python's own block of the network is nothing
CALL = (
    "import subprocess, sys\n"
    "code = 'import socket; socket.create_connection((\"127.0.0.1\", {port}), timeout=5)'\n"
    "reached = subprocess.run([sys.executable, '-c', code], stderr=-3).returncode == 0"
)
LOOPBACK = (
    "import socket\n"
    "server = socket.create_server(('127.0.0.1', 0))\n"
    "client = socket.create_connection(server.getsockname(), timeout=5)\n"
    "client.close()\nserver.close()"
)


@pytest.mark.slow
def test_started_programs_have_no_network_or_it_is_said_that_they_have(
    project: Callable[[Sequence[str]], Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    text = sides.RUNNER.read_text("utf-8").replace("libc.unshare(", "libc.unshare(~")
    helpless = tmp_path_factory.mktemp("runner") / "runner.py"
    helpless.write_text(text, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as outside:
        call = CALL.replace("{port}", str(outside.getsockname()[1]))
        made = project([call, LOOPBACK, "assert not reached"])
        verdict = verified(made)  # where there are no namespaces, this is said
        assert (verdict.outcome == "notebook failed") == bool(verdict.notes)
        assert verdict.outcome == "equal" or "AssertionError" in str(verdict.error)
        monkeypatch.setattr(sides, "RUNNER", helpless)
        verdict = verified(made)
        assert verdict.error and verdict.error["kind"] == "AssertionError"
        (note,) = verdict.notes
        assert "no network namespaces" in note
        assert verified(made, network=True).notes == ()


@pytest.mark.slow
def test_data_behind_a_link_is_copied_too(
    project: Callable[[Sequence[str]], Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = tmp_path_factory.mktemp("elsewhere") / "data.txt"
    data.write_text("1")
    made = project(["a = open('data.txt').read()", "print(a, file=open('data.txt', 'w'))"])
    (made.parent / "data.txt").symlink_to(data)
    (made.parent / "gone").symlink_to("nowhere")
    assert verified(made).outcome == "equal"
    assert data.read_text() == "1"


@pytest.mark.slow
def test_a_large_folder_is_not_copied_unasked(
    project: Callable[[Sequence[str]], Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = project(["a = 1"])
    monkeypatch.chdir(made.parent)
    with (made.parent / "raw.bin").open("wb") as file:
        file.truncate(3_000_000_000)  # takes no room: it has no content
    (made.parent / "again").symlink_to(".")  # a folder without end
    for command in (["verify", "shop.ipynb", "shop"], ["convert", "shop.ipynb", "--verify"]):
        assert cli.run(command) == 2
        said = capsys.readouterr().err
        assert "larger than 2 GB (in it raw.bin, 3 GB)" in said and "--copy-limit" in said
    (made.parent / "raw.bin").write_bytes(bytes(1_500_000))
    assert cli.run(["verify", "shop.ipynb", "shop", "--copy-limit", "1M"]) == 2
    (made.parent / "raw.bin").rename(made / "raw.bin")  # the project itself is not copied
    assert cli.run(["verify", "shop.ipynb", "shop", "--copy-limit", "1M"]) == 0


def test_bad_input_is_one_sentence(
    project: Callable[[Sequence[str]], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    made = project(["a = 1"])
    for arguments in (
        [str(made.parent)],
        [str(made), "--python", "/no/python"],
        [str(made), "--kernel", "no-such-kernel"],
        [str(made.parent / "none.ipynb"), str(made)],
        [str(made), "--html", str(made.parent / "none" / "page.html")],
    ):
        assert cli.run(["verify", *arguments]) == 2
        said = capsys.readouterr().err
        assert said.startswith("nb2prod: ") and said.count("\n") == 1
    for wrong in (["--memory", "inf"], ["--memory", "-1G"], ["--timeout", "0"]):
        assert cli.run(["verify", str(made), *wrong]) == 2


@pytest.mark.slow
def test_the_command_prints_a_table_or_json_and_ends_with_the_verdict(
    project: Callable[[Sequence[str]], Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = project(CELLS)
    monkeypatch.chdir(made.parent)
    assert cli.run(["verify", "shop.ipynb", "shop"]) == 0
    shown = capsys.readouterr().out
    assert "total.json" in shown and "computes what the notebook computes" in shown
    assert cli.run(["verify", "shop", "--json"]) == 0  # the notebook that the project keeps
    assert json.loads(capsys.readouterr().out)["counts"]["equal"] >= 4


@pytest.mark.slow
def test_the_page_shows_everything_and_runs_nothing_of_the_notebook(
    project: Callable[[Sequence[str]], Path], tmp_path: Path
) -> None:
    evil = "</pre><script>alert(1)</script>"
    cells = [f"#! # A <b>title</b> {evil}", f"a = '{evil}'  # {evil}", "b = len(a)", "print(b)"]
    page = tmp_path / "report.html"
    verified(project(cells), html=page)
    text = page.read_text("utf-8")
    assert "<script" not in text and "<b>title" not in text
    assert "default-src 'none'" in text
    assert text.count("&lt;script&gt;") >= 3  # title, cell and function
    assert "b: equal" in text and "cell 2" in text


@pytest.mark.slow
def test_modules_beside_the_notebook_keep_their_names_apart_from_ours(
    project: Callable[[Sequence[str]], Path], tmp_path: Path
) -> None:
    (tmp_path / "config.py").write_text("X = 5\n", "utf-8")
    (tmp_path / "helpers.py").write_text("def g(a):\n    return a + 1\n", "utf-8")
    (tmp_path / "pk").mkdir()
    (tmp_path / "pk/__init__.py").touch()
    (tmp_path / "pk/a.py").write_text("import helpers\nz = helpers.g(3)\n", "utf-8")
    cells = [
        "from config import X\nimport helpers\nimport pk.a",
        "def h(a):\n    return helpers.g(a) * 2",
        "b = h(X) + pk.a.z",
    ]
    verdict = verified(project(cells))
    assert [row.status for row in verdict.values if row.name == "b"] == ["equal"]


@pytest.mark.slow
def test_where_stages_cannot_be_stored_exploration_is_still_left_out(
    project: Callable[[Sequence[str]], Path],
) -> None:
    made = project(CELLS)
    pipeline = made / "src/shop/pipeline.py"
    (made / "src/shop/artifacts.py").write_text(
        "STAGES: tuple[str, ...] = ('clean',)\nclass ArtifactError(Exception):\n    pass\n", "utf-8"
    )
    text = pipeline.read_text("utf-8")
    head = "    config = config or Config()\n"
    stop = (
        "    if stage:\n"
        "        from shop.artifacts import ArtifactError\n"
        "        raise ArtifactError('no')\n"
    )
    assert head in text
    text = text.replace("explore: bool = False", "explore: bool = False, stage: str | None = None")
    pipeline.write_text(text.replace(head, head + stop), "utf-8")
    verdict = verified(made)
    found = {row.name: row.status for row in verdict.apart}
    assert verdict.outcome == "equal" and found.pop("(stages)") == "not comparable"
    assert set(found.values()) == {"equal"}
