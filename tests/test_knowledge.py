"""The knowledge tables: every row holds what its own examples say, and look-ups find the right row."""

from __future__ import annotations

import ast
import re
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import libcst as cst
import pytest

from nb2prod.analysis import names
from nb2prod.analysis.stages import describe
from nb2prod.knowledge import conventions, tables
from nb2prod.knowledge.tables import Knowledge, Row, Type, fits
from nb2prod.model import STAGES, Cell, Facts, Origin, Program, Statement

OTHERS = {"conventions", "distributions", "magics", "properties", "verbs"}  # not about calls
FILES = [path for path in sorted(tables.HERE.glob("*.toml")) if path.stem not in OTHERS]
GENERATORS = {"", "numpy", "random", "tensorflow", "torch", "receiver", "argument", "unknown"}
_PASS = cst.SimpleStatementLine([cst.Pass()])


def rows(path: Path, kind: str) -> list[dict[str, Any]]:
    """Return the rows of a file, read as a whole by the standard library."""
    found: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get(kind, [])
    return found


def facts_of(example: str) -> Facts:
    """Return the facts of an example, the libraries that it names imported."""
    tree = ast.parse(example)
    dotted = {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    roots = {n.id for n in dotted if isinstance(n, ast.Name) and n.id not in ("self", "text")}
    nodes = [*ast.parse("\n".join(f"import {root}" for root in sorted(roots))).body, *tree.body]
    statements = tuple(Statement(Origin(0, 1, 1), node, _PASS) for node in nodes)
    case = Program("example", (Cell(0, "code", example),), statements)
    return describe(case, statements, [names.of(node) for node in nodes])[-1]


def called(row: dict[str, Any], facts: Facts) -> bool:
    """Return whether a statement calls what a row describes."""
    return any(fits(name, call) for name in words(row) for call in facts.calls)


def moved(row: dict[str, Any], facts: Facts) -> bool:
    """Return whether a statement reads and writes data as its row says."""
    ports = [port for port in ("read", "write") if f"{port}s" in row]
    return all(any(use.direction == port for use in facts.uses) for port in ports)


def words(row: dict[str, Any]) -> Iterator[str]:
    """Yield the last parts of a row's names, as patterns of whole names."""
    for name in row["name"].split():
        yield "*" + name.rpartition(".")[2]


EXAMPLES = [
    pytest.param(kind, row, example, wanted, id=f"{wanted}: {example}")
    for path in FILES
    for kind in ("call", "type")
    for row in rows(path, kind)
    for wanted in ("yes", "no")
    for example in row.get(wanted, ())
]


@pytest.mark.parametrize(("kind", "row", "example", "wanted"), EXAMPLES)
def test_examples_of_rows(kind: str, row: dict[str, Any], example: str, wanted: str) -> None:
    facts = facts_of(example if row.get("stage") == "explore" else f"kept = {example}")
    if wanted == "no":
        assert not (called(row, facts) and facts.pure and moved(row, facts)), facts
        return
    assert called(row, facts), facts
    if kind == "call":
        assert moved(row, facts) and facts.pure >= row.get("pure", False), facts
        assert facts.stage == row.get("stage", facts.stage), facts


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_tables_are_sound(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert set(tomllib.loads(text)) <= {"call", "type", "aliases"}
    table = tables.Table(text)
    for kind, fields, parse in (("call", Row, table.row), ("type", Type, table.type)):
        own = {*fields.__dataclass_fields__, "name", "of", "yes", "no"}
        for row in rows(path, kind):
            assert set(row) <= own, row
            assert row.get("stage", "other") in STAGES, row
            assert row.get("draws", "") in GENERATORS, row
        for position in table.names(kind).values():
            parse(position)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_index_finds_every_row_and_no_name_twice(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    table = tables.Table(text)
    for kind in ("call", "type"):
        named = [name for row in rows(path, kind) for name in qualified(row)]
        assert sorted(named) == sorted(set(named)), sorted(n for n in named if named.count(n) > 1)
        assert sorted(named) == sorted(table.names(kind))


def qualified(row: dict[str, Any]) -> Iterator[str]:
    owners = row.get("of", "").split()
    for name in row["name"].split():
        yield from (f"{owner}.{name}" for owner in owners) if owners else (name,)


def test_bases_of_types_are_types() -> None:
    knowledge = Knowledge()
    for path in FILES:
        for row in rows(path, "type"):
            for base in row.get("bases", "").split():
                assert knowledge.type(base) != Type(), base


def test_methods_are_inherited() -> None:
    knowledge = Knowledge()
    found = knowledge.method("geopandas.GeoDataFrame", "fillna")
    assert found and found[0] == "geopandas.GeoDataFrame.fillna" and found[1].stage == "clean"
    assert knowledge.method("pandas.Series", "no_such_method") is None


def test_the_most_specific_pattern_wins() -> None:
    knowledge = Knowledge()
    forest = knowledge.lineage("sklearn.ensemble.RandomForestClassifier")
    scaler = knowledge.lineage("sklearn.preprocessing.StandardScaler")
    assert "sklearn.Transformer" in scaler and "sklearn.Transformer" not in forest


def test_other_names_of_modules() -> None:
    knowledge = Knowledge()
    old = knowledge.canonical("sklearn.cross_validation.train_test_split")
    assert old == "sklearn.model_selection.train_test_split"
    assert knowledge.canonical("tensorflow.keras.layers.Dense") == "keras.layers.Dense"
    assert knowledge.canonical("pandas.read_csv") == "pandas.read_csv"


def test_the_users_rows_come_first(tmp_path: Path) -> None:
    row = "[[call]]\nname = ['pandas.read_csv', 'ours.fetch']\nstage = 'save'\n"
    (tmp_path / "pandas.toml").write_text(row)
    (tmp_path / "ours.toml").write_text(row)
    knowledge = Knowledge((tmp_path,))
    stages = [getattr(knowledge.call(n), "stage", None) for n in ("pandas.read_csv", "ours.fetch")]
    assert stages == ["save", "save"]
    assert knowledge.call("pandas.concat") == Knowledge().call("pandas.concat")


@pytest.mark.parametrize(
    ("pattern", "name", "wanted"),
    [
        ("a.*", "a.b", True),
        ("a.*", "a.b.c", True),
        ("a.*", "ab", False),
        ("a.*.*", "a.b", False),
        ("*Scaler", "MinMaxScaler", True),
        ("a*a", "a", False),
        ("a", "a", True),
    ],
)
def test_patterns(pattern: str, name: str, wanted: bool) -> None:
    assert fits(pattern, name) is wanted


def test_names_by_convention() -> None:
    types = {
        name: conventions.type_of(name) for name in ("X_train", "y_test", "clf", "scaler2", "q")
    }
    assert types == {
        "X_train": "pandas.DataFrame",
        "y_test": "pandas.Series",
        "clf": "sklearn.Predictor",
        "scaler2": "sklearn.Transformer",
        "q": "",
    }
    assert conventions.reference("np") == "numpy"
    assert conventions.reference("RobustScaler") == "sklearn.preprocessing.RobustScaler"
    assert conventions.topics_of("y_pred") == {"prediction"}
    assert conventions.stages_of_text("Loading the files") == {"load"}
    assert conventions.stage_of_function("plot_ages") == "explore"


def test_a_usual_notebook_loads_its_tables_in_time() -> None:
    used = re.findall(
        r"\S+", "pandas.read_csv pandas.concat seaborn.heatmap matplotlib.pyplot.plot"
    )
    begin = time.process_time()
    for _ in range(3):
        tables._table.cache_clear()
        knowledge = Knowledge()
        for name in (*used, "sklearn.ensemble.RandomForestClassifier", "sklearn.metrics.f1_score"):
            assert knowledge.call(name)
        assert knowledge.method("pandas.DataFrame", "fillna")
    assert (
        time.process_time() - begin
    ) / 3 < 0.06  # 15 ms on a machine that has nothing else to do
