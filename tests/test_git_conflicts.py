"""Merges that stop and go on: stash, interactive rebase, renames, odd names, many notebooks."""

from __future__ import annotations

import pytest
from repositories import DRIVER, NAMES, Json, Repository, code, document, sources

N = "n.ipynb"
BOTH = "<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs"


@pytest.fixture
def repository(bare_repository: Repository) -> Repository:
    bare_repository.attributes("merge=nb2prod", merge_nb2prod_driver=DRIVER)
    return bare_repository


def version(*texts: str, name: str = N, run: int = 1) -> dict[str, Json]:
    """Return a notebook that was run."""
    return {name: document(*(code(text, f"c{i}q", i + run) for i, text in enumerate(texts)))}


def history(repository: Repository, *versions: dict[str, Json]) -> None:
    for number, files in enumerate(versions):
        repository.commit(f"number {number}", files)


def rebase(repository: Repository, script: str, *, stops: bool) -> None:
    """Run an interactive rebase of the last commits, its list edited by a script of sed."""
    editor = {"GIT_SEQUENCE_EDITOR": f"sed -i -e '{script}'"}
    done = repository.run("rebase", "-i", "HEAD~2", environment=editor)
    assert done.returncode == stops, done.stderr


def test_commits_about_different_cells_change_places(repository: Repository) -> None:
    history(repository, version("a", "b"), version("A", "b"), version("A", "B"))
    rebase(repository, "1{h;d};2{G}", stops=False)
    assert repository.git("log", "--format=%s").split("\n")[:2] == ["number 1", "number 2"]
    assert sources(repository.read(N)) == ["A", "B"]
    assert "A" not in repository.git("show", f"HEAD~1:{N}")


def test_commits_about_one_cell_stop_an_interactive_rebase(repository: Repository) -> None:
    history(repository, version("a", "b"), version("A", "b"), version("AA", "b"))
    rebase(repository, "1{h;d};2{G}", stops=True)
    assert repository.status() == ["UU n.ipynb"]
    assert sources(repository.read(N)) == [BOTH.format("a", "AA"), "b"]
    repository.commit("AA first", version("AA", "b"))
    repository.stops("rebase", "--continue")
    assert sources(repository.read(N)) == [BOTH.format("AA", "A"), "b"]
    repository.git("rebase", "--skip")
    assert sources(repository.read(N)) == ["AA", "b"] and repository.status() == []


def test_stash_pop_merges_by_cell_and_keeps_the_stash_of_a_conflict(repository: Repository) -> None:
    history(repository, version("a", "b", "c"))
    repository.write(N, version("A", "b", "c")[N])
    repository.git("stash")
    repository.commit("other cell", version("a", "b", "C"))
    repository.git("stash", "pop")
    assert sources(repository.read(N)) == ["A", "b", "C"]
    assert repository.git("stash", "list") == ""
    repository.git("stash")
    repository.commit("same cell", version("AA", "b", "C"))
    assert "conflict in cell 0: source" in repository.stops("stash", "pop")
    assert sources(repository.read(N)) == [BOTH.format("AA", "A"), "b", "C"]
    assert repository.status() == ["UU n.ipynb"] and repository.git("stash", "list")
    repository.git("checkout", "--theirs", N)
    assert sources(repository.read(N)) == ["A", "b", "C"]
    repository.git("checkout", "-m", N)
    assert sources(repository.read(N)) == [BOTH.format("AA", "A"), "b", "C"]


@pytest.mark.parametrize("mine", [True, False], ids=["we renamed", "they renamed"])
def test_edits_follow_a_renamed_notebook(repository: Repository, mine: bool) -> None:
    long = tuple(f"value_{i} = {i}" for i in range(9))
    sides = [version(*long[:8], "edited"), version("renamed", *long[1:], name="new name.ipynb")]
    repository.branches(version(*long), *(reversed(sides) if mine else sides))
    side = "main" if mine else "theirs"
    repository.git("checkout", "-q", side)
    repository.git("rm", "-q", N)
    repository.git("commit", "-q", "--amend", "-m", "rename")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "theirs")
    assert sources(repository.read("new name.ipynb")) == ["renamed", *long[1:8], "edited"]
    assert not (repository.folder / N).exists()


def test_an_octopus_is_git_s_own_and_can_be_merged_again_by_cell(repository: Repository) -> None:
    """Git asks no merge driver there: its conflict is one of JSON."""
    history(repository, version("a", "b") | version("a", "b", name="m.ipynb"))
    for name, files in {
        "one": version("A", "b", run=3),
        "two": version("A", "b", name="m.ipynb"),
        "three": version("a", "B", run=5),
    }.items():
        repository.git("checkout", "-q", "-b", name, "main")
        repository.commit(name, files)
    repository.git("checkout", "-q", "main")
    assert repository.run("merge", "two", "one", "three").returncode == 1
    assert b"<<<<<<<" in (repository.folder / N).read_bytes()
    repository.git("checkout", "-m", N)
    assert sources(repository.read(N)) == ["A", "B"]


def test_any_name_is_merged_and_told_without_what_a_terminal_obeys(repository: Repository) -> None:
    names = [*NAMES, "%P %O.ipynb"]

    def everywhere(*texts: str) -> dict[str, Json]:
        return {name: version(*texts)[N] for name in names}

    repository.branches(everywhere("a", "b"), everywhere("A", "b"), everywhere("a", "B"))
    repository.git("merge", "-q", "theirs")
    assert all(sources(repository.read(name)) == ["A", "B"] for name in names)
    repository.git("checkout", "-q", "theirs")
    repository.commit("other", everywhere("other", "B"))
    done = repository.run("merge", "-q", "main")
    told = done.stderr.decode()
    assert told.count(": conflict in cell 0: source\n") == len(names)
    assert "nb2prod: new\\nline.ipynb: " in told and "nb2prod: a\\x1b[31m.ipynb: " in told
    assert all(sources(repository.read(name))[0].startswith("<<<<<<< ours") for name in names)
    assert not (repository.folder / "hit").exists()


@pytest.mark.slow
def test_two_hundred_notebooks_are_merged(repository: Repository) -> None:
    def everywhere(*texts: str) -> dict[str, Json]:
        return {f"folder{i % 7}/n{i}.ipynb": version(*texts)[N] for i in range(200)}

    repository.branches(everywhere("a", "b"), everywhere("A", "b"), everywhere("a", "B"))
    repository.git("merge", "-q", "theirs")
    assert all(sources(repository.read(name)) == ["A", "B"] for name in everywhere())
