"""Git's other commands about the past of a notebook: renames, merges, blame, range-diff."""

from __future__ import annotations

import re

import pytest
from repositories import Repository, code, document

READ, FIT, PLOT = (
    "df = pd.read_csv('a.csv')\ndf.head()",
    "model = fit(df)",
    "plt.plot(df)\nplt.show()",
)


def version(read: str = READ, fit: str = FIT, count: int = 1) -> dict[str, object]:
    texts = ("import pandas as pd", read, fit, PLOT)
    return document(*(code(text, f"c{i}q", count + i) for i, text in enumerate(texts)))


def reading(name: str) -> dict[str, object]:
    return version(READ.replace("a.csv", name))


@pytest.fixture
def renamed(repository: Repository) -> Repository:
    """A notebook that was edited, then renamed, edited and run at once."""
    repository.commit("first", {"n.ipynb": version()})
    repository.commit("second", {"n.ipynb": reading("b.csv")})
    repository.git("mv", "n.ipynb", "m.ipynb")
    edited = version(READ.replace("a.csv", "b.csv"), "model = fit(df, 2)", 7)
    repository.commit("third", {"m.ipynb": edited})
    return repository


def test_a_rename_with_edits_is_one_diff(renamed: Repository) -> None:
    text = renamed.git("diff", "HEAD~1")
    assert text.count("diff --git") == 1
    assert "rename from n.ipynb\nrename to m.ipynb\n" in text
    assert "--- a/n.ipynb\n+++ b/m.ipynb\n" in text
    assert "@@ cell 2 @@ code, modified\n-model = fit(df)\n+model = fit(df, 2)\n" in text
    assert "read_csv" not in text


@pytest.mark.parametrize("door", ["--ext-diff", "--textconv"])
def test_follow_goes_on_beyond_a_rename(renamed: Repository, door: str) -> None:
    text = renamed.git("log", "-p", "--follow", "--format=commit %s", door, "m.ipynb")
    third, second, first = text.split("commit ")[1:]
    assert "rename to m.ipynb" in third and "+model = fit(df, 2)" in third
    assert "-df = pd.read_csv('a.csv')\n+df = pd.read_csv('b.csv')\n" in second
    assert "new file mode" in first and "+df = pd.read_csv('a.csv')" in first


def test_blame_names_the_commit_of_each_line(renamed: Repository) -> None:
    names = renamed.git("log", "--format=%h %s").splitlines()
    commits = {name.split()[1]: name.split()[0] for name in names}
    blamed = renamed.git("blame", "-s", "--abbrev=7", "m.ipynb").splitlines()
    lines = {re.split(r"\d\) ", line)[-1]: line for line in blamed}
    for line, commit in (("df = pd.read_csv('b.csv')", "second"), ("model = fit(df, 2)", "third")):
        assert commits[commit] in lines[line]
    assert lines["df.head()"].startswith("^")
    renamed.write("m.ipynb", reading("c.csv"))
    assert "00000000" in renamed.git("blame", "-s", "-L", "/read_csv/,+1", "m.ipynb")


def test_search_finds_the_commits_that_changed_a_line(renamed: Repository) -> None:
    for option in ("-S", "-G"):
        assert renamed.git("log", option, "b.csv", "--format=%s") == "second\n"


def test_range_diff_compares_lines_of_code(repository: Repository) -> None:
    repository.branches(
        {"n.ipynb": version()}, {"n.ipynb": reading("c.csv")}, {"n.ipynb": reading("b.csv")}
    )
    text = repository.git("range-diff", "main~..theirs", "main~..main")
    assert "    -+df = pd.read_csv('b.csv')\n    ++df = pd.read_csv('c.csv')\n" in text
    assert "execution_count" not in text


def test_a_merge_is_shown_where_it_differs_from_both_sides(repository: Repository) -> None:
    repository.branches(
        {"n.ipynb": version()}, {"n.ipynb": reading("b.csv")}, {"n.ipynb": reading("c.csv")}
    )
    repository.run("merge", "theirs")
    repository.commit("merged", {"n.ipynb": reading("d.csv")})
    for door in ("--textconv", "--ext-diff"):  # git asks for the text of combined diffs, always
        text = repository.git("show", "--cc", door)
        assert (
            "- df = pd.read_csv('b.csv')\n -df = pd.read_csv('c.csv')\n++df = pd.read_csv('d.csv')\n"
        ) in text
        assert "@@@ " in text and "execution_count" not in text
    assert "+df = pd.read_csv('d.csv')" in repository.git("show", "-m", "--first-parent")


def test_both_sides_of_a_conflict_are_shown(repository: Repository) -> None:
    repository.attributes("diff=nb2prod")  # and git's own merge, which breaks the JSON
    repository.branches(
        {"n.ipynb": version()}, {"n.ipynb": reading("b.csv")}, {"n.ipynb": reading("c.csv")}
    )
    assert repository.run("merge", "theirs").returncode == 1
    text = repository.git("diff")
    assert "diff --cc n.ipynb" in text and "c.csv" in text
    assert "* Unmerged path n.ipynb" in repository.git("diff", "--ours")
