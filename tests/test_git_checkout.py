"""Where the files of the work tree are not what git stores: filters, encodings, sparse checkouts."""

from __future__ import annotations

import pytest
from repositories import NAMES, Json, Repository, code, document, dump, sources

from nb2prod import api
from nb2prod.cli import run

N = "n.ipynb"
CHANGE = "@@ cell 0 @@ code, modified\n-a\n+A\n"


@pytest.fixture
def repository(bare_repository: Repository) -> Repository:
    api.install_git(clean=True)
    return bare_repository


def version(*texts: str, count: int = 1) -> Json:
    return document(*(code(text, f"c{i}q", count + i) for i, text in enumerate(texts)))


def stored(repository: Repository, name: str) -> bytes:
    data: bytes = repository.run("cat-file", "blob", name).stdout
    return data


def test_outputs_that_the_filter_takes_out_are_no_change(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit("first", {N: version("a", "b")})
    repository.write(N, version("A", "b", count=5))
    assert repository.git("diff").endswith(CHANGE)
    assert "#>" not in repository.git("diff", "--no-ext-diff")
    assert run(["diff", N]) == run(["diff"]) == run(["diff", f"HEAD:{N}"]) == 0
    assert capsys.readouterr().out.count(CHANGE + "diff") == 2
    repository.git("add", ".")
    assert repository.git("diff", "--cached").endswith(
        CHANGE
    )  # git takes the file of the work tree
    assert "#>" not in repository.git("blame", N)
    head = repository.git("diff", "HEAD").split("---")[0]
    assert head == repository.git("diff", "HEAD", "--no-ext-diff", "--no-textconv").split("---")[0]


def test_outputs_are_a_change_where_the_filter_is_not_in_charge(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = b"*.ipynb diff=nb2prod filter=nb2prod\nraw/*.ipynb -filter\n"
    repository.write(".git/info/attributes", lines)

    def ran(first: int, second: int) -> dict[str, Json]:
        kept = code("b", "b", second, metadata={"tags": ["keep_output"]})
        return dict.fromkeys((f"raw/{N}", N), document(code("a", "a", first), kept))

    repository.commit("first", ran(1, 2))
    for name, value in ran(8, 9).items():
        repository.write(name, value)
    assert repository.git("diff", "raw").count("output: ") == 2
    assert repository.git("diff", N).count("output: ") == 1
    for name, count in (("1.ipynb", 1), ("2.ipynb", 2)):  # two files are compared as they are
        repository.write(name, version("a", count=count))
    assert run(["diff", "1.ipynb", "2.ipynb"]) == 0
    assert "output: stdout" in capsys.readouterr().out


@pytest.mark.parametrize("ending", ["true", "input", "false"])
def test_line_endings_of_the_checkout_are_no_change(repository: Repository, ending: str) -> None:
    repository.git("config", "core.autocrlf", ending)
    repository.branches(
        {N: version("a", "b")}, {N: version("A", "b")}, {N: version("a", "B", count=3)}
    )
    (repository.folder / N).unlink()
    repository.git("checkout", "-q", N)
    windows = (repository.folder / N).read_bytes()
    assert (b"\r\n" in windows) == (ending == "true")
    repository.write(N, windows.replace(b'"A"', b'"a"').replace(b"null", b"7"))
    assert repository.git("diff", "-R").endswith(CHANGE)
    repository.git("checkout", "-q", N)
    repository.git("merge", "-q", "theirs")
    merged = (repository.folder / N).read_bytes()
    assert sources(repository.read(N)) == ["A", "B"] and repository.status() == []
    assert merged.count(b"\r\n") == (merged.count(b"\n") if ending == "true" else 0)
    assert b"\r" not in stored(repository, f"HEAD:{N}")


def test_an_encoding_of_the_work_tree(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write(".gitattributes", b"*.ipynb text working-tree-encoding=UTF-16LE-BOM eol=LF\n")

    def wide(*texts: str) -> bytes:
        return b"\xff\xfe" + dump(version(*texts)).decode().encode("utf-16-le")

    repository.branches({N: wide("a", "b")}, {N: wide("A", "b")}, {N: wide("a", "é")})
    assert stored(repository, f"HEAD:{N}").startswith(b"{")
    assert repository.git("diff", "HEAD~1").endswith(CHANGE)
    repository.git("merge", "-q", "theirs")
    assert '"é"' in (repository.folder / N).read_bytes().decode("utf-16")
    repository.write(N, wide("AA", "é"))
    for sides in ([], [N], [f"HEAD:{N}"]):
        assert run(["diff", *sides]) == 0
        assert capsys.readouterr().out.endswith("@@ cell 0 @@ code, modified\n-A\n+AA\n")


def test_notebooks_behind_pointers(
    bare_repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    """As Git LFS has it: git stores a pointer, and a filter knows what is behind it."""
    repository = bare_repository
    repository.write(".gitattributes", b"*.ipynb filter=pointer -text\n")
    keep = "git hash-object -w --no-filters --stdin"
    repository.git("config", "filter.pointer.clean", f"echo pointer; {keep}")
    fetch = "read -r pointer; read -r hash; git cat-file blob $hash"
    repository.git("config", "filter.pointer.smudge", fetch)
    api.install_git()
    repository.branches({N: version("a", "b")}, {N: version("A", "b")}, {N: version("a", "B")})
    assert stored(repository, f"HEAD:{N}").startswith(b"pointer\n")
    assert repository.git("diff", "HEAD~1", "HEAD").endswith(CHANGE)
    assert run(["diff", "HEAD~1", "HEAD"]) == run(["diff", f"HEAD~1:{N}", N]) == 0
    assert capsys.readouterr().out.count(CHANGE) == 2
    repository.git("config", "filter.pointer.smudge", "false")  # what is behind is not to be had
    assert run(["diff", "HEAD~1", "HEAD"]) == 0
    assert " pointer\n-" in capsys.readouterr().out
    assert "merged as text" in repository.stops("merge", "theirs")
    assert repository.status() == ["UU n.ipynb"]


def test_a_sparse_checkout(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    def everywhere(*texts: str) -> dict[str, Json]:
        return {f"{folder}/{N}": version(*texts) for folder in ("in", "out")}

    repository.branches(everywhere("a", "b"), everywhere("A", "b"), everywhere("a", "B"))
    repository.git("sparse-checkout", "init", "--cone")
    repository.git("sparse-checkout", "set", "in")
    assert not (repository.folder / "out").exists() and repository.git("diff") == ""
    assert repository.git("diff", "HEAD~1").count(CHANGE) == 2
    assert run(["diff", "HEAD~1"]) == 0
    assert capsys.readouterr().out.count(CHANGE) == 2
    assert run(["diff", f"HEAD~1:out/{N}"]) == 0
    assert capsys.readouterr().out.endswith(CHANGE)
    repository.git("merge", "-q", "theirs")
    for folder in ("in", "out"):
        assert b'"A"' in stored(repository, f"HEAD:{folder}/{N}")
        assert b'"B"' in stored(repository, f"HEAD:{folder}/{N}")


def test_any_name_is_filtered(repository: Repository) -> None:
    for name in NAMES:
        repository.write(name, version("a"))
    repository.commit()
    for name in NAMES:
        assert stored(repository, f"HEAD:{name}") == dump(document(code("a", "c0q")))
        repository.write(name, version("A", count=4))
    assert repository.git("diff").count(CHANGE) == len(NAMES)
    assert not (repository.folder / "hit").exists()
