"""The merge driver in repositories: merge, rebase, cherry-pick, and what goes wrong around them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from repository import DRIVER, PACKAGE, Repository, code, dump, notebook, sources

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # slow, not needed
from nbformat import validate  # noqa: E402

NAME = "my analysis.ipynb"
TEN = "\n".join(f"x{i} = {i}" for i in range(10))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "re po")
    made.attributes("merge=nb2prod", merge_nb2prod_driver=DRIVER)
    return made


def test_disjoint_edits_that_both_ran_merge_clean(repository: Repository) -> None:
    repository.branches(
        {NAME: notebook(code("a", TEN, 1), code("b", "y = 1", 2), code("c", "z", 3))},
        {NAME: notebook(code("a", TEN.replace("x1 =", "x1 = 2 *"), 4), code("b", "y = 1", 5))},
        {NAME: notebook(code("a", TEN.replace("x8 =", "x8 = 2 *"), 6), code("b", "y = 2", 7))},
    )
    repository.git("merge", "-q", "theirs")
    merged = repository.read(NAME)
    both = TEN.replace("x1 =", "x1 = 2 *").replace("x8 =", "x8 = 2 *")
    assert sources(merged) == [both, "y = 2"]
    assert [(c["outputs"], c["execution_count"]) for c in merged["cells"]] == [([], None)] * 2
    assert repository.status() == []


def test_outputs_of_the_one_who_ran_stay(repository: Repository) -> None:
    base = notebook(code("a", "x = 1", 1), code("b", "y", 2))
    ours = notebook(code("a", "x = 1", 7), code("b", "y", 8))
    theirs = notebook(code("a", "x = 2", 1), code("b", "y", 2))
    repository.branches({NAME: base}, {NAME: ours}, {NAME: theirs})
    repository.git("merge", "-q", "theirs")
    assert repository.read(NAME) == notebook(code("a", "x = 2") | ran(7), code("b", "y", 8))


def ran(count: int) -> dict[str, object]:
    cell = code("a", "", count)
    return {key: cell[key] for key in ("outputs", "execution_count")}


def test_conflict_is_a_notebook_with_both_versions(repository: Repository) -> None:
    repository.branches(
        {NAME: notebook(code("a", "x = 1", 1), code("b", "y", 2))},
        {NAME: notebook(code("a", "x = 2", 4), code("b", "y", 5))},
        {NAME: notebook(code("a", "x = 3", 6), code("b", "y", 7), code("n", "new", 8))},
    )
    said = repository.git("merge", "-q", "theirs", ok=False)
    assert f"nb2prod: {NAME}: conflict in cell 1: source" in said
    assert repository.status() == [f'UU "{NAME}"']
    merged = repository.read(NAME)
    validate(merged)
    conflict = "<<<<<<< ours\nx = 2\n=======\nx = 3\n>>>>>>> theirs"
    assert sources(merged) == [conflict, "y", "new"]


def test_edited_here_deleted_there_is_kept_as_conflict(repository: Repository) -> None:
    repository.branches(
        {NAME: notebook(code("a", "x = 1"), code("b", "y"), code("c", "z"))},
        {NAME: notebook(code("b", "y2"), code("c", "z"))},
        {NAME: notebook(code("a", "x = 3"), code("c", "z"))},
    )
    said = repository.git("merge", "theirs", ok=False)
    assert "cell 1: deleted by ours" in said and "cell 2: deleted by theirs" in said
    assert sources(repository.read(NAME)) == [
        "<<<<<<< ours (deleted this cell)\n=======\nx = 3\n>>>>>>> theirs",
        "<<<<<<< ours\ny2\n=======\n>>>>>>> theirs (deleted this cell)",
        "z",
    ]


def test_rebase_and_cherry_pick_stop_at_conflicts_and_go_on(repository: Repository) -> None:
    def version(*cells: str) -> dict[str, object]:
        return {NAME: notebook(*(code(f"c{i}q", text, i + 1) for i, text in enumerate(cells)))}

    repository.branches(version("a", "b", "c"), version("A", "b", "c"), version("a", "b", "C"))
    repository.git("checkout", "-q", "theirs")
    repository.commit(version("AA", "b", "C"), "second")
    repository.commit(version("AA", "b", "C", "d"), "third")
    repository.git("rebase", "main", ok=False)
    stopped = repository.read(NAME)
    validate(stopped)
    assert sources(stopped) == ["<<<<<<< ours\nA\n=======\nAA\n>>>>>>> theirs", "b", "C"]
    (repository.folder / NAME).write_text(dump(version("A2", "b", "C")[NAME]))  # type: ignore[arg-type]
    repository.git("add", "-A")
    repository.git("rebase", "--continue")
    assert sources(repository.read(NAME)) == ["A2", "b", "C", "d"]

    repository.git("checkout", "-q", "main")
    repository.git("cherry-pick", "theirs")
    assert sources(repository.read(NAME)) == ["A", "b", "c", "d"]
    repository.commit(version("A3", "b", "c", "d"))
    repository.git("cherry-pick", "theirs~1", ok=False)
    assert repository.status() == [f'UU "{NAME}"']


def test_both_added_the_notebook(repository: Repository) -> None:
    repository.branches(
        {"other.txt": "x"},
        {NAME: notebook(code("a", "x = 1", 1), code("m", "mine", 2))},
        {NAME: notebook(code("a", "x = 1", 3), code("t", "yours", 4))},
    )
    repository.git("merge", "-q", "theirs")
    assert sources(repository.read(NAME)) == ["x = 1", "mine", "yours"]


def test_broken_json_is_merged_as_text(repository: Repository) -> None:
    base = dump(notebook(code("a", TEN)))
    repository.branches({NAME: base}, {NAME: base[:-5]}, {NAME: base.replace("x1 = 1", "x1 = 11")})
    said = repository.git("merge", "theirs", ok=False)
    assert "merged as text" in said and "Traceback" not in said
    merged = (repository.folder / NAME).read_text()
    assert merged == base[:-5].replace("x1 = 1", "x1 = 11")
    assert repository.status() == [f'UU "{NAME}"']


@pytest.mark.parametrize("driver", ["/nowhere/python -P -m nb2prod.git.merge %O %A %B", "false"])
def test_missing_tool_leaves_our_file_and_a_conflict(repository: Repository, driver: str) -> None:
    ours = notebook(code("a", "x = 2"))
    repository.branches(
        {NAME: notebook(code("a", "x = 1"))}, {NAME: ours}, {NAME: notebook(code("a", "x = 3"))}
    )
    repository.git("config", "merge.nb2prod.driver", driver)
    repository.git("merge", "theirs", ok=False)
    assert repository.read(NAME) == ours
    assert repository.status() == [f'UU "{NAME}"']


def test_modules_of_the_repository_are_not_imported(repository: Repository) -> None:
    trap = "raise SystemExit('imported')\n"
    repository.commit({f"{name}.py": trap for name in ("json", "nbdime", "nb2prod", "re")})
    repository.branches(
        {NAME: notebook(code("a", "x = 1"), code("b", "y"), kept={"a": 1, "b": 1})},
        {NAME: notebook(code("a", "x = 2"), code("b", "y"), kept={"a": 2, "b": 1})},
        {NAME: notebook(code("a", "x = 1"), code("b", "z"), kept={"a": 1, "b": 2})},
    )
    assert "imported" not in repository.git("merge", "theirs")
    assert repository.read(NAME)["metadata"] == {"kept": {"a": 2, "b": 2}}


def test_criss_cross_merges(repository: Repository) -> None:
    """Two merge bases, which git merges by the driver, too, conflict and all."""
    repository.branches(
        {NAME: notebook(code("a", "x = 1"), code("b", TEN))},
        {NAME: notebook(code("a", "x = 2"), code("b", TEN))},
        {NAME: notebook(code("a", "x = 3"), code("b", TEN))},
    )
    for branch, other in (("main", "theirs"), ("theirs", "main~0")):
        repository.git("checkout", "-q", branch)
        repository.git("branch", "-f", f"old-{branch}")
        other = "old-main" if branch == "theirs" else other
        repository.git("merge", other, ok=False)
        number = "4" if branch == "main" else "5"
        repository.commit({NAME: notebook(code("a", f"x = {number}"), code("b", TEN))})
    repository.git("merge", "main", ok=False)
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
        input=json.dumps(notebook(code("a", "x"))),
        cwd=PACKAGE,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "[]", done.stderr
