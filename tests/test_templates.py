"""The frame of the generated project: clean, typed Python whatever the notebook says."""

from __future__ import annotations

import ast
import importlib
import json
import os
import random
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

import black
import pytest
import yaml

from nb2prod.errors import InputError, InternalError
from nb2prod.render import escapes
from nb2prod.render.picture import picture
from nb2prod.render.templates import render_tree

HOSTILE = (
    'a" \'b\' """c""" \\ {{ 7*7 }} {% raw %} ${HOME} `id` $(id) <script>x</script> | # - * _\n'
    "--- \r\n```\n]]\u2028\x1b[31m\0 %% end"
)
GLOB = 'src/"x" \\"y\\".py'
FUNCTION = {
    "module": "features",
    "name": "build_features",
    "doc": "Join usage to the customers.\n\nMore.",
    "inputs": ["customers"],
    "outputs": ["df"],
    "cells": [3],
    "stage": "feature",
    "explore": False,
}
SOURCE = {
    "name": "customers",
    "direction": "read",
    "location": "data/customers.csv",
    "format": "csv",
    "call": "pandas.read_csv",
    "cell": 1,
}


def setting(name: str, value: object, comment: str = "") -> dict[str, object]:
    kind = type(value).__name__
    return {
        "name": name,
        "type": kind,
        "value_repr": repr(value),
        "comment": comment,
        "variable": "",
    }


DEPENDENCY = {"requirement": "pandas>=1.5,<2", "inferred": True, "comment": "inferred: a guess"}


def context(**changes: object) -> dict[str, object]:
    base: dict[str, object] = {
        "package": "churn",
        "title": "Customer churn",
        "description": "Who is about to leave?",
        "prose": ["A note."],
        "python_requires": ">=3.9",
        "python_version": "3.11",
        "dependencies": [DEPENDENCY],
        "settings": [setting("seed", 42, "`SEED`, cell 1"), setting("verbose", True)],
        "functions": [FUNCTION],
        "calls": [FUNCTION],
        "stages": ["clean", "train"],
        "sources": [SOURCE],
        "left_out": [{"cell": 2, "line": 1, "code": "df.head()", "reason": "shows a value"}],
        "diagnostics": [
            {
                "code": "NB301",
                "severity": "warning",
                "message": "tuned on test data",
                "cell": 4,
                "line": None,
                "hint": "",
            }
        ],
        "notebook_file": "churn.ipynb",
        "model": "model",
        "ruff_ignores": [],
    }
    return {**base, **changes}


def hostile() -> dict[str, object]:
    dependency = {"requirement": "pandas", "inferred": True, "comment": HOSTILE}
    return context(
        title=HOSTILE,
        description=HOSTILE,
        prose=[HOSTILE],
        notebook_file=HOSTILE,
        dependencies=[dependency],
        settings=[setting("text", HOSTILE, HOSTILE), setting("many", [HOSTILE], HOSTILE)],
        functions=[{**FUNCTION, "doc": HOSTILE, "inputs": [HOSTILE], "module": HOSTILE}],
        calls=[{**FUNCTION, "name": HOSTILE}],
        sources=[
            {**SOURCE, "name": HOSTILE, "location": HOSTILE, "format": HOSTILE},
            {**SOURCE, "location": HOSTILE, "direction": "write", "setting": "text"},
        ],
        left_out=[{"cell": 1, "line": 1, "code": HOSTILE, "reason": HOSTILE}],
        diagnostics=[
            {
                "code": "NB1",
                "severity": "note",
                "message": HOSTILE,
                "cell": 1,
                "line": 1,
                "hint": HOSTILE,
            }
        ],
        model=HOSTILE,
        parameters=["undefined_name"],
        ruff_ignores=["E741"],
        per_file_ignores={GLOB: ["E501"]},
    )


VARIANTS: dict[str, dict[str, object]] = {
    "usual": context(),
    "hostile": hostile(),
    "analysis": context(stages=[], model=None, settings=[], sources=[], dependencies=[]),
    "one stage": context(stages=["clean"], model=None),
    "all stages": context(stages=["clean", "train", "evaluate", "predict"]),
    "no pandas": context(dependencies=[{"requirement": "torch", "inferred": False, "comment": ""}]),
    "no numbers": context(dependencies=[]),
    "remote": context(sources=[{**SOURCE, "location": "https://example.org/x.csv"}]),
    "long name": context(package="a_package_with_a_name_that_goes_on_and_on"),
    "data": context(has_data=True, tables=True),
    "data without tables": context(has_data=True),
    "parameters": context(parameters=["limit"], stages=[]),
    "clashes": context(settings=[setting(name, 1) for name in ("input", "explore", "help", "_x")]),
    "containers": context(
        settings=[setting("columns", ["a", "b"]), setting("limits", {"a": (1, None)})]
    ),
}


@pytest.fixture(params=VARIANTS, scope="module")
def variant(request: pytest.FixtureRequest) -> tuple[str, dict[PurePosixPath, bytes]]:
    return request.param, render_tree(VARIANTS[request.param])


def python_files(tree: Mapping[PurePosixPath, bytes]) -> Iterator[tuple[PurePosixPath, str]]:
    return ((path, data.decode()) for path, data in tree.items() if path.suffix == ".py")


@pytest.mark.slow
def test_python_is_as_black_leaves_it(variant: tuple[str, dict[PurePosixPath, bytes]]) -> None:
    name, tree = variant
    for path, text in python_files(tree):
        if path.name == "conftest.py" or (name, path.name) == ("hostile", "config.py"):
            ast.parse(text)  # holds literals of any length: `polish` breaks their lines
        else:
            assert black.format_str(text, mode=black.Mode(line_length=88)) == text, path


def test_ruff_finds_nothing(
    variant: tuple[str, dict[PurePosixPath, bytes]], tmp_path: Path
) -> None:
    name, tree = variant
    for path, data in tree.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    ruff = Path(sys.executable).with_name("ruff")
    long = ["--ignore", "E501"] if name == "hostile" else []
    polished = ["--exclude", "tests/conftest.py"]
    done = subprocess.run(
        [ruff, "check", "--no-cache", *long, *polished, "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_every_language_parses(variant: tuple[str, dict[PurePosixPath, bytes]]) -> None:
    name, tree = variant
    project = tomllib.loads(tree[PurePosixPath("pyproject.toml")].decode())
    package = VARIANTS[name]["package"]
    assert project["project"]["scripts"] == {package: f"{package}.cli:main"}
    extras = project["project"]["optional-dependencies"]
    assert extras.pop("snapshot", None) == (["fsspec>=2023.1"] if "data" in name else None)
    assert extras == project["dependency-groups"]
    workflow = yaml.safe_load(tree[PurePosixPath(".github/workflows/ci.yml")])
    used = [step["uses"] for step in workflow["jobs"]["check"]["steps"] if "uses" in step]
    assert len(used) == 1 and used[0].startswith("actions/checkout@") and len(used[0]) == 57
    assert yaml.safe_load(tree[PurePosixPath(".pre-commit-config.yaml")])["repos"]


def test_hostile_text_stays_text() -> None:
    tree = render_tree(VARIANTS["hostile"])
    project = tomllib.loads(tree[PurePosixPath("pyproject.toml")].decode())
    assert project["project"]["description"] == HOSTILE
    assert list(project["tool"]["ruff"]["lint"]["per-file-ignores"]) == [GLOB]
    readme = tree[PurePosixPath("README.md")].decode()
    assert "<script>" not in readme.replace("```python", "").split("## Left out")[0]
    assert not any(char in readme for char in "\0\x1b\r\u2028")
    assert all("49" not in data.decode() for path, data in tree.items() if path.name != "ci.yml")
    module = ast.parse(tree[PurePosixPath("src/churn/__init__.py")].decode())
    assert len(module.body) == 1 and "{{ 7*7 }}" in (ast.get_docstring(module) or "")


def test_nothing_is_padded_with_empty_modules() -> None:
    names = {str(path) for path in render_tree(VARIANTS["analysis"])}
    assert "src/churn/cli.py" in names
    assert not names & {"src/churn/artifacts.py", "src/churn/scoring.py"}


def test_the_same_context_gives_the_same_bytes() -> None:
    assert render_tree(context()) == render_tree(context())


def test_a_missing_key_is_our_bug() -> None:
    broken = context()
    del broken["stages"]
    with pytest.raises(InternalError, match="stages"):
        render_tree(broken)


@pytest.mark.parametrize("package", ["a b", "../x", "", "x-y", "1x", "{{x}}"])
def test_a_package_name_is_an_identifier(package: str) -> None:
    with pytest.raises(InternalError):
        render_tree(context(package=package))


@pytest.mark.parametrize("code", ["__import__('os')", "1 + f()", "x", "1\nimport os"])
def test_a_setting_is_a_literal(code: str) -> None:
    with pytest.raises(InternalError):
        render_tree(context(settings=[{**setting("a", 1), "value_repr": code}]))


@pytest.mark.parametrize("text", ["--index-url x", "a\nb", "-r x", "a @ file:///etc", "a; b\nc"])
def test_a_pin_is_a_requirement(text: str) -> None:
    with pytest.raises(InternalError):
        render_tree(context(dependencies=[{**DEPENDENCY, "requirement": text}]))


@pytest.mark.parametrize("text", ["a==1.5", "a[x]>=1,<2", "a", 'a>=1; python_version < "3.9"'])
def test_pins_are_written_as_they_are(text: str) -> None:
    tree = render_tree(context(dependencies=[{**DEPENDENCY, "requirement": text}]))
    assert tree[PurePosixPath("requirements.txt")].decode().splitlines()[1:] == [text]


def test_without_ci_there_is_no_workflow() -> None:
    for skip in ([".github"], [".github/workflows/ci.yml"]):
        assert not [path for path in render_tree(context(), skip=skip) if ".github" in path.parts]


def test_overrides_replace_and_add_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("{{ ours }}\n")
    (tmp_path / "src/{{package}}").mkdir(parents=True)
    (tmp_path / "src/{{package}}/legal_{{ model }}.py.j2").write_text("# {{ title | comment }}\n")
    (tmp_path / "logo.bin").write_bytes(b"\xff\0")
    tree = render_tree(context(), overrides=tmp_path)
    assert tree[PurePosixPath("README.md")] == b"{{ ours }}\n"
    assert tree[PurePosixPath("src/churn/legal_model.py")] == b"# # Customer churn\n"
    assert tree[PurePosixPath("logo.bin")] == b"\xff\0"
    assert PurePosixPath("Dockerfile") in tree


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.txt.j2", "one\n{{ title }}\n", "needs a filter"),
        ("a.txt.j2", "one\n{{ nothing }}\n", "line 2: 'nothing' is undefined"),
        ("a.txt.j2", "{% if %}", "line 1"),
        ("a.txt.j2", "{{ title.__class__ | md }}", "unsafe"),
        ("a.txt.j2", "{{ settings.append(1) }}", "unsafe"),
        ("{{ title }}.txt", "", "needs a filter"),
        ("{{ '..' }}", "", "outside"),
    ],
)
def test_a_broken_override_is_named(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=message):
        render_tree(context(), overrides=tmp_path)


def test_overrides_must_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        render_tree(context(), overrides=tmp_path / "none")


@pytest.mark.parametrize(
    ("escape", "text", "expected"),
    [
        (escapes.toml, 'a"\\\n\x7f\ud800', '"a\\"\\\\\\n\\u007f\ufffd"'),
        (escapes.toml, ["a", "b"], '["a", "b"]'),
        (escapes.py, "it's", '"it\'s"'),
        (escapes.py, 'say "x"', "'say \"x\"'"),
        (escapes.md, "- a_b <i> | `x`", "\\- a\\_b &lt;i&gt; &#124; \\`x\\`"),
        (escapes.md, "1. x", "1\\. x"),
        (escapes.code, "a|b`c", "<code>a&#124;b\\`c</code>"),
        (escapes.code, "a.csv", "`a.csv`"),
        (escapes.mermaid, 'a"]; b --> c', "a#34;#93;#59; b --#62; c"),
        (escapes.shell, "a'b\nc", "'a'\"'\"'b c'"),
        (escapes.docstring, 'x\\ """', '"""x\\\\ \\"\\"\\"."""'),
        (escapes.docstring, '"x" is it?', '""" "x" is it?"""'),
        (escapes.block, "a\n```", "````python\na\n```\n````"),
        (escapes.comment, "a\nimport os", "# a import os"),
        (escapes.literal, "inf", 'float("inf")'),
    ],
)
def test_escapes(escape: Any, text: object, expected: str) -> None:
    assert escape(text) == expected


def test_long_docstrings_are_wrapped_by_columns() -> None:
    for text in ("word " * 60, "統計" * 90, "x" * 300):
        lines = escapes.docstring(text).split("\n")
        assert all(escapes._width(line) <= 88 for line in lines)
        assert ast.literal_eval(escapes.docstring(text)).replace("\n", " ").split() != []


def test_picture_follows_the_last_giver() -> None:
    calls = [
        {**FUNCTION, "name": "load", "inputs": [], "outputs": ["df"], "module": "data_sources"},
        {**FUNCTION, "name": "clean", "inputs": ["df"], "outputs": ["df"]},
        {**FUNCTION, "name": "fit", "inputs": ["df"], "outputs": ["model"]},
    ]
    drawn = picture(calls, [{**SOURCE, "cell": 3}])
    assert drawn.labelled_arrows() == [("f0", "f1", "df"), ("f1", "f2", "df"), ("r0", "f0", "")]


def test_a_picture_of_many_calls_is_of_modules() -> None:
    calls = [
        {**FUNCTION, "name": f"f{n}", "module": f"m{n % 2}", "inputs": ["x"], "outputs": ["x"]}
        for n in range(40)
    ]
    assert picture(calls, []).nodes == {"m0": "m0", "m1": "m1"}


# What the generated modules do.

PIPELINE = '''
import random
from churn import artifacts
from churn.config import Config

class Model:
    """Doubles."""

    n_features_in_ = 1

    def predict(self, rows):
        return [2 * row[0] for row in rows]

def run(config=None, *, explore=False, stage=None):
    config = config or Config()
    print("run", stage, explore, config.seed, config.columns, config.fast, config.data_root)
    return {"model": Model()}
'''


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A generated package without libraries, importable."""
    root = tmp_path_factory.mktemp("project")
    settings = [setting("seed", 42, "100% of the seed"), setting("columns", ["a"])]
    tree = render_tree(context(dependencies=[], settings=[*settings, setting("fast", False)]))
    for path, data in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    (root / "src/churn/pipeline.py").write_text(PIPELINE)
    sys.path.insert(0, str(root / "src"))
    yield root
    sys.path.remove(str(root / "src"))
    for name in [name for name in sys.modules if name.split(".")[0] == "churn"]:
        del sys.modules[name]


def module(project: Path, name: str) -> ModuleType:
    return importlib.import_module(f"churn.{name}")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "run None False 42 ['a'] False ."),
        (["run", "--explore"], "run None True 42 ['a'] False ."),
        (["--seed", "7", "train"], "run train False 7 ['a'] False ."),
        (["train", "--seed", "7"], "run train False 7 ['a'] False ."),
        (["clean", "--columns", "['x', 'y']", "--fast"], "run clean False 42 ['x', 'y'] True ."),
        (["--no-fast", "--data-root", "d"], "run None False 42 ['a'] False d"),
    ],
)
def test_command_line(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    expected: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert module(project, "cli").main(arguments) == 0
    assert capsys.readouterr().out.strip() == expected
    assert (tmp_path / "artifacts/model.pickle").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seed", "x"], "invalid int value"),
        (["--columns", "[a"], "no Python literal"),
        (["predict"], "needs --input and --output"),
        (["predict", "--input", "a"], "belong together"),
        (["evaluate"], "invalid choice"),
        (["--see=1"], "unrecognized arguments"),
    ],
)
def test_wrong_command_lines(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        module(project, "cli").main(arguments)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_help_names_every_setting(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["predict", "--help"]):
        with pytest.raises(SystemExit):
            module(project, "cli").main(arguments)
        text = capsys.readouterr().out
        assert "100% of the seed (default: 42)" in " ".join(text.split())
        assert "--columns" in text and "--artifacts" in text
    assert "--input FILE" in text


def test_predict_needs_a_trained_model_and_then_uses_it(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.csv").write_text("a\n1\n2\n")
    Path("wide.csv").write_text("a,b\n1,2\n")
    cli = module(project, "cli")
    assert cli.main(["predict", "--input", "x.csv", "--output", "y.csv"]) == 1
    assert "run `churn train` first" in capsys.readouterr().err
    assert cli.main(["train"]) == 0
    assert cli.main(["predict", "--input", "x.csv", "--output", "y.csv"]) == 0
    assert Path("y.csv").read_text().split() == ["prediction", "2.0", "4.0"]
    assert cli.main(["predict", "--input", "wide.csv", "--output", "y.csv"]) == 1
    assert "2 columns; the model needs 1" in capsys.readouterr().err
    assert cli.main(["predict", "--input", "none.csv", "--output", "y.csv"]) == 1
    assert "no file none.csv" in capsys.readouterr().err


def test_stages_hand_over_shared_objects_and_random_numbers(project: Path, tmp_path: Path) -> None:
    artifacts, config = module(project, "artifacts"), module(project, "config")
    settings = config.Config(artifacts_root=str(tmp_path / "a"))
    shared = [1]
    random.seed(5)
    artifacts.save(settings, "clean", {"x": shared, "y": {"z": shared}, "module": json})
    expected = random.random()
    random.seed(6)
    values = artifacts.load(settings, "clean")
    assert random.random() == expected
    assert values["x"] is values["y"]["z"] and values["module"] is json


def test_what_cannot_be_stored_is_said_and_missed_only_when_needed(
    project: Path, tmp_path: Path
) -> None:
    artifacts, config = module(project, "artifacts"), module(project, "config")
    settings = config.Config(artifacts_root=str(tmp_path))
    with open(os.devnull) as file, pytest.warns(UserWarning, match="'f' cannot be stored"):
        values = {"f": lambda: 1, "g": (n for n in range(2)), "n": 3, "file": file}
        artifacts.save(settings, "clean", values)
    loaded = artifacts.load(settings, "clean")
    assert dict(loaded) == {"n": 3}
    with pytest.raises(artifacts.ArtifactError, match=r"'g' cannot be stored.*`churn run`"):
        loaded["g"]
    with pytest.raises(KeyError):
        loaded["never"]


def test_stale_results_are_said(project: Path, tmp_path: Path) -> None:
    artifacts, config = module(project, "artifacts"), module(project, "config")
    settings = config.Config(artifacts_root=str(tmp_path))
    with pytest.raises(artifacts.ArtifactError, match="run `churn clean` first"):
        artifacts.load(settings, "clean")
    artifacts.save(settings, "clean", {})
    artifacts.save(settings, "train", {})
    artifacts.save(settings, "clean", {})
    with pytest.raises(artifacts.ArtifactError, match="run `churn train` first"):
        artifacts.load(settings, "train")
    other = config.Config(artifacts_root=str(tmp_path), seed=7)
    with pytest.warns(UserWarning, match="seed=42, now it is 7"):
        artifacts.load(other, "clean")
    (tmp_path / "clean.pickle").write_bytes(b"broken")
    with pytest.raises(artifacts.ArtifactError, match="cannot be read"):
        artifacts.load(settings, "clean")


def test_a_failed_save_leaves_the_old_file(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifacts, config = module(project, "artifacts"), module(project, "config")
    settings = config.Config(artifacts_root=str(tmp_path))
    artifacts.save(settings, "clean", {"n": 1})

    def fail(source: object, target: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        artifacts.save(settings, "clean", {"n": 2})
    assert [path.name for path in tmp_path.iterdir()] == ["clean.pickle"]
    assert artifacts.load(settings, "clean")["n"] == 1


def test_data_root_comes_from_the_environment(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = module(project, "config")
    assert config.Config().data_root == "."
    monkeypatch.setenv("CHURN_DATA_ROOT", "/data")
    assert config.Config().data_root == "/data"


NUMPY_CHECK = """
import tempfile
import numpy as np
import pandas as pd
from churn import artifacts
from churn.config import Config

config = Config(artifacts_root=tempfile.mkdtemp())
a = np.arange(12.0)
b, c = a[::2], a.reshape(3, 4).T
df = pd.DataFrame({"x": [1.0, 2.0], "y": [3.0, 4.0]})
x = df["x"]
np.random.seed(1)
artifacts.save(config, "clean", {"a": a, "b": b, "c": c, "df": df, "x": x})
drawn = np.random.rand()
v = artifacts.load(config, "clean")
assert np.random.rand() == drawn
artifacts.save(config, "train", v)
v = artifacts.load(config, "train")
v["b"][0] = 99
assert v["a"][0] == 99 and v["c"][0, 0] == 99
x.iloc[0] = v["x"].iloc[0] = 50
assert df.iloc[0, 0] == v["df"].iloc[0, 0]
"""


def test_views_of_arrays_stay_views(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    for path, data in render_tree(context()).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "src")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", NUMPY_CHECK],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
