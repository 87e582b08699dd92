"""The merge driver in repositories: merge, rebase, cherry-pick, and what goes wrong around them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from repositories import DRIVER, PACKAGE, Json, Repository, code, document, dump, sources

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # slow, not needed
from nbformat import validate  # noqa: E402

NAME = "my analysis.ipynb"
TEN = "\n".join(f"x{i} = {i}" for i in range(10))


@pytest.fixture
def repository(bare_repository: Repository) -> Repository:
    bare_repository.attributes("merge=nb2prod", merge_nb2prod_driver=DRIVER)
    return bare_repository


def test_disjoint_edits_that_both_ran_merge_clean(repository: Repository) -> None:
    repository.branches(
        {NAME: document(code(TEN, "a", 1), code("y = 1", "b", 2), code("z", "c", 3))},
        {NAME: document(code(TEN.replace("x1 =", "x1 = 2 *"), "a", 4), code("y = 1", "b", 5))},
        {NAME: document(code(TEN.replace("x8 =", "x8 = 2 *"), "a", 6), code("y = 2", "b", 7))},
    )
    repository.git("merge", "-q", "theirs")
    merged = repository.read(NAME)
    both = TEN.replace("x1 =", "x1 = 2 *").replace("x8 =", "x8 = 2 *")
    assert sources(merged) == [both, "y = 2"]
    assert [(c["outputs"], c["execution_count"]) for c in merged["cells"]] == [([], None)] * 2
    assert repository.status() == []


def test_outputs_of_the_one_who_ran_stay(repository: Repository) -> None:
    base = document(code("x = 1", "a", 1), code("y", "b", 2))
    ours = document(code("x = 1", "a", 7), code("y", "b", 8))
    theirs = document(code("x = 2", "a", 1), code("y", "b", 2))
    repository.branches({NAME: base}, {NAME: ours}, {NAME: theirs})
    repository.git("merge", "-q", "theirs")
    assert repository.read(NAME) == document(code("x = 2", "a") | ran(7), code("y", "b", 8))


def ran(count: int) -> Json:
    cell = code("", "a", count)
    return {key: cell[key] for key in ("outputs", "execution_count")}


def test_conflict_is_a_notebook_with_both_versions(repository: Repository) -> None:
    repository.branches(
        {NAME: document(code("x = 1", "a", 1), code("y", "b", 2))},
        {NAME: document(code("x = 2", "a", 4), code("y", "b", 5))},
        {NAME: document(code("x = 3", "a", 6), code("y", "b", 7), code("new", "n", 8))},
    )
    said = repository.stops("merge", "-q", "theirs")
    assert f"nb2prod: {NAME}: conflict in cell 0: source" in said
    assert repository.status() == [f'UU "{NAME}"']
    merged = repository.read(NAME)
    validate(merged)
    conflict = "<<<<<<< ours\nx = 2\n=======\nx = 3\n>>>>>>> theirs"
    assert sources(merged) == [conflict, "y", "new"]


def test_edited_here_deleted_there_is_kept_as_conflict(repository: Repository) -> None:
    repository.branches(
        {NAME: document(code("x = 1", "a"), code("y", "b"), code("z", "c"))},
        {NAME: document(code("y2", "b"), code("z", "c"))},
        {NAME: document(code("x = 3", "a"), code("z", "c"))},
    )
    said = repository.stops("merge", "theirs")
    assert "cell 0: deleted by ours" in said and "cell 1: deleted by theirs" in said
    assert sources(repository.read(NAME)) == [
        "<<<<<<< ours (deleted this cell)\n=======\nx = 3\n>>>>>>> theirs",
        "<<<<<<< ours\ny2\n=======\n>>>>>>> theirs (deleted this cell)",
        "z",
    ]


def test_rebase_and_cherry_pick_stop_at_conflicts_and_go_on(repository: Repository) -> None:
    def version(*cells: str) -> Json:
        return {NAME: document(*(code(text, f"c{i}q", i + 1) for i, text in enumerate(cells)))}

    repository.branches(version("a", "b", "c"), version("A", "b", "c"), version("a", "b", "C"))
    repository.git("checkout", "-q", "theirs")
    repository.commit("second", version("AA", "b", "C"))
    repository.commit("third", version("AA", "b", "C", "d"))
    repository.stops("rebase", "main")
    stopped = repository.read(NAME)
    validate(stopped)
    assert sources(stopped) == ["<<<<<<< ours\nA\n=======\nAA\n>>>>>>> theirs", "b", "C"]
    repository.write(NAME, version("A2", "b", "C")[NAME])
    repository.git("add", "-A")
    repository.git("rebase", "--continue")
    assert sources(repository.read(NAME)) == ["A2", "b", "C", "d"]

    repository.git("checkout", "-q", "main")
    repository.git("cherry-pick", "theirs")
    assert sources(repository.read(NAME)) == ["A", "b", "c", "d"]
    repository.commit("fourth", version("A3", "b", "c", "d"))
    repository.stops("cherry-pick", "theirs~1")
    assert repository.status() == [f'UU "{NAME}"']


def test_both_added_the_notebook(repository: Repository) -> None:
    repository.branches(
        {"other.txt": b"x"},
        {NAME: document(code("x = 1", "a", 1), code("mine", "m", 2))},
        {NAME: document(code("x = 1", "a", 3), code("yours", "t", 4))},
    )
    repository.git("merge", "-q", "theirs")
    assert sources(repository.read(NAME)) == ["x = 1", "mine", "yours"]


def test_broken_json_is_merged_as_text(repository: Repository) -> None:
    base = dump(document(code(TEN, "a")))
    repository.branches(
        {NAME: base}, {NAME: base[:-5]}, {NAME: base.replace(b"x1 = 1", b"x1 = 11")}
    )
    said = repository.stops("merge", "theirs")
    assert "merged as text" in said and "Traceback" not in said
    merged = (repository.folder / NAME).read_bytes()
    assert merged == base[:-5].replace(b"x1 = 1", b"x1 = 11")
    assert repository.status() == [f'UU "{NAME}"']


@pytest.mark.parametrize("driver", ["/nowhere/python -P -m nb2prod.git.merge %O %A %B", "false"])
def test_missing_tool_leaves_our_file_and_a_conflict(repository: Repository, driver: str) -> None:
    ours = document(code("x = 2", "a"))
    repository.branches(
        {NAME: document(code("x = 1", "a"))}, {NAME: ours}, {NAME: document(code("x = 3", "a"))}
    )
    repository.git("config", "merge.nb2prod.driver", driver)
    repository.stops("merge", "theirs")
    assert repository.read(NAME) == ours
    assert repository.status() == [f'UU "{NAME}"']


def test_modules_of_the_repository_are_not_imported(repository: Repository) -> None:
    trap = b"raise SystemExit('imported')\n"
    repository.commit("traps", {f"{name}.py": trap for name in ("json", "nbdime", "nb2prod", "re")})
    repository.branches(
        {NAME: document(code("x = 1", "a"), code("y", "b"), kept={"a": 1, "b": 1})},
        {NAME: document(code("x = 2", "a"), code("y", "b"), kept={"a": 2, "b": 1})},
        {NAME: document(code("x = 1", "a"), code("z", "b"), kept={"a": 1, "b": 2})},
    )
    assert "imported" not in repository.git("merge", "theirs")
    assert repository.read(NAME)["metadata"] == {"kept": {"a": 2, "b": 2}}


def test_criss_cross_merges(repository: Repository) -> None:
    """Two merge bases, which git merges by the driver, too, conflict and all."""
    repository.branches(
        {NAME: document(code("x = 1", "a"), code(TEN, "b"))},
        {NAME: document(code("x = 2", "a"), code(TEN, "b"))},
        {NAME: document(code("x = 3", "a"), code(TEN, "b"))},
    )
    for branch, other in (("main", "theirs"), ("theirs", "main~0")):
        repository.git("checkout", "-q", branch)
        repository.git("branch", "-f", f"old-{branch}")
        other = "old-main" if branch == "theirs" else other
        repository.stops("merge", other)
        number = "4" if branch == "main" else "5"
        repository.commit("merged", {NAME: document(code(f"x = {number}", "a"), code(TEN, "b"))})
    repository.stops("merge", "main")
    merged = repository.read(NAME)
    validate(merged)
    assert "x = 5" in sources(merged)[0] and "x = 4" in sources(merged)[0]


def test_arguments_are_asked_for() -> None:
    command = [sys.executable, "-m", "nb2prod.git.merge"]
    done = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True)
    assert done.returncode == 129 and "usage" in done.stderr


def test_driver_imports_nbdime_only_for_metadata() -> None:
    """Nor anything else that is slow: nbformat costs up to a second."""
    program = (
        "import sys, json; from nb2prod.git.merge import merge_notebooks;"
        " one = json.loads(sys.stdin.read()); two = json.loads(json.dumps(one));"
        " two['cells'][0]['source'] = 'y'; merge_notebooks(one, two, two);"
        " print(sorted({'nbformat', 'nbdime', 'jsonschema', 'click'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(document(code("x", "a"))),
        cwd=PACKAGE,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "[]", done.stderr
