"""nb2prod git install, status, uninstall."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from repositories import Repository, code, notebook

from nb2prod import api
from nb2prod.cli import run
from nb2prod.errors import InputError, OutputError

LINE = "*.ipynb diff=nb2prod merge=nb2prod"


def everything(repository: Repository) -> dict[str, bytes]:
    """Return all files that an installation could touch."""
    folders = [repository.folder, repository.home]
    return {
        str(path): path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


def effect(repository: Repository, path: str = "any/x.ipynb") -> dict[str, str]:
    lines = repository.git("check-attr", "diff", "merge", "filter", "--", path).splitlines()
    return {line.split(": ")[1]: line.split(": ")[2] for line in lines}


OPTIONS = [
    [],
    ["--shared"],
    ["--no-merge"],
    ["--filter", "--production"],
    ["--global"],
    ["--global", "--shared"],
]


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
@pytest.mark.parametrize("before", [None, b"", b"*.txt text\n", b"*.txt text"])
def test_uninstall_leaves_every_file_as_it_was(
    bare_repository: Repository, options: list[str], before: bytes | None
) -> None:
    if before is not None:
        bare_repository.write(".git/info/attributes", before)
        bare_repository.write(".gitattributes", before)
    bare_repository.git("config", "--global", "alias.st", "status")
    found = everything(bare_repository)
    for _ in range(2):  # the second time changes nothing
        assert run(["git", "install", *options]) == 0
        assert effect(bare_repository)["diff"] == "nb2prod"
    scopes = [["--global"], []] if "--global" in options else [[]]
    for scope in scopes:
        assert run(["git", "uninstall", *scope]) == 0
    left = everything(bare_repository)
    if before == b"":  # a file that is left empty goes
        found = {path: data for path, data in found.items() if data or path in left}
    assert left == found


def test_own_keys_in_our_sections_stay(repository: Repository) -> None:
    repository.git("config", "diff.nb2prod.wordRegex", "x+")
    api.uninstall_git()
    found = repository.git("config", "--local", "--get-regexp", "nb2prod")
    assert found == "diff.nb2prod.wordregex x+\n"


def test_install_from_a_subfolder_and_a_worktree(
    bare_repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare_repository.write("deep/x.ipynb", notebook([code("x = 1")]))
    bare_repository.commit()
    bare_repository.git("worktree", "add", "-q", str(tmp_path / "tree"))
    for folder in (bare_repository.folder / "deep", tmp_path / "tree" / "deep"):
        monkeypatch.chdir(folder)
        done = api.install_git()
        assert done.attributes == bare_repository.folder / ".git" / "info" / "attributes"
        assert effect(bare_repository)["diff"] == "nb2prod"
        api.uninstall_git()
        assert effect(bare_repository)["diff"] == "unspecified"


def test_what_each_option_writes(bare_repository: Repository) -> None:
    api.install_git(clean=True)
    settings = bare_repository.git("config", "--local", "--list")
    assert "filter.nb2prod.required=false" in settings and "-m nb2prod.git.merge %O" in settings
    assert effect(bare_repository) == dict.fromkeys(("diff", "merge", "filter"), "nb2prod")
    api.install_git(merge=False)  # what is not asked for any more goes
    settings = bare_repository.git("config", "--local", "--list")
    assert "filter.nb2prod" not in settings and "merge.nb2prod" not in settings
    assert effect(bare_repository)["merge"] == "unspecified"
    assert "difftool" not in settings and "mergetool" not in settings


def test_the_shared_file_is_the_tracked_one(bare_repository: Repository) -> None:
    api.install_git(shared=True)
    assert LINE in (bare_repository.folder / ".gitattributes").read_text()
    assert not (bare_repository.folder / ".git" / "info" / "attributes").exists()


def test_attributes_that_a_generated_project_has_are_not_repeated(
    bare_repository: Repository,
) -> None:
    bare_repository.write(".gitattributes", LINE.encode() + b"\n")
    assert api.install_git().attributes is None
    assert effect(bare_repository)["diff"] == "nb2prod"


NBDIME = {
    "diff.jupyternotebook.command": "git-nbdiffdriver diff",
    "merge.jupyternotebook.driver": "git-nbmergedriver merge %O %A %B %L %P",
    "merge.jupyternotebook.name": "jupyter notebook merge driver",
    "difftool.nbdime.cmd": 'git-nbdifftool diff "$LOCAL" "$REMOTE" "$BASE"',
    "difftool.prompt": "false",
}
NBSTRIPOUT = {"filter.nbstripout.clean": "python -m nbstripout", "diff.ipynb.textconv": "x -t"}


def test_beside_other_tools_nothing_of_theirs_changes(
    bare_repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**NBDIME, **NBSTRIPOUT}.items():
        bare_repository.git("config", name, value)
    lines = (
        "*.ipynb diff=jupyternotebook\n*.ipynb merge=jupyternotebook\n*.ipynb filter=nbstripout\n"
    )
    bare_repository.write(".gitattributes", lines.encode())
    assert run(["git", "install"]) == 0
    said = capsys.readouterr().out
    assert "nbdime" in said and "nbstripout" in said
    assert effect(bare_repository) == {
        "diff": "nb2prod",  # which was asked for
        "merge": "jupyternotebook",
        "filter": "nbstripout",
    }
    for name, value in {**NBDIME, **NBSTRIPOUT}.items():
        assert bare_repository.git("config", "--get-all", name) == f"{value}\n"
    assert (bare_repository.folder / ".gitattributes").read_text() == lines
    assert run(["git", "status", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["parts"]["diff"] == {"installed": "local", "current": True, "notebooks": 1}
    assert {(o["part"], o["tool"]) for o in found["others"]} == {
        ("merge", "nbdime"),
        ("filter", "nbstripout"),
    }
    assert "diff.jupyternotebook.command" in found["settings_of_others"]
    run(["git", "install", "--merge"])
    assert effect(bare_repository)["merge"] == "nb2prod"
    run(["git", "uninstall"])
    assert effect(bare_repository)["diff"] == "jupyternotebook"


def test_status_says_what_is_out_of_date(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["git", "status"])
    assert (
        "diff    installed (local), for 0 of 0 notebooks and new ones\n" in capsys.readouterr().out
    )
    repository.git("config", "diff.nb2prod.command", "/gone/python /gone/driver.py")
    run(["git", "status"])
    assert "run `nb2prod git install` again" in capsys.readouterr().out


def test_the_user_s_own_attributes_file_is_used(bare_repository: Repository) -> None:
    named = bare_repository.home / "my attributes"
    linked = bare_repository.home / "dotfiles"
    linked.write_text("*.c diff=cpp\n")
    named.symlink_to(linked)
    bare_repository.git("config", "--global", "core.attributesFile", "~/my attributes")
    assert api.install_git(everywhere=True).attributes == named
    assert named.is_symlink() and linked.read_text().endswith(
        f"{LINE}\n# <<< nb2prod git install <<<\n"
    )


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for action in (api.install_git, api.uninstall_git):
        with pytest.raises(InputError, match="--global"):
            action()
    assert api.git_status().notebooks == 0


def test_a_bare_repository_has_no_shared_file(
    tmp_path: Path, bare_repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare_repository.git("init", "-q", "--bare", str(tmp_path / "bare.git"))
    monkeypatch.chdir(tmp_path / "bare.git")
    with pytest.raises(InputError, match="work tree"):
        api.install_git(shared=True)
    api.install_git()
    assert LINE in (tmp_path / "bare.git" / "info" / "attributes").read_text()
    api.uninstall_git()


def test_settings_that_cannot_be_written_are_said(bare_repository: Repository) -> None:
    (bare_repository.folder / ".git" / "config.lock").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        api.install_git()


def test_paths_with_spaces_and_quotes_are_quoted(
    bare_repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = tmp_path / "it's a $(touch hit) place"
    place.mkdir()
    link = place / "python"
    link.symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(link))
    api.install_git(merge=False)
    bare_repository.write("n.ipynb", notebook([code("x = 1", "a")]))
    bare_repository.commit()
    bare_repository.write("n.ipynb", notebook([code("x = 2", "a")]))
    assert "@@ cell 0 @@" in bare_repository.git("diff")
    assert not (bare_repository.folder / "hit").exists()


def test_the_commands_of_git_are_imported_only_when_called() -> None:
    program = (
        "import sys; from nb2prod.cli import run; run(['convert', '--help']);"
        "sys.exit(any(name.startswith('nb2prod.git') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert done.returncode == 0, done.stderr
