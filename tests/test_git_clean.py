"""The clean filter: by itself, in git's protocol, and in repositories."""

from __future__ import annotations

import io
import itertools
import json
import shlex
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repositories import PACKAGE, Repository, code, document, dump

from nb2prod.git import clean as module
from nb2prod.git.clean import COMMAND, TIMES, clean
from nb2prod.git.layout import read, write

FILE = PACKAGE / "nb2prod" / "git" / "clean.py"
PROCESS = COMMAND.format(python=shlex.quote(sys.executable), folder=shlex.quote(str(FILE.parent)))
NAME = "my analysis.ipynb"

RUN = document(code("x", "a", 3), code("y", "b", 4))
CLEAN = document(code("x", "a"), code("y", "b"))


@pytest.fixture
def repository(bare_repository: Repository) -> Repository:
    bare_repository.attributes("filter=nb2prod", filter_nb2prod_process=PROCESS)
    return bare_repository


def cleaned(value: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(clean(json.dumps(value).encode()))
    return result


def test_outputs_and_counts_go() -> None:
    assert clean(dump(RUN)) == dump(CLEAN)


@pytest.mark.parametrize(
    "metadata",
    [
        {"tags": ["keep_output"]},
        {"nb2prod": {"keep_outputs": True}},
        {"nb2prod.keep_outputs": True},
    ],
)
def test_kept_outputs_stay_without_counts(metadata: dict[str, Any]) -> None:
    result = {"output_type": "execute_result", "execution_count": 3, "data": {}, "metadata": {}}
    kept = code("x", "a", 3, metadata=metadata)
    kept["outputs"].append(result)
    first, second = cleaned(document(kept, code("y", "b", 4)))["cells"]
    assert first["outputs"] == [kept["outputs"][0], result | {"execution_count": None}]
    assert first["execution_count"] is None
    assert second == CLEAN["cells"][1]
    everything = document(code("x", "a", 3), **metadata)
    assert cleaned(everything)["cells"][0]["outputs"] == RUN["cells"][0]["outputs"]


def test_times_and_widgets_go_and_other_metadata_stay() -> None:
    cell = code(
        "x",
        "a",
        3,
        metadata={
            "execution": {"iopub.status.idle": "t"},
            "ExecuteTime": {},
            "tags": ["parameters"],
        },
    )
    result = cleaned(document(cell, widgets={"state": {}}, kernelspec={"name": "python3"}))
    assert result == document(
        code("x", "a", metadata={"tags": ["parameters"]}), kernelspec={"name": "python3"}
    )


def test_old_notebooks() -> None:
    cell = {
        "cell_type": "code",
        "outputs": [{"prompt_number": 1}],
        "prompt_number": 1,
        "input": "x",
    }
    value = {"nbformat": 3, "worksheets": [{"cells": [cell]}]}
    assert cleaned(value)["worksheets"][0]["cells"] == [
        cell | {"outputs": [], "prompt_number": None}
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00binary",
        b"[1, 2]",
        b"null",
        b'{"cells": 3}',
        b'{"cells": [{"cell_type": "code", "outputs": [1]',
        b"<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n",
        b"[" * 100_000,
        dump(CLEAN).replace(b"\n", b"\n\n"),  # nothing to remove
    ],
)
def test_what_cannot_be_read_passes(data: bytes) -> None:
    assert clean(data) == data


STYLES = [
    {"indent": 1},
    {"indent": 2, "ensure_ascii": False},
    {"indent": "\t"},
    {},
    {"separators": (",", ":")},
    {"indent": 1, "separators": (",", " : ")},
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_style_of_the_text_stays(style: dict[str, Any], end: str, mark: str) -> None:
    def written(value: dict[str, Any]) -> bytes:
        text = mark + json.dumps(value, **style) + end
        return (text.replace("\n", "\r\n") if end == "\r\n" else text).encode()

    run, bare = (document(code('é = "\\u00e9\x1b[0m"', "a", n), code("\n", "b")) for n in (3, None))
    assert clean(written(run)) == written(bare)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kept", [(), ("tags",), ("tags", "title")])
def test_times_go_from_any_place_and_leave_the_text_around(
    style: dict[str, Any], kept: tuple[str, ...]
) -> None:
    for names in itertools.permutations([*TIMES, *kept]):
        texts = [
            json.dumps(document(code("x", "a", metadata=dict.fromkeys(shown, "é"))), **style)
            for shown in (names, [name for name in names if name in kept])
        ]
        assert clean(texts[0].encode()) == texts[1].encode()


_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=8)
_ANY: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_CELL = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw"])},
    optional={
        "outputs": st.lists(st.dictionaries(st.just("execution_count"), _ANY) | _ANY, max_size=2),
        "execution_count": _ANY,
        "metadata": st.dictionaries(st.sampled_from(["tags", "execution", "nb2prod"]), _ANY) | _ANY,
        "source": _ANY,
    },
)
_NOTEBOOK = st.fixed_dictionaries(
    {"cells": st.lists(_CELL | _ANY, max_size=3)}, optional={"metadata": _ANY, "worksheets": _ANY}
)


@given(_NOTEBOOK, st.sampled_from(STYLES), st.sampled_from(["", "\n", "\r\n"]))
def test_twice_is_once(value: dict[str, Any], style: dict[str, Any], end: str) -> None:
    data = (json.dumps(value, **style) + end).encode("utf-8", "surrogatepass")
    once = clean(data)
    assert clean(once) == once
    for cell in json.loads(once)["cells"] if once != data else []:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            assert cell.get("execution_count") is None


@given(_NOTEBOOK, st.sampled_from(STYLES))
def test_reading_and_writing_changes_no_text(value: dict[str, Any], style: dict[str, Any]) -> None:
    text = json.dumps(value, **{"ensure_ascii": not json.dumps(value).isascii(), **style})
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return
    assert write(*read(data)) == data or "\\u" in text  # one way of writing a character, not two


@given(st.binary(max_size=60))
def test_any_bytes_come_back(data: bytes) -> None:
    assert clean(data) == data


def packet(data: bytes) -> bytes:
    return b"%04x" % (len(data) + 4) + data


def test_protocol_with_large_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Content beyond one packet, both commands, empty files, and the end of the input."""
    big = dump(document(code("é" * 200_000, "a", 3)))
    asked = packet(b"git-filter-client\n") + packet(b"version=2\n") + b"0000"
    asked += b"".join(packet(b"capability=%s\n" % c) for c in (b"clean", b"smudge", b"delay"))
    asked += b"0000"
    for command, content in ((b"clean", big), (b"smudge", big), (b"clean", b"")):
        asked += packet(b"command=%s\n" % command) + packet(b"pathname=a\xff.ipynb\n") + b"0000"
        for at in range(0, len(content), 65516):
            asked += packet(content[at : at + 65516])
        asked += b"0000"
    answered = io.BytesIO()
    for name, stream in (("stdin", io.BytesIO(asked)), ("stdout", answered)):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(stream))
    module.main()
    answer = io.BytesIO(answered.getvalue())

    def content() -> list[bytes]:
        found = []
        while size := int(answer.read(4), 16):
            assert size <= 65520
            found.append(answer.read(size - 4))
        return found

    assert content() == [b"git-filter-server\n", b"version=2\n"]
    assert content() == [b"capability=clean\n", b"capability=smudge\n"]
    for expected in (clean(big), big, b""):
        assert content() == [b"status=success\n"]
        assert b"".join(content()) == expected
        assert content() == []
    assert answer.read() == b""


def test_add_stores_no_outputs_and_leaves_the_file(repository: Repository) -> None:
    names = [NAME, "sub dir/b.ipynb", 'quote".ipynb', *(f"n{i}.ipynb" for i in range(30))]
    broken = {"broken.ipynb": b"<<<<<<< ours", "empty.ipynb": b""}
    repository.commit("runs", {name: RUN for name in names} | broken)
    assert all(repository.git("show", f"HEAD:{name}") == dump(CLEAN).decode() for name in names)
    assert repository.git("show", "HEAD:broken.ipynb") == "<<<<<<< ours"
    assert repository.read(NAME) == RUN
    assert repository.status() == []
    (repository.folder / NAME).unlink()
    repository.git("checkout", "--", ".")
    assert repository.read(NAME) == CLEAN
    repository.write(NAME, RUN)
    repository.git("add", "-A")
    assert repository.status() == []  # a run is no change


@pytest.mark.parametrize("gone", [sys.executable, str(FILE.parent)])
def test_missing_filter_stores_files_as_they_are(repository: Repository, gone: str) -> None:
    """Python after an upgrade, or nb2prod after it was uninstalled."""
    repository.git("config", "filter.nb2prod.process", PROCESS.replace(gone, "/nowhere/it"))
    repository.commit("runs", {f"n{i}.ipynb": RUN for i in range(3)})
    assert repository.git("show", "HEAD:n1.ipynb") == dump(RUN).decode()
    repository.git("checkout", "-q", "HEAD", "--", ".")
    assert repository.status() == []
