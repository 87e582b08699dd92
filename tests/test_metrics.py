"""Metrics: each case in cases/metrics is a notebook, `# output`, its code with printed metrics
named, and which results are metrics and whether more of them is better."""

from __future__ import annotations

import runpy
from pathlib import Path

import libcst as cst
import pytest
from programs import notebook

from nb2prod import api
from nb2prod.plan.metrics import metrics

ROOT = Path(__file__).parents[1]
CASES = sorted((ROOT / "tests/cases/metrics").glob("*.py"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_metrics_get_names_and_a_direction(case: Path) -> None:
    given, _, expected = case.read_text("utf-8").partition("# output\n")
    code, _, directions = expected.partition("# metrics:")
    analysis = api.analyse(api.read(notebook(given.split("# %%\n")), name=case.stem))
    trees = [s.tree for s in analysis.statements if s.origin.cell == 1]
    assert cst.Module(trees).code == code
    bound = {name: name for use in analysis.names for name in use.writes}
    found = metrics(analysis, bound)
    assert ", ".join(f"{name} {better}" for name, better in found.items()) == directions.strip()


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("rmse_test", "less"),
        ("neg_mean_squared_error", "more"),
        ("test_acc", "more"),
        ("f1", "more"),
        ("account", None),
        ("terror", None),
        ("glossary", None),
    ],
)
def test_directions_by_name(name: str, better: str | None) -> None:
    made = notebook([f"from sklearn.svm import SVC\nSVC().fit(X, y)\n{name} = evaluate(model)"])
    analysis = api.analyse(api.read(made, name="directions"))
    assert metrics(analysis, {name: name}).get(name) == better


def test_numbers_of_lists_and_dictionaries_are_bound(tmp_path: Path) -> None:
    template = ROOT / "templates/src/{{package}}/metrics.py"
    (tmp_path / "metrics.py").write_text(template.read_text("utf-8"), "utf-8")
    (tmp_path / "metrics.json").write_text(
        '{"scores.a": {"at_least": 0.5}, "mean(folds)": {"at_least": 0.5}, "r2": {"at_most": 1}}'
    )
    found = runpy.run_path(str(tmp_path / "metrics.py"))["problems"]
    good = {"scores": {"a": 0.6, "b": 0.1}, "folds": [0.4, 0.8], "r2": 0.3, "model": object()}
    assert found(good) == []
    bad = {"scores": {"a": float("nan")}, "folds": [0.4, 0.5], "r2": 1.5}
    assert found(bad) == [
        "scores.a is nan, less than 0.5",
        "mean(folds) is 0.45, less than 0.5",
        "r2 is 1.5, more than 1",
    ]
