"""What a verified run leaves as tests: small calls that pass, and fail when their function is broken."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import notebook

from nb2prod import api, cli

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "templates" / "tests"))
sys.path.insert(0, str(ROOT / "nb2prod" / "verify"))

import recorder  # noqa: E402
from recording.differences import difference  # noqa: E402
from recording.summaries import summary  # noqa: E402
from recording.values import Stale, read, write  # noqa: E402

FRAMES = {
    "types": pd.DataFrame(
        {"a": [1, 2], "b": [0.1, math.nan], "c": ["x", None], "d": [True, False]}
    ),
    "times": pd.DataFrame({"t": pd.to_datetime(["2020-01-02", None])}, index=[5, 9]),
    "category": pd.DataFrame({"k": pd.Categorical(["b", "a"], ["b", "a"], ordered=True)}),
    "numbered columns": pd.DataFrame([[1, 2], [3, 4]]),
    "doubled columns": pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "two levels": pd.DataFrame(
        {"n": [1, 2]}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])
    ),
    "named index": pd.DataFrame({"n": [1, 2]}, index=pd.Index(["x", "y"], name="key")),
    "nothing": pd.DataFrame(),
    "text that looks like numbers": pd.DataFrame({"zip": ["01", "1"], "e": ["", "NaN"]}),
    "small floats": pd.DataFrame({"f": np.array([0.1, 1e-30], dtype="float32")}),
    "mixed": pd.DataFrame({"m": [1, "1", None]}, dtype=object),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_tables_are_read_as_they_were_written(frame: pd.DataFrame, tmp_path: Path) -> None:
    spec = json.loads(json.dumps(write(frame, tmp_path, "frame")))
    pd.testing.assert_frame_equal(read(spec, tmp_path), frame)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
    | st.tuples(inner, inner),
    max_leaves=8,
)


@given(PLAIN)
def test_plain_values_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, value: Any
) -> None:
    folder = tmp_path_factory.mktemp("value")
    spec = json.loads(json.dumps(write(value, folder, "value")))
    assert difference(read(spec, folder), value, "value", 0.0) is None


def test_arrays_and_their_numbers_stay_in_open_formats(tmp_path: Path) -> None:
    for value in (np.arange(6.0).reshape(2, 3), np.float32(0.1), {1, 2}, (1, [np.int64(3)])):
        spec = write(value, tmp_path, "value")
        assert difference(read(spec, tmp_path), value, "value", 0.0) is None
    assert not list(tmp_path.glob("*.pickle"))


def test_a_pickle_of_another_version_or_content_is_not_read(tmp_path: Path) -> None:
    spec = write(np.array([{1: 2}], dtype=object), tmp_path, "objects")
    assert spec["versions"]["numpy"] == np.__version__
    with pytest.raises(Stale):
        read({**spec, "versions": {"numpy": "0.1"}}, tmp_path)
    (tmp_path / spec["pickle"]).write_bytes(b"other")
    with pytest.raises(ValueError, match="not the file"):
        read(spec, tmp_path)


CHANGES: dict[str, tuple[Any, Any]] = {
    "a number": (1.0, 1.001),
    "a type": (1, 1.0),
    "an order": ([1, 2], [2, 1]),
    "a key": ({"a": 1}, {"b": 1}),
    "a cell": (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 3]})),
    "a column's type": (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1.0]})),
    "an index": (pd.Series([1, 2]), pd.Series([1, 2], index=[0, 2])),
    "a column's name": (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
    "a shape": (np.zeros((2, 1)), np.zeros((1, 2))),
    "a missing value": (np.array([1.0, np.nan]), np.array([1.0, 0.0])),
    "a word": ("mean 1.0", "mode 1.0"),
    "a number in a text": ("mean 1.0", "mean 1.1"),
}


@pytest.mark.parametrize(("one", "other"), CHANGES.values(), ids=CHANGES)
def test_differences_are_found_and_equal_values_have_none(one: Any, other: Any) -> None:
    assert difference(one, other, "value", 1e-6)
    assert difference(one, one, "value", 1e-6) is None
    assert difference(1.0 + 1e-9, 1.0, "value", 1e-6) is None


def test_summaries_tell_values_apart() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    for other in (frame.assign(a=[1.0, 3.0]), frame.assign(b=["x", "z"]), frame.iloc[:1]):
        assert summary(frame) != summary(other)
    assert json.loads(json.dumps(summary(frame))) == summary(frame.copy())


def test_what_has_one_length_is_cut_at_the_same_rows_and_keeps_the_awkward_ones() -> None:
    n = 1000
    table = pd.DataFrame({"id": range(n), "x": np.ones(n), "kind": ["a"] * n})
    table.loc[700, "x"] = math.nan
    table.loc[800, "kind"] = "rare"
    table.loc[900, "x"] = 99.0
    cut = recorder.reduced({"X": table, "y": np.arange(n), "names": list(range(n)), "k": 3}, 30)
    kept = cut["X"]["id"].tolist()
    assert kept == cut["y"].tolist() == cut["names"] and cut["k"] == 3
    assert {0, 700, 800, 900} <= set(kept) and len(kept) < 100


def test_large_texts_are_cut_at_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "".join(f"{n},{'x' * 20}\n" for n in range(5000)), "utf-8")
    lines = recorder.some_of(path).decode().splitlines()
    assert lines[:2] == ["a,b", "0," + "x" * 20] and 60 < len(lines) < 300
    assert all(line.count(",") == 1 for line in lines)
    path.write_text("a,b\n" + '1,"two\nlines"\n' * 5000, "utf-8")
    assert pd.read_csv(path, nrows=5).equals(pd.read_csv(tmp_path / "a.csv", nrows=5))
    assert recorder.some_of(path).count(b'"') % 2 == 0


# ---- a whole project

CELLS = (
    "import random\nimport pandas as pd\nimport matplotlib.pyplot as plt\nLIMIT = 3",
    "#! ## Load",
    "shops = pd.read_csv('data/shops.csv')",
    "#! ## Clean",
    "shops['sales'] = shops['sales'].fillna(0)\nshops = shops[shops['size'] >= LIMIT]",
    "#! ## Plot",
    "plt.bar(shops['name'], shops['sales'])\nplt.title('Sales')\nplt.show()",
    "#! ## Train",
    "random.seed(1)\nguess = [random.random() < 0.5 for _ in shops['sales']]",
    "#! ## Evaluate",
    "accuracy = sum(g == (s > 5) for g, s in zip(guess, shops['sales'])) / len(guess)\n"
    "print('accuracy', accuracy)",
)


def lay_out(folder: Path, cells: Sequence[str] = CELLS) -> Path:
    (folder / "data").mkdir(exist_ok=True)
    rows = [f"s{n},{n % 7},{'' if n % 9 == 4 else n % 11}" for n in range(200)]
    (folder / "data/shops.csv").write_text("name,size,sales\n" + "\n".join(rows) + "\n", "utf-8")
    (folder / "shops.ipynb").write_bytes(notebook(cells))
    return folder / "shops"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that was verified."""
    project = lay_out(tmp_path_factory.mktemp("shops"))
    convert(project)
    return project


def convert(project: Path, *options: str) -> int:
    notebook = project.parent / "shops.ipynb"
    return cli.run(["convert", str(notebook), "--output", str(project), "--verify", *options])


def run_tests(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": "", "MPLBACKEND": "Agg", "PYTHONHASHSEED": "5"}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)


@pytest.fixture
def elsewhere(made: Path, tmp_path: Path) -> Path:
    """Return a copy of the project in a folder without the data."""
    return Path(shutil.copytree(made, tmp_path / "elsewhere"))


@pytest.mark.slow
def test_recorded_calls_pass_in_another_folder_without_the_data(elsewhere: Path) -> None:
    done = run_tests(elsewhere, "tests/test_golden_calls.py", "-rs")
    assert done.returncode == 0 and "skipped" not in done.stdout, done.stdout
    calls = {path.parent.name for path in elsewhere.glob("tests/golden/calls/*/call.json")}
    plan = api.make_plan(api.analyse(api.read(elsewhere / "notebooks/shops.ipynb")))
    assert calls == {function.name for function in plan.functions}


FAULTS: dict[str, tuple[str, str]] = {
    "a filled value": ("fillna(0)", "fillna(1)"),
    "a comparison": (">= limit", "> limit"),
    "a title": ('"Sales"', '"Sale"'),
    "what is drawn": ('shops["sales"])\n    plt.title', 'shops["size"])\n    plt.title'),
    "a seed": ("random.seed(1)", "random.seed(2)"),
    "what is printed": ('"accuracy"', '"acc"'),
    "a number": ("> 5", "> 6"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new"), FAULTS.values(), ids=FAULTS)
def test_a_broken_function_fails_its_recorded_call(elsewhere: Path, old: str, new: str) -> None:
    hits = 0
    for path in elsewhere.glob("src/**/*.py"):
        text = path.read_text("utf-8")
        if old in text and path.name not in ("cli.py", "pipeline.py"):
            path.write_text(text.replace(old, new), "utf-8")
            hits += 1
    assert hits
    assert run_tests(elsewhere, "tests/test_golden_calls.py").returncode == 1


@pytest.mark.slow
def test_all_tests_pass_beside_the_data_and_the_contract_is_kept(made: Path) -> None:
    done = run_tests(made)
    assert done.returncode == 0, done.stdout
    contract = json.loads((made / "src/shops/data_contract.json").read_text("utf-8"))
    terms = contract["load_shops"][""]
    assert terms["rows"] == {"at_least": 20, "at_most": 2000}
    assert terms["columns"]["name"] == {"kind": "text", "missing": 0.0, "unique": True}
    assert terms["columns"]["size"]["at_least"] == 0


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(project / "src"), "MPLBACKEND": "Agg"}
    command = [sys.executable, "-m", "shops", *arguments]
    return subprocess.run(
        command, cwd=project.parent, env=environment, capture_output=True, text=True
    )


@pytest.mark.slow
def test_a_bad_metric_is_refused_and_edited_bounds_stay(made: Path) -> None:
    path = made / "src/shops/metrics.json"
    bounds = json.loads(path.read_text("utf-8"))
    assert bounds["accuracy"]["at_least"] < bounds["accuracy"]["verified"]
    assert run(made).returncode == 0
    bounds["accuracy"]["at_least"] = 0.99
    path.write_text(json.dumps(bounds), "utf-8")
    refused = run(made)
    assert refused.returncode == 1 and "accuracy is" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert run_tests(made, "tests/test_metrics.py").returncode == 1
    assert convert(made) == 0
    assert json.loads(path.read_text("utf-8")) == bounds


@pytest.mark.slow
def test_changed_data_is_warned_of(made: Path, tmp_path: Path) -> None:
    project = lay_out(tmp_path)
    shutil.copytree(made, project)
    (tmp_path / "data/shops.csv").write_text("name,size,sales\na,4,1000000\nb,5,\n", "utf-8")
    said = run(project).stderr
    assert "2 rows, not 20 to 2000" in said and "column sales: 1000000" in said


@pytest.mark.slow
def test_evidence_stays_with_its_code_and_goes_with_other_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = lay_out(tmp_path)
    assert convert(project) == 0
    notebook_path = str(tmp_path / "shops.ipynb")
    before = {p: p.read_bytes() for p in project.rglob("*") if p.is_file()}
    assert cli.run(["convert", notebook_path, "--output", str(project)]) == 0
    assert {p: p.read_bytes() for p in project.rglob("*") if p.is_file()} == before
    lay_out(tmp_path, [cell.replace("fillna(0)", "fillna(1)") for cell in CELLS])
    assert cli.run(["convert", notebook_path, "--output", str(project)]) == 0
    assert not (project / "tests/golden/calls").exists()
    assert not (project / "src/shops/metrics.json").exists()


@pytest.mark.slow
def test_a_function_without_a_recorded_call_is_named_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [
        "import time",
        "#! ## Wait\nfor a while",
        "now = time.time()",
        "#! ## Sum",
        "b = 1 + 1",
    ]
    project = lay_out(tmp_path, cells)
    capsys.readouterr()
    assert convert(project, "--json") == 0
    told = json.loads(capsys.readouterr().out)["tests"]
    assert "does not give the same twice" in " ".join(told["unrecorded"].values())


@pytest.mark.slow
def test_no_rows_of_the_data_are_kept_unasked(tmp_path: Path) -> None:
    project = lay_out(tmp_path)
    assert convert(project, "--no-tests") == 0
    assert json.loads((project / ".nb2prod/verdict.json").read_text("utf-8"))["outcome"] == "equal"
    assert not list(project.glob("tests/golden/calls/*"))
    assert not (project / ".nb2prod/evidence.json").exists()
