"""nb2prod diff, and what an edit of a notebook means for its package."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from repositories import Repository, code, markdown, notebook

from nb2prod import api
from nb2prod.cli import run
from nb2prod.git import production_report
from nb2prod.git.production import ProductionDiff
from nb2prod.git.repository import Version

CELLS = [
    markdown("# Sales"),
    code("import pandas as pd\nSEED = 1\nLIMIT = 10"),
    markdown("## Load"),
    code("df = pd.read_csv('sales.csv')"),
    markdown("## Clean"),
    code("df = df.dropna()\ndf = df[df['amount'] < LIMIT]"),
    markdown("## Train"),
    code("from sklearn.linear_model import LinearRegression\n"
         "model = LinearRegression(fit_intercept=True)\nmodel.fit(df[['x']], df['amount'])"),
]  # fmt: skip


def compared(
    *edits: tuple[str, str], cells: list[dict[str, object]] | None = None
) -> ProductionDiff:
    old = notebook(CELLS)
    text = notebook(cells or CELLS).decode()
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    return api.production_diff(Version("sales.ipynb", old), Version("sales.ipynb", text.encode()))


def said(found: ProductionDiff, group: str) -> list[tuple[str, str, str]]:
    assert not found.problem
    return [(d.change, d.name, d.detail) for d in found.differences if d.group == group]


def test_what_no_value_depends_on_changes_nothing() -> None:
    assert compared(("df = df.dropna()", "# a comment\\ndf = df.dropna()")).differences == ()
    rerun = [{**cell, "execution_count": 9} if "outputs" in cell else cell for cell in CELLS]
    assert compared(cells=rerun).differences == ()
    moved_down = [*CELLS[:2], markdown("A remark."), *CELLS[2:]]
    assert compared(cells=moved_down).differences == ()


def test_functions_settings_data_and_dependencies() -> None:
    found = compared(
        ("fit_intercept=True", "fit_intercept=False"),
        ("LIMIT = 10", "LIMIT = 12"),
        ("sales.csv", "sales_2024.csv"),
    )
    changed = [d for d in found.differences if d.group == "functions" and d.change == "changed"]
    assert any("-    model = LinearRegression(fit_intercept=True)" in d.lines for d in changed)
    assert any("+    model = LinearRegression(fit_intercept=False)" in d.lines for d in changed)
    assert said(found, "settings")[0] == ("changed", "limit", "10 → 12")
    assert said(found, "sources") == [
        ("changed", "reads sales_2024.csv", "was sales.csv; csv by pandas.read_csv")
    ]
    assert said(compared(("df.dropna()", "df.dropna(how=LIMIT)")), "parameters") == []
    more = compared(
        ("import pandas as pd", "import pandas as pd\\nimport scipy.stats as ss"),
        ("df = df.dropna()", "df = df.dropna()\\ndf['z'] = ss.zscore(df['x']) * SEED"),
    )
    assert ("added", "scipy") in [(d.change, d.name) for d in more.differences]
    assert ("added", "seed") in [
        (d.change, d.name) for d in more.differences if d.group == "parameters"
    ]


def test_functions_come_go_and_move() -> None:
    without = compared(cells=CELLS[:-2])
    assert [change for change, _, _ in said(without, "functions")] == ["removed"]
    assert ("removed", "scikit-learn") in [row[:2] for row in said(without, "dependencies")]
    extra = [*CELLS, markdown("## Save"), code("df.to_csv('out.csv')")]
    more = compared(cells=extra)
    assert [change for change, _, _ in said(more, "functions")] == ["added"]
    assert [row[:2] for row in said(more, "sources")] == [("added", "writes out.csv")]
    new = api.production_diff(Version("n.ipynb", None), Version("n.ipynb", notebook(CELLS)))
    assert {d.change for d in new.differences if d.group == "functions"} == {"added"}


def test_a_version_that_is_no_package_is_a_problem_and_no_error() -> None:
    found = api.production_diff(Version("n.ipynb", notebook(CELLS)), Version("n.ipynb", b"{"))
    assert found.problem.startswith("the new version is no package")
    assert found.json()["problem"]


SECRETS = [
    "password = 'hunter2'",
    'API_KEY = "9hunter2Zk"',
    "connect(user='me', password='hunter2')",
    "os.environ['AWS_SECRET_ACCESS_KEY'] = 'hunter2'",
    "{'token': 'hunter2'}",
    "create_engine('postgresql://me:hunter2@host/db')",
    "get('https://host/x?api_key=hunter2&y=1')",
    "x = 'ghp_hunter2hunter2hunter2hunter2'",
]


@pytest.mark.parametrize("line", SECRETS)
def test_no_credential_is_shown(line: str) -> None:
    found = compared(("SEED = 1", f"SEED = 1\\nimport os\\nprint(1)\\n{line}".replace('"', "'")))
    text = production_report.markdown([found]) + json.dumps(found.json())
    assert "hunter2" not in text


def test_markdown_is_without_what_a_notebook_could_smuggle_in() -> None:
    evil = "x`](http://evil) <img src=x> @somebody | ``` \\u001b[31m"
    path = "a`b<script>.ipynb"
    old = Version(path, notebook(CELLS))
    text = notebook(CELLS).decode().replace("sales.csv", evil.replace("\\", "\\\\"))
    found = api.production_diff(old, Version(path, text.encode()))
    page = production_report.markdown([found])
    outside = []
    fenced = ""
    for line in page.splitlines():
        bare = line.strip()
        if fenced:
            fenced = "" if bare == fenced else fenced
        elif bare.endswith("diff") and bare.startswith("```"):
            fenced = bare.removesuffix("diff")
        else:
            outside.append(_without_code(line))
    assert not fenced
    assert not any(part in line for line in outside for part in ("<", "@", "](", "\x1b", "evil"))


def _without_code(line: str) -> str:
    """Return a line without its code spans, by CommonMark's rule: a run closes with its equal."""
    return re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", line)


@pytest.fixture
def history(bare_repository: Repository) -> Repository:
    bare_repository.write("deep/sales.ipynb", notebook(CELLS))
    bare_repository.write("other.ipynb", notebook(CELLS))
    bare_repository.commit("first")
    changed = [*CELLS[:1], code("import pandas as pd\nSEED = 1\nLIMIT = 99"), *CELLS[2:]]
    bare_repository.write("deep/sales.ipynb", notebook(changed))
    bare_repository.git("mv", "other.ipynb", "renamed.ipynb")
    bare_repository.commit("second")
    return bare_repository


@pytest.mark.parametrize(
    "sides",
    [
        ["HEAD~1:deep/sales.ipynb", "deep/sales.ipynb"],
        ["HEAD~1:deep/sales.ipynb"],
        ["HEAD~1", "deep/sales.ipynb"],
        ["HEAD~1:deep/sales.ipynb", "HEAD:deep/sales.ipynb"],
        ["HEAD~1", "HEAD"],
        ["HEAD~1"],
        ["HEAD~1..HEAD"],
        ["HEAD~1...HEAD"],
    ],
    ids=" ".join,
)
def test_files_and_revisions(
    history: Repository, sides: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", *sides]) == 0
    text = capsys.readouterr().out
    assert "-LIMIT = 10\n+LIMIT = 99\n" in text and text.count("diff --git") == 1
    assert run(["diff", "--json", *sides]) == 0
    cells = json.loads(capsys.readouterr().out)["notebooks"][0]["cells"]
    assert cells[0]["change"] == "modified" and "-LIMIT = 10" in cells[0]["source"]


def test_the_last_commit_is_compared_by_default(
    history: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    history.write("deep/sales.ipynb", notebook([code("x = 1"), *CELLS]))
    monkeypatch.chdir(history.folder / "deep")
    for sides in ([], ["sales.ipynb"], ["HEAD"]):
        assert run(["diff", *sides]) == 0
        assert "@@ cell 0 @@ code, added\n+x = 1\n" in capsys.readouterr().out


def test_production_of_a_range_in_all_forms(
    history: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", "--production", "HEAD~1", "HEAD"]) == 0
    assert "@@ production @@ setting changed: limit, 10 → 99\n" in capsys.readouterr().out
    assert run(["diff", "--production", "--json", "HEAD~1", "HEAD"]) == 0
    first, second = json.loads(capsys.readouterr().out)["notebooks"]
    assert [row["name"] for row in first["settings"]] == ["limit"]
    assert second["old"] == "other.ipynb" and second["functions"] == []
    assert run(["diff", "--production", "--markdown", "HEAD~1", "HEAD"]) == 0
    page = capsys.readouterr().out
    assert "### `deep/sales.ipynb`" in page and "- changed `limit`: `10 → 99`" in page
    assert "### `renamed.ipynb` (was `other.ipynb`)" in page and "Nothing changes" in page


def test_nbdime_shows_the_same_edit(
    history: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    sides = ["HEAD~1:deep/sales.ipynb", "HEAD:deep/sales.ipynb"]
    assert run(["diff", "--engine", "nbdime", *sides]) == 0
    text = capsys.readouterr().out
    assert "LIMIT = 99" in text and "\x1b" not in text and "/tmp/" not in text
    assert run(["diff", "--engine", "nbdime", "--json", *sides]) == 0
    assert json.loads(capsys.readouterr().out)["notebooks"][0]["diff"][0]["op"] == "patch"


def test_web_opens_nbdime_s_page_on_both_versions(
    history: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbdime.webapp import nbdiffweb

    seen: list[str] = []

    def page(arguments: list[str]) -> int:
        seen.extend(Path(path).read_text() for path in arguments)
        return 0

    monkeypatch.setattr(nbdiffweb, "main", page)
    assert run(["diff", "--web", "HEAD~1:deep/sales.ipynb", "HEAD:deep/sales.ipynb"]) == 0
    assert ["LIMIT = 99" in text for text in seen] == [False, True]


def test_files_that_are_no_notebooks_are_compared_as_text(
    history: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    history.write("a.ipynb", b"<<<<<<< ours\n\x1b[31m\n")
    assert run(["diff", "a.ipynb", "renamed.ipynb"]) == 0
    text = capsys.readouterr().out
    assert "--- a/a.ipynb\n+++ b/renamed.ipynb\n" in text
    assert "-<<<<<<< ours\n-\\x1b[31m\n" in text
    history.write("b.ipynb", b"\0")
    assert run(["diff", "b.ipynb", "renamed.ipynb"]) == 0
    assert "Binary files a/b.ipynb and b/renamed.ipynb differ\n" in capsys.readouterr().out
    assert run(["diff", "--json", "a.ipynb", "renamed.ipynb"]) == 0
    assert "not a notebook" in json.loads(capsys.readouterr().out)["notebooks"][0]["problem"]


WRONG = {
    "gone.ipynb": "no file gone.ipynb: `git ls-files`",
    "HEAD gone.ipynb": "no file gone.ipynb: `git ls-files`",
    "deleted.ipynb renamed.ipynb": "HEAD:./deleted.ipynb is that of the last commit",
    "deep": "deep is a folder: name a notebook",
    "HEAD~7": "no revision 'HEAD~7' here: `git log",
    "HEAD~7:renamed.ipynb": "no revision 'HEAD~7'",
    "HEAD..nothing": "no revision 'nothing'",
    "nothing..": "no revision 'nothing'",
    "HEAD:no.ipynb": "HEAD has no file no.ipynb: paths",
    "HEAD:deep": "HEAD has no file deep",
    "-- --output=x HEAD": "no revision '--output=x'",
    "--output=x HEAD": "No such option",
    "a b c": "two notebooks or revisions at most",
    "--markdown HEAD": "goes with --production",
    "--json --web HEAD": "choose one",
    "--json --production --markdown HEAD": "choose one",
    "--production --engine nbdime HEAD": "not with --web",
}


@pytest.mark.parametrize("arguments", WRONG)
def test_what_is_neither_file_nor_revision_is_said(
    history: Repository, arguments: str, capsys: pytest.CaptureFixture[str]
) -> None:
    history.commit("third", {"deleted.ipynb": notebook(CELLS)})
    (history.folder / "deleted.ipynb").unlink()
    assert run(["diff", *arguments.split()]) == 2
    said = capsys.readouterr().err
    assert WRONG[arguments] in said and "Traceback" not in said
    assert not (history.folder / "x").exists()


def test_without_a_repository_or_a_commit_two_notebooks_are_asked_for(
    tmp_path: Path,
    bare_repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["diff"]) == 2
    assert "no commit yet: name two notebooks" in capsys.readouterr().err
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    for arguments in ([], ["HEAD"], ["n.ipynb"], ["HEAD:n.ipynb"], ["HEAD..main"]):
        assert run(["diff", *arguments]) == 2
        assert "no git repository: name two notebooks" in capsys.readouterr().err
    for name, text in (("a.ipynb", "x = 1"), ("b.ipynb", "x = 2")):
        (tmp_path / name).write_bytes(notebook([code(text)]))
    assert run(["diff", "a.ipynb", "b.ipynb"]) == 0
    assert "-x = 1\n+x = 2\n" in capsys.readouterr().out


def test_a_notebook_that_was_deleted_and_paths_from_a_subfolder(
    history: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(history.folder / "deep")
    history.write("deep/sales.ipynb", notebook([code("x = 1"), *CELLS]))
    for side in ("HEAD:./sales.ipynb", "HEAD:deep/sales.ipynb", "HEAD:../deep/sales.ipynb"):
        assert run(["diff", side]) == 0
        assert "@@ cell 0 @@ code, added\n+x = 1\n" in capsys.readouterr().out
    (history.folder / "deep" / "sales.ipynb").unlink()
    for arguments in (["sales.ipynb"], ["HEAD:./sales.ipynb"]):
        assert run(["diff", *arguments]) == 0
        text = capsys.readouterr().out
        assert "deleted file mode" in text and "+++ /dev/null\n" in text and "index" not in text
        assert text.startswith("diff --git a/deep/sales.ipynb b/deep/sales.ipynb\n")
