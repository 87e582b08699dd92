"""Profiles and drift: what shares say, and what chance does not."""

from __future__ import annotations

import importlib
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import notebook

from nb2prod import api

LIMITS = {"psi": 0.2, "ks": 0.1, "null_share": 0.05, "new_categories": 0.01, "columns": {}}


@pytest.fixture(scope="module", name="data")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """Yield the package `data` of a generated project, with its modules."""
    root = tmp_path_factory.mktemp("drifting")
    cell = "import pandas as pd\nx = pd.read_csv('x.csv')"
    api.write(api.convert(notebook([cell, "print(x)"]), name="drifting"), root / "made")
    sys.path.insert(0, str(root / "made/src"))
    found = importlib.import_module("drifting.data")
    for name in ("drift", "files", "paths", "profile"):
        importlib.import_module(f"drifting.data.{name}")
    yield found
    sys.path.remove(str(root / "made/src"))


def moved(data: ModuleType, before: pd.DataFrame, now: pd.DataFrame) -> list[str]:
    recorded = json.loads(json.dumps(data.profile.profile(before)))
    return list(data.drift.table_drift(recorded, data.profile.profile(now, recorded), LIMITS))


SHARES = st.lists(st.floats(0.01, 1), min_size=2, max_size=10)


@given(SHARES, SHARES)
def test_the_index_is_zero_for_equal_shares_and_never_less(
    data: ModuleType, one: list[float], other: list[float]
) -> None:
    a = [share / sum(one) for share in one[: len(other)]]
    b = [share / sum(other) for share in other[: len(one)]]
    assert data.drift.psi(a, a) == 0
    assert math.isclose(data.drift.psi(a, b), data.drift.psi(b, a), abs_tol=1e-9)
    if math.isclose(sum(a), 1) and math.isclose(sum(b), 1):
        assert data.drift.psi(a, b) >= -1e-12


def test_the_index_is_that_of_a_worked_example(data: ModuleType) -> None:
    expected = 0.1 * math.log(0.6 / 0.5) + -0.1 * math.log(0.4 / 0.5)
    assert math.isclose(data.drift.psi([0.5, 0.5], [0.6, 0.4]), expected)


def test_the_distance_at_the_edges_is_near_the_true_one(data: ModuleType) -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(0, 1, 4000), rng.normal(0.5, 1, 4000)
    both = np.sort(np.concatenate([a, b]))
    cumulative = [np.searchsorted(np.sort(x), both, "right") / len(x) for x in (a, b)]
    true = np.abs(cumulative[0] - cumulative[1]).max()
    before = data.profile.profile(pd.DataFrame({"x": a}))
    now = data.profile.profile(pd.DataFrame({"x": b}), before)
    found = data.drift.ks(before["columns"]["x"]["below"], now["columns"]["x"]["below"])
    assert 0.9 * true < found <= true + 1e-3


@pytest.mark.parametrize("rows", [20, 60, 300, 3000])
def test_chance_is_no_drift(data: ModuleType, rows: int) -> None:
    rng = np.random.default_rng(rows)

    def drawn() -> pd.DataFrame:
        kinds = rng.choice(["a", "b", "c"], rows, p=[0.6, 0.3, 0.1])
        return pd.DataFrame({"x": rng.normal(size=rows), "k": kinds, "n": rng.poisson(3, rows)})

    flagged = sum(bool(moved(data, drawn(), drawn())) for _ in range(60))
    assert flagged <= 2


@pytest.mark.parametrize("shift", [0.5, 1.0])
def test_a_shift_is_drift_also_in_few_rows(data: ModuleType, shift: float) -> None:
    rng = np.random.default_rng(3)
    rows = round(60 / shift**2)
    hits = sum(
        bool(moved(data, *(pd.DataFrame({"x": rng.normal(m, 1, rows)}) for m in (0, shift))))
        for _ in range(30)
    )
    assert hits >= 24


def test_equal_tables_have_not_moved_whatever_they_hold(data: ModuleType) -> None:
    n = 120
    table = pd.DataFrame(
        {
            "constant": [1.5] * n,
            "infinite": [math.inf] * 60 + [1.0, 2.0] * 30,
            "missing": [None] * n,
            "lists": [[1]] * n,
            "mixed": [1, "a", None] * 40,
            "truth": [True, False] * 60,
            "when": pd.date_range("2024-01-01", periods=n),
            "huge": [1e300 * k for k in range(n)],
            "complex": [1j] * n,
            3: range(n),
        }
    )
    assert moved(data, table, table.copy()) == []
    assert moved(data, table.iloc[:0], table.iloc[:0]) == []


@given(st.lists(st.text(max_size=12), min_size=1, max_size=60))
def test_a_profile_keeps_no_value_that_is_seldom(data: ModuleType, values: list[str]) -> None:
    kept = data.profile.profile(pd.DataFrame({"kind": values}))["columns"]["kind"]
    assert all(values.count(text) >= 5 for text in kept.get("categories", {}))


@pytest.mark.parametrize(
    ("name", "value"),
    [("e_mail", "x"), ("surname", "Berg"), ("kind", "a@b.org"), ("kind", "0171 234 56 78")],
)
def test_personal_categories_are_only_counted(data: ModuleType, name: str, value: str) -> None:
    found = data.profile.profile(pd.DataFrame({name: [value] * 30}))["columns"][name]
    assert found == {"kind": "text", "missing": 0.0, "distinct": 1}


def test_edges_do_not_tell_a_number_of_one_row(data: ModuleType) -> None:
    rng = np.random.default_rng(5)
    phones = rng.integers(10**9, 10**10, 500).astype(float)
    edges = data.profile.profile(pd.DataFrame({"p": phones}))["columns"]["p"]["edges"]
    assert len(edges) == 9 and not set(edges) & set(phones)


HEADS: dict[str, tuple[str, list[str] | None, int]] = {
    "names": ("a,b\n1,2\n", ["a", "b"], 1),
    "semicolons": ("a;b,c;d\n1;2;3\n", ["a", "b,c", "d"], 1),
    "an index without a name": (",a\n0,1\n", ["", "a"], 1),
    "numbers": ("1,2\n3,4\n", None, 2),
    "an address": ("ann@example.org,x\n", None, 1),
    "one twice": ("a,a\n", None, 1),
    "a long text": (f"{'word ' * 20},x\n", None, 1),
    "quoted lines": ('a,b\n"1\n2",3\n', ["a", "b"], 1),
    "nothing": ("", None, 0),
}


@pytest.mark.parametrize(("text", "columns", "rows"), HEADS.values(), ids=HEADS)
def test_first_lines_are_kept_where_they_are_names(
    data: ModuleType, tmp_path: Path, text: str, columns: list[str] | None, rows: int
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, "utf-8")
    found = data.files.described(path)
    assert found.get("columns") == columns and found["rows"] == rows
    assert found["bytes"] == len(text.encode())


def test_bytes_that_are_no_text_are_described(data: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"\0\xff" * 100 + b'"' + b"x" * 200_000)
    assert data.files.described(path)["bytes"] == 200_201


@given(st.text(alphabet="ab/.~\\:* ", min_size=1, max_size=12))
def test_what_is_kept_stays_in_the_data_root_and_is_its_source_s(
    data: ModuleType, path: str
) -> None:
    kept = data.paths.kept(path)
    if kept != "." and path.strip("/"):
        assert PurePosixPath(kept).parts and ".." not in PurePosixPath(kept).parts
        assert not kept.startswith("/")
    if data.paths.is_safe(kept) and path[-1] != "/":
        assert data.paths.belongs(kept, "", [path])
