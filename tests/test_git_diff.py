"""The diff driver as git calls it, in real repositories."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from repositories import NAMES, Repository, code, markdown, notebook, picture, printed

from nb2prod import api
from nb2prod.git import driver, entries

OLD = notebook(
    [
        markdown("# Load", "load"),
        code(
            "import pandas as pd\ndf = pd.read_csv('a.csv')", "read", outputs=[printed("acc 0.91")]
        ),
        code("df.plot()", "plot", outputs=[picture("A")], execution_count=3),
    ]
)
NEW = notebook(
    [
        markdown("# Load", "load"),
        code(
            "import pandas as pd\ndf = pd.read_csv('b.csv')", "read", outputs=[printed("acc 0.93")]
        ),
        code("df.plot()", "plot", outputs=[picture("B")], execution_count=4711),
    ]
)
CELLS = """\
@@ cell 1 @@ code, modified
 import pandas as pd
-df = pd.read_csv('a.csv')
+df = pd.read_csv('b.csv')
output: stdout: "acc 0.91" became "acc 0.93"
@@ cell 2 @@ code
output: image/png 75 kB changed
"""


@pytest.fixture
def edited(repository: Repository) -> Repository:
    repository.write("n.ipynb", OLD)
    repository.commit("first")
    repository.write("n.ipynb", NEW)
    return repository


def head(text: str) -> list[str]:
    """Return the lines of a diff above the first change."""
    lines = text.splitlines()
    return lines[: next((i for i, line in enumerate(lines) if "@@" in line), len(lines))]


def test_git_diff_shows_cells_lines_and_outputs_but_no_counts(edited: Repository) -> None:
    text = edited.git("diff")
    assert text.startswith("diff --git a/n.ipynb b/n.ipynb\nindex ")
    assert text.endswith("--- a/n.ipynb\n+++ b/n.ipynb\n" + CELLS)
    assert "4711" not in text


def test_cached_revisions_and_ext_diff_show_the_same(edited: Repository) -> None:
    edited.git("add", ".")
    assert edited.git("diff", "--cached").endswith(CELLS)
    edited.git("commit", "-qm", "second")
    assert edited.git("diff", "HEAD~1", "HEAD").endswith(CELLS)
    assert edited.git("log", "-p", "-1", "--ext-diff").endswith(CELLS)
    assert edited.git("show", "--ext-diff").endswith(CELLS)


@pytest.mark.parametrize(
    "command",
    [["log", "-p", "-1"], ["show"], ["diff", "--no-ext-diff", "HEAD~1"], ["format-patch", "-1"]],
    ids=" ".join,
)
def test_textconv_commands_show_lines_of_code(edited: Repository, command: list[str]) -> None:
    edited.commit("second")
    text = edited.git(*command)
    if command[0] == "format-patch":  # a patch is to be applied: git keeps it as it is
        assert '"execution_count": 4711' in (edited.folder / text.strip()).read_text()
        return
    assert "\n-df = pd.read_csv('a.csv')\n" in text and "\n+df = pd.read_csv('b.csv')\n" in text
    assert "4711" not in text and "AAAA" not in text
    assert re.search(r"^@@ .* @@ # Load$", text, re.MULTILINE)


def test_stash_blame_grep_and_words(edited: Repository) -> None:
    edited.git("stash")
    assert edited.git("stash", "show", "-p", "--ext-diff").endswith(CELLS)
    assert "+df = pd.read_csv('b.csv')" in edited.git("stash", "show", "-p", "--textconv")
    edited.git("stash", "pop", "-q")
    words = edited.git("diff", "--no-ext-diff", "--word-diff")
    assert "pd.read_csv('[-a-]{+b+}.csv')" in words or "[-pd.read_csv('a.csv')-]" in words
    assert edited.git("diff", "--word-diff").endswith(CELLS)
    edited.commit("second")
    blamed = [line for line in edited.git("blame", "n.ipynb").splitlines() if "read_csv" in line]
    assert len(blamed) == 1 and not blamed[0].startswith("^")
    found = edited.git("grep", "--textconv", "-n", "read_csv", "HEAD")
    assert re.fullmatch(r"HEAD:n\.ipynb:\d+:df = pd\.read_csv\('b\.csv'\)\n", found)


def test_add_patch_still_works_on_the_file_itself(edited: Repository) -> None:
    edited.git("add", "-p", input=b"s\nn\ny\nn\nn\n")
    staged = json.loads(edited.git("show", "--no-textconv", ":n.ipynb"))
    old, new = (json.loads(text)["cells"] for text in (OLD, NEW))
    assert staged["cells"] == [old[0], old[1] | {"source": new[1]["source"]}, old[2]]


def test_subdirectories_and_worktrees(edited: Repository, tmp_path: Path) -> None:
    folder = edited.folder / "deep" / "er"
    folder.mkdir(parents=True)
    assert edited.git("diff", folder=folder).endswith(CELLS)
    edited.write("deep/er/x.ipynb", OLD)
    edited.commit()
    edited.write("deep/er/x.ipynb", NEW)
    assert "--- a/x.ipynb" in edited.git("diff", "--relative", folder=folder)
    edited.git("worktree", "add", "-q", str(tmp_path / "other"))
    (tmp_path / "other" / "n.ipynb").write_bytes(OLD)
    text = edited.git("diff", folder=tmp_path / "other")
    assert "+df = pd.read_csv('a.csv')" in text and "@@ cell 1 @@" in text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("quoted", ["true", "false"])
def test_headers_are_git_s_own_whatever_the_name(
    repository: Repository, name: str, quoted: str
) -> None:
    repository.git("config", "core.quotePath", quoted)
    repository.write(name, OLD)
    repository.commit()
    repository.write(name, NEW)
    text = repository.git("diff")
    assert head(text) == head(repository.git("diff", "--no-ext-diff", "--no-textconv"))
    assert text.endswith(CELLS)
    assert not (repository.folder / "hit").exists()
    assert "+df = pd.read_csv('b.csv')" in repository.git("diff", "--no-ext-diff")


def new_file(repository: Repository) -> None:
    repository.write("other.ipynb", NEW)
    repository.git("add", "-N", "other.ipynb")


def deleted_file(repository: Repository) -> None:
    (repository.folder / "n.ipynb").unlink()


def mode_only(repository: Repository) -> None:
    (repository.folder / "n.ipynb").chmod(0o755)


def mode_and_text(repository: Repository) -> None:
    repository.write("n.ipynb", NEW).chmod(0o755)


def renamed(repository: Repository) -> None:
    repository.git("mv", "n.ipynb", "moved there.ipynb")
    repository.write("moved there.ipynb", NEW)
    repository.git("add", ".")


def renamed_only(repository: Repository) -> None:
    repository.git("mv", "n.ipynb", "moved.ipynb")


def to_a_link(repository: Repository) -> None:
    (repository.folder / "n.ipynb").unlink()
    (repository.folder / "n.ipynb").symlink_to("elsewhere.ipynb")


@pytest.mark.parametrize(
    "change",
    [new_file, deleted_file, mode_only, mode_and_text, renamed, renamed_only, to_a_link],
)
@pytest.mark.parametrize("colour", ["always", "never"])
def test_headers_are_git_s_own_for_each_change(
    repository: Repository, change: object, colour: str
) -> None:
    repository.git("config", "color.ui", colour)
    repository.write("n.ipynb", OLD)
    repository.commit()
    change(repository)  # type: ignore[operator]
    own = repository.git("diff", "-M", "HEAD")
    plain = repository.git("diff", "-M", "HEAD", "--no-ext-diff", "--no-textconv")
    assert head(own) == head(plain)
    assert own.count("diff --git") == plain.count("diff --git")


def test_abbreviation_prefix_context_and_colours_follow_git_s_settings(edited: Repository) -> None:
    edited.git("config", "core.abbrev", "12")
    edited.git("config", "diff.noprefix", "true")
    edited.git("config", "color.ui", "always")
    edited.git("config", "color.diff.meta", "bold yellow")
    edited.git("config", "color.diff.old", "brightred white ul")
    edited.git("config", "diff.context", "0")
    own = edited.git("diff")
    plain = edited.git("diff", "--no-ext-diff", "--no-textconv")
    assert head(own) == head(plain)
    assert "import pandas" not in own
    old_line = next(line for line in own.splitlines() if "a" in line and "-df" in line)
    plain_old = next(line for line in plain.splitlines() if "-   " in line)
    assert old_line.split("-")[0] == plain_old.split("-")[0]


def test_changed_words_are_marked_in_colour(edited: Repository) -> None:
    text = edited.git("-c", "color.diff=always", "diff")
    assert "\033[31m-df = pd.read_csv('\033[7ma\033[27m.csv')\033[m\n" in text
    assert "\033[32m+df = pd.read_csv('\033[7mb\033[27m.csv')\033[m\n" in text


@pytest.mark.parametrize(
    ("environment", "settings", "coloured"),
    [
        ({}, [], False),
        ({"GIT_PAGER_IN_USE": "true"}, [], True),
        ({"GIT_PAGER_IN_USE": "true", "NO_COLOR": "1"}, [], False),
        ({"GIT_PAGER_IN_USE": "true"}, ["-c", "color.diff=false"], False),
        ({"GIT_PAGER_IN_USE": "true"}, ["-c", "color.ui=never"], False),
        ({"GIT_PAGER_IN_USE": "true"}, ["-c", "color.pager=false"], False),
        ({"GIT_PAGER_IN_USE": "true", "TERM": "dumb"}, [], False),
        ({"NO_COLOR": "1"}, ["-c", "color.diff=always"], True),
    ],
)
def test_colour_goes_where_git_would_send_it(
    edited: Repository, environment: dict[str, str], settings: list[str], coloured: bool
) -> None:
    text = edited.git(*settings, "diff", environment=environment)
    assert ("\033[" in text) == coloured


def test_a_terminal_gets_colour_and_a_closed_pager_is_no_error(repository: Repository) -> None:
    for number in range(3):
        repository.write(f"n{number}.ipynb", OLD)
    repository.commit()
    for number in range(3):
        repository.write(f"n{number}.ipynb", notebook([code(f"x = {i}\n" * 50) for i in range(99)]))
    for pager, expected in (("cat", b"\033[31m-"), ("head -n 1", b"\033[1mdiff --git")):
        seen, complaints, status = _in_terminal(repository, pager)
        assert expected in seen
        assert complaints == b"" and status == 0, pager


def _in_terminal(repository: Repository, pager: str) -> tuple[bytes, bytes, int]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["git", "diff"],
        cwd=repository.folder,
        env={**repository.environment, "GIT_PAGER": pager},
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the terminal's other end is closed
            break
        seen += part
    os.close(ours)
    _, complaints = process.communicate(timeout=60)
    return seen, complaints, process.returncode


OLDER = json.dumps(
    {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "cells": [
                    {
                        "cell_type": "code",
                        "input": ["x = 1"],
                        "language": "python",
                        "prompt_number": 4711,
                        "outputs": [{"output_type": "pyout", "text": ["1"], "prompt_number": 4711}],
                    }
                ]
            }
        ],
    }
).encode()
CONFLICT = OLD.replace(b' "metadata"', b"<<<<<<< ours\n=======\n>>>>>>> theirs\n", 1)
BROKEN = {
    "empty": b"",
    "cut": OLD[:200],
    "binary": bytes(range(256)) * 9,
    "conflict": CONFLICT,
    "list": b"[1, 2]\n",
    "text": b"not JSON\n",
    "number": b"7",
    "no cells": b'{"nbformat": 4}\n',
    "strange cells": b'{"cells": [1, "two"]}\n',
    "strange parts": b'{"cells": [{"source": 3, "outputs": "x", "metadata": [], "id": {}}]}\n',
    "strange outputs": b'{"cells": [{"outputs": [1, {"data": [2]}, {"text": 3}], "source": [1]}]}\n',
    "deep": b"[" * 200_000,
    "deep cell": b'{"cells": ' + b'[{"a":' * 50_000,
    "latin-1": '{"cells": [{"source": "\xe9"}]}\n'.encode("latin-1"),
    "utf-16": notebook([code("x = 16")]).decode().encode("utf-16"),
    "mark": b"\xef\xbb\xbf" + notebook([code("with = 'a mark'")]),
    "surrogate": b'{"cells": [{"cell_type": "code", "source": "\\ud800 x"}]}',
    "not a number": b'{"cells": [{"cell_type": "code", "source": "a", "outputs": [NaN]}]}',
    "long number": b'{"cells": [' + b"9" * 10_000 + b"]}",
    "pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    "older": OLDER,
}


MIDDLE = notebook([code("stands = 'in the middle'")])


@pytest.mark.slow
@pytest.mark.parametrize("first", [True, False])
def test_no_file_ends_a_diff(repository: Repository, first: bool) -> None:
    """Broken files that become notebooks, and notebooks that break, among good ones."""
    for edition in (True, False):
        for good in ("a", "m", "z"):
            repository.write(f"{good}.ipynb", OLD if edition else NEW)
        for kind, data in BROKEN.items():
            repository.write(f"{kind}.ipynb", data if edition == first else MIDDLE)
        if edition:
            repository.commit()
    text = repository.git("diff")
    plain = repository.git("diff", "--no-ext-diff", "--no-textconv")
    own, expected = ({p.split(" b/")[0]: p for p in t.split("diff --git ")} for t in (text, plain))
    assert list(own) == list(expected)
    assert text.count(CELLS) == 3
    for name, part in own.items():
        assert head(part)[:2] == head(expected[name])[:2]
        assert not part or len(part.splitlines()) > 2, part
    for command in (["diff", "--no-ext-diff"], ["log", "-p"]):
        assert repository.git(*command).count("diff --git") >= 2 + len(BROKEN)


def test_what_is_no_notebook_has_git_s_own_diff_to_the_letter(repository: Repository) -> None:
    repository.write("n.ipynb", b"one\ntwo\nthree\n")
    repository.write("m.ipynb", b"\0one\n")
    repository.commit()
    repository.write("n.ipynb", b"one\n2\nthree")
    repository.write("m.ipynb", b"\0two\n")
    for colour in ("always", "never"):
        settings = ["-c", f"color.ui={colour}", "diff"]
        plain = repository.git(*settings, "--no-ext-diff", "--no-textconv")
        assert repository.git(*settings) == plain


def test_an_older_notebook_is_read_like_a_new_one(repository: Repository) -> None:
    repository.write("n.ipynb", OLDER)
    repository.commit()
    repository.write("n.ipynb", OLDER.replace(b"x = 1", b"x = 2").replace(b'["1"]', b'["2"]'))
    text = repository.git("diff")
    assert '-x = 1\n+x = 2\noutput: result: "1" became "2"\n' in text and "4711" not in text


@pytest.mark.parametrize("gone", ["python", "driver.py"])
def test_git_s_own_diff_remains_when_the_tool_is_gone(edited: Repository, gone: str) -> None:
    edited.write("z.txt", b"first\n")
    edited.git("add", "z.txt")
    edited.write("z.txt", b"second\n")
    for key in ("command", "textconv"):
        value = edited.git("config", f"diff.nb2prod.{key}").rstrip("\n")
        value = re.sub(rf"(\S*/){gone}\S*", r"\1removed", value)
        edited.git("config", f"diff.nb2prod.{key}", value)
    done = edited.run("diff")
    assert done.returncode == 0
    assert b"pd.read_csv('b.csv')" in done.stdout and b"+second" in done.stdout
    assert b"nb2prod git install" in done.stderr
    assert "read_csv" in edited.git("diff", "--no-ext-diff")


def test_nothing_in_the_repository_is_imported(edited: Repository) -> None:
    for name in ("json", "driver", "nb2prod", "re", "sitecustomize"):
        edited.write(f"{name}.py", b"open('hit', 'w')\n")
    assert CELLS in edited.git("diff")
    edited.git("diff", "--no-ext-diff")
    assert not (edited.folder / "hit").exists()


def test_no_control_character_of_a_notebook_reaches_the_terminal(repository: Repository) -> None:
    evil = "\x1b]0;title\x07\x9b31m\u202e\x7f\x00\r\x08 \u2066"
    cells = [
        code(f"x = '{evil}'\n" * 3, "a" + evil, metadata={"tags": [evil], "name": evil},
             outputs=[printed(evil), {"output_type": "error", "ename": evil, "evalue": evil},
                      {"output_type": "display_data", "data": {f"image/{evil}": "x"}}],
             attachments={evil: {}}),
    ]  # fmt: skip
    kernel = {"kernelspec": {"name": evil, "display_name": evil}}
    repository.write("n.ipynb", notebook(cells, **kernel))
    repository.commit()
    repository.write("n.ipynb", notebook([*cells, code(evil)]).replace(b"x = ", b"y = "))
    for command in (["diff"], ["diff", "--no-ext-diff"], ["log", "-p"], ["blame", "n.ipynb"]):
        text = repository.git(*command)
        assert "\\x1b]0;title" in text
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text
        ), command


def test_links_and_submodules_are_git_s_own(repository: Repository, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner", repository.home)
    inner.write("n.ipynb", OLD)
    inner.commit()
    allowed = ["-c", "protocol.file.allow=always"]
    repository.git(*allowed, "submodule", "--quiet", "add", str(inner.folder), "part.ipynb")
    (repository.folder / "link.ipynb").symlink_to("target one")
    repository.commit()
    (repository.folder / "link.ipynb").unlink()
    (repository.folder / "link.ipynb").symlink_to("target two")
    inner_copy = repository.folder / "part.ipynb"
    (inner_copy / "n.ipynb").write_bytes(NEW)
    repository.git("commit", "-qam", "inside", folder=inner_copy, environment={
        "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@localhost",
        "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@localhost"})  # fmt: skip
    text = repository.git("diff")
    assert text == repository.git("diff", "--no-ext-diff")
    assert "+target two" in text and "+Subproject commit" in text


def test_a_conflict_is_shown(edited: Repository) -> None:
    edited.commit("second")
    edited.git("checkout", "-q", "-b", "side", "HEAD~1")
    edited.write("n.ipynb", NEW.replace(b"b.csv", b"c.csv"))
    edited.commit("third")
    assert edited.run("merge", "main").returncode == 1
    for command in (["diff"], ["diff", "--ours"], ["diff", "HEAD"], ["diff", "--cached"]):
        assert "n.ipynb" in edited.git(*command)


def test_options_that_git_does_not_pass_on_work_with_no_ext_diff(edited: Repository) -> None:
    edited.write("n.ipynb", OLD.replace(b"df = pd", b"df  =  pd"))
    assert "+df  =  pd" in edited.git("diff", "--no-ext-diff")
    assert edited.git("diff", "--no-ext-diff", "-w") == ""
    edited.write("n.ipynb", NEW)
    assert "# %%" not in edited.git("diff", "--no-ext-diff", "-U0").split("@@", 2)[2]


def test_running_again_changes_no_line_of_textconv() -> None:
    again = json.loads(OLD)
    for number, cell in enumerate(again["cells"]):
        cell["id"] = f"new{number}"
        if cell["cell_type"] == "code":
            cell["execution_count"] = number + 100
            cell["metadata"] = {"execution": {"iopub.status.busy": "2026"}, "collapsed": False}
    assert driver.textconv(json.dumps(again).encode()) == driver.textconv(OLD)
    assert driver.textconv(NEW) != driver.textconv(OLD)


def test_a_new_text_of_textconv_has_a_new_format() -> None:
    """Git keeps the old text otherwise: raise driver.FORMAT, and put both here."""
    everything = notebook(
        [
            *json.loads(OLD)["cells"],
            code("x", "x", metadata={"tags": ["a", "b"], "name": "n"}, outputs=[
                {"output_type": "error", "ename": "ValueError", "evalue": "bad", "traceback": []},
                {"output_type": "execute_result", "data": {"text/plain": "1\n2"}, "metadata": {}},
            ]),
        ],
        kernelspec={"name": "python3", "display_name": "Python 3"},
        language_info={"name": "python", "version": "3.11.2"},
    )  # fmt: skip
    digest = hashlib.sha256(driver.textconv(everything)).hexdigest()[:12]
    assert (driver.FORMAT, digest) == ("1", "b24166fd05f2")


def test_the_settings_start_the_driver_isolated_and_by_its_path() -> None:
    command = entries.settings(["diff"])["diff.nb2prod.command"]
    assert " -I -S " in command
    assert str(Path(driver.__file__).resolve()) in command


@pytest.mark.slow
def test_two_hundred_notebooks(repository: Repository) -> None:
    for edition in (OLD, NEW):
        for number in range(200):
            repository.write(f"folder{number % 7}/n{number}.ipynb", edition)
        if edition is OLD:
            repository.commit()
    assert repository.git("diff").count(CELLS) == 200


@pytest.mark.slow
def test_with_production_each_diff_ends_with_what_changes(edited: Repository) -> None:
    api.install_git(merge=False, production=True)
    text = edited.git("diff")
    assert CELLS in text
    assert "@@ production @@ data changed: reads b.csv, was a.csv" in text
