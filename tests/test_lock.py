"""uv.lock: made where uv can, a sentence where it cannot, and never one that no longer holds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nb2prod import api
from nb2prod.cli import run
from nb2prod.lock import discard_stale, lock

ROOT = Path(__file__).parents[1]
CHURN = ROOT / "sample_notebooks" / "churn" / "churn.ipynb"
PROJECT = """
[project]
name = "churn"
requires-python = "{python}"
dependencies = {dependencies}
"""
LOCKED = """
version = 1
requires-python = ">=3.9, <3.12"

[[package]]
name = "numpy"
source = { registry = "somewhere" }

[[package]]
name = "churn"
source = { editable = "." }

[package.metadata]
requires-dist = [
    { name = "black", marker = "extra == 'dev'", specifier = ">=24.1,<27" },
    { name = "dask", extras = ["complete"], specifier = ">=2,<3" },
    { name = "scikit-learn", specifier = "==1.1.3" },
    { name = "nltk" },
]
"""
SAME = '["scikit_learn==1.1.3", "nltk", "dask[complete]<3,>=2"]'


def project(folder: Path, dependencies: str = SAME, python: str = ">=3.9,<3.12") -> Path:
    folder.mkdir(exist_ok=True)
    text = PROJECT.format(dependencies=dependencies, python=python)
    (folder / "pyproject.toml").write_text(text)
    (folder / "uv.lock").write_text(LOCKED)
    return folder


def uv(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program in uv's place."""
    folder.mkdir()
    (folder / "uv").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "uv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_a_lock_for_the_same_dependencies_stays(tmp_path: Path) -> None:
    assert not discard_stale(project(tmp_path))
    assert (tmp_path / "uv.lock").read_text() == LOCKED


@pytest.mark.parametrize(
    ("dependencies", "python"),
    [
        ('["scikit-learn==1.1.2", "nltk", "dask[complete]>=2,<3"]', ">=3.9,<3.12"),
        ('["scikit-learn==1.1.3", "nltk", "dask>=2,<3"]', ">=3.9,<3.12"),
        ('["scikit-learn==1.1.3", "nltk"]', ">=3.9,<3.12"),
        (SAME, ">=3.10,<3.12"),
        ('["not a requirement!"]', ">=3.9,<3.12"),
        ("3", ">=3.9,<3.12"),
    ],
)
def test_a_lock_for_other_dependencies_goes(tmp_path: Path, dependencies: str, python: str) -> None:
    assert discard_stale(project(tmp_path, dependencies, python))
    assert not (tmp_path / "uv.lock").exists()


def test_a_lock_that_cannot_be_read_goes(tmp_path: Path) -> None:
    (project(tmp_path) / "uv.lock").write_text("version = ")
    assert discard_stale(tmp_path)
    assert not discard_stale(tmp_path), "there is none any more"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('touch "$4/uv.lock"', None),
        ("echo 'no such  index' >&2; exit 2", "There is no uv.lock, for uv says: no such index"),
        ("sleep 60", "There is no uv.lock, for uv was not done in 0.5 seconds; try `uv lock`."),
    ],
)
def test_what_uv_does_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, expected: str | None
) -> None:
    uv(tmp_path / "bin", script, monkeypatch)
    place = project(tmp_path / "churn", "[]")
    assert lock(place, timeout=0.5) == expected
    assert (place / "uv.lock").exists() == (expected is None)


def test_without_uv_there_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert lock(project(tmp_path)) == "There is no uv.lock, for uv is not on the PATH."


@pytest.mark.slow
def test_converting_locks_only_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    uv(tmp_path / "bin", "exit 1", monkeypatch)
    notebook, out = str(CHURN), tmp_path / "out"
    assert run(["convert", notebook, "--output", str(out)]) == 0
    assert "uv" not in capsys.readouterr().err
    (out / "uv.lock").write_text(LOCKED)
    assert run(["convert", notebook, "--output", str(out)]) == 0
    assert "uv.lock was for other dependencies" in capsys.readouterr().err
    assert not (out / "uv.lock").exists()
    assert run(["convert", notebook, "--output", str(out), "--lock"]) == 0
    assert "There is no uv.lock" in capsys.readouterr().err
    assert run(["convert", notebook, "--lock", "--dry-run"]) == 2


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("uv"), reason="uv is not on the PATH")
def test_uv_locks_a_generated_project(tmp_path: Path) -> None:
    api.write(api.convert(CHURN), tmp_path / "churn")
    problem = api.lock(tmp_path / "churn", timeout=300)
    if problem:
        pytest.skip(problem)  # no index
    assert not api.discard_stale_lock(tmp_path / "churn")
    assert (tmp_path / "churn" / "uv.lock").is_file()
