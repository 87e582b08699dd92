"""Writing: all or nothing, and never over what is not ours."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import pytest

from nb2prod import write as writing
from nb2prod.errors import InternalError, OutputError
from nb2prod.model import Package
from nb2prod.write import changes, diff, write


def package(files: Mapping[str, str]) -> Package:
    program = SimpleNamespace(secrets=())
    plan: Any = SimpleNamespace(analysis=SimpleNamespace(program=program))
    return Package("p", {PurePosixPath(name): text.encode() for name, text in files.items()}, plan)


FIRST = package({"README.md": "one\n", "src/p/a.py": "a = 1\n", "src/p/old/b.py": "b = 1\n"})
SECOND = package({"README.md": "two\n", "src/p/a.py": "a = 1\n", "src/p/c.py": "c = 1\n"})


def tree(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def test_a_new_folder_holds_the_package_and_nothing_else(tmp_path: Path) -> None:
    report = write(FIRST, tmp_path / "deep" / "out")
    assert tree(tmp_path / "deep" / "out") == {
        "README.md": "one\n",
        "src/p/a.py": "a = 1\n",
        "src/p/old/b.py": "b = 1\n",
    }
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]
    assert PurePosixPath("README.md") in report.added


def test_the_manifest_keeps_what_render_put_there_and_the_same_bytes(tmp_path: Path) -> None:
    one = package({"a": "1", ".nb2prod/manifest.json": '{"cells": {"3": "load"}}'})
    write(one, tmp_path / "x")
    write(one, tmp_path / "y")
    text = (tmp_path / "x/.nb2prod/manifest.json").read_bytes()
    assert text == (tmp_path / "y/.nb2prod/manifest.json").read_bytes()
    assert json.loads(text)["cells"] == {"3": "load"}
    assert list(json.loads(text)["files"]) == ["a"]


def test_a_second_run_replaces_ours_and_removes_what_is_obsolete(tmp_path: Path) -> None:
    write(FIRST, tmp_path / "out")
    (tmp_path / "out" / "mine.txt").write_text("mine")
    report = write(SECOND, tmp_path / "out")
    assert tree(tmp_path / "out") == {
        "README.md": "two\n",
        "mine.txt": "mine",
        "src/p/a.py": "a = 1\n",
        "src/p/c.py": "c = 1\n",
    }
    assert not (tmp_path / "out/src/p/old").exists()
    assert report.removed == (PurePosixPath("src/p/old/b.py"),)
    assert report.unchanged == (PurePosixPath("src/p/a.py"),)
    assert write(SECOND, tmp_path / "out").replaced == ()


def test_an_edited_file_stops_everything_unless_forced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(FIRST, out)
    (out / "README.md").write_text("edited")
    (out / "src/p/old/b.py").write_text("edited, too")
    before = tree(out)
    with pytest.raises(OutputError, match=r"README\.md was edited since"):
        write(SECOND, out)
    assert tree(out) == before
    report = write(SECOND, out, force=True)
    assert (out / "README.md").read_text() == "two\n"
    assert (out / "src/p/old/b.py").read_text() == "edited, too"
    assert report.kept == (PurePosixPath("src/p/old/b.py"),)


def test_a_file_that_is_not_ours_is_named(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("the user's")
    with pytest.raises(OutputError, match=r"README\.md was not written by nb2prod"):
        write(FIRST, tmp_path)
    assert tree(tmp_path) == {"README.md": "the user's"}


def test_the_users_other_files_are_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1")
    write(FIRST, tmp_path)
    assert set(tree(tmp_path)) == {"README.md", "data.csv", "src/p/a.py", "src/p/old/b.py"}


@pytest.mark.parametrize("force", [False, True])
def test_a_linked_folder_is_never_written_through(tmp_path: Path, force: bool) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/src").symlink_to(tmp_path / "outside")
    with pytest.raises(OutputError, match="symbolic link src"):
        write(FIRST, tmp_path / "out", force=force)
    assert not list((tmp_path / "outside").iterdir())


def test_a_linked_file_is_replaced_only_by_force_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("outside")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/README.md").symlink_to(tmp_path / "outside.md")
    with pytest.raises(OutputError, match="is a symbolic link"):
        write(FIRST, tmp_path / "out")
    write(FIRST, tmp_path / "out", force=True)
    assert (tmp_path / "outside.md").read_text() == "outside"
    assert not (tmp_path / "out/README.md").is_symlink()


def test_a_forged_manifest_removes_nothing_outside(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(FIRST, out)
    (tmp_path / "victim").write_text("1")
    manifest = json.loads((out / ".nb2prod/manifest.json").read_text())
    manifest["files"]["../victim"] = writing._hash(b"1")
    manifest["files"][str(tmp_path / "victim")] = writing._hash(b"1")
    (out / ".nb2prod/manifest.json").write_text(json.dumps(manifest))
    write(SECOND, out)
    assert (tmp_path / "victim").exists()


@pytest.mark.parametrize("manifest", ["", "[]", '{"files": 3}', '{"files": {"README.md": null}}'])
def test_with_a_broken_manifest_nothing_is_ours(tmp_path: Path, manifest: str) -> None:
    write(FIRST, tmp_path / "out")
    (tmp_path / "out/.nb2prod/manifest.json").write_text(manifest)
    with pytest.raises(OutputError, match=r"README\.md"):
        write(SECOND, tmp_path / "out")


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "a\\..\\x", "C:/x", "a\nb", "a\0b"])
def test_no_path_leads_outside(tmp_path: Path, path: str) -> None:
    with pytest.raises(InternalError):
        write(package({path: "x"}), tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_a_file_where_a_folder_must_be(tmp_path: Path) -> None:
    (tmp_path / "src").write_text("a file")
    with pytest.raises(OutputError, match="the file src"):
        write(FIRST, tmp_path, force=True)
    with pytest.raises(OutputError, match="is a file"):
        write(FIRST, tmp_path / "src")


@pytest.mark.parametrize("failing", ["replace", "rename"])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_failure_half_way_leaves_the_old_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, after: int
) -> None:
    out = tmp_path / "out"
    write(FIRST, out)
    before = tree(out)
    real, calls = getattr(os, failing), []

    def fail(source: Any, target: Any) -> None:
        calls.append(target)
        if len(calls) == after + 1:
            raise OSError("disk full")
        real(source, target)

    monkeypatch.setattr(os, failing, fail)
    third = package({"README.md": "three", "src/p/a.py": "three", "n/e/w": "1", "n/e/w2": "1"})
    if failing == "rename" and after > 1:
        third = package({**{f"n/{number}": "1" for number in range(4)}, "README.md": "three"})
    with pytest.raises(OutputError, match="disk full"):
        write(third, out)
    monkeypatch.undo()
    assert tree(out) == before
    assert sorted(path.name for path in out.iterdir()) == [".nb2prod", "README.md", "src"]


def test_a_failure_in_a_new_folder_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: Any, target: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(OutputError, match="disk full"):
        write(FIRST, tmp_path / "deep" / "out")
    assert not list(tmp_path.iterdir())


def test_changes_say_what_write_would_do(tmp_path: Path) -> None:
    write(FIRST, tmp_path / "out")
    (tmp_path / "out/README.md").write_text("edited")
    kinds = {str(change.path): change.kind for change in changes(SECOND, tmp_path / "out")}
    assert kinds == {
        ".nb2prod/manifest.json": "replace",
        "README.md": "conflict",
        "src/p/a.py": "unchanged",
        "src/p/c.py": "add",
        "src/p/old/b.py": "remove",
    }
    assert {change.kind for change in changes(FIRST, tmp_path / "none")} == {"add"}
    assert not (tmp_path / "none").exists()


def test_diff_is_unified_and_shows_no_control_characters(tmp_path: Path) -> None:
    write(package({"a.txt": "one\ntwo", "b": "x\n"}), tmp_path / "out")
    text = diff(package({"a.txt": "one\n\x1b[31mred\n", "c": "1"}), tmp_path / "out")
    assert text == (
        "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n"
        "+\\x1b[31mred\n"
        "--- /dev/null\n+++ b/c\n@@ -0,0 +1 @@\n+1\n\\ No newline at end of file\n"
        "--- a/b\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
    )


def test_diff_of_bytes_only_says_so(tmp_path: Path) -> None:
    binary = Package("p", {PurePosixPath("f.png"): b"\x89PNG\0"}, FIRST.plan)
    assert diff(binary, tmp_path / "out") == "Files /dev/null and b/f.png differ\n"
