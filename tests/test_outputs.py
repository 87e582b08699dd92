"""Saved outputs: kept as files, passive, whatever they hold."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import pytest

from nb2prod.model import Cell, Diagnostic, Program
from nb2prod.render.outputs import (
    LONG_TEXT,
    percent_script,
    saved_files,
    saved_outputs,
)
from nb2prod.render.page import html_process
from nb2prod.render.passive import is_passive_svg, passive_html, tables

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink">{}</svg>'


def program(*cells: tuple[Literal["code", "markdown", "raw"], str, list[Any]]) -> Program:
    made = tuple(
        Cell(index, kind, source, outputs=tuple(outputs))
        for index, (kind, source, outputs) in enumerate(cells)
    )
    return Program("churn", made, ())


def display(**data: object) -> dict[str, object]:
    return {
        "output_type": "display_data",
        "metadata": {},
        "data": {kind.replace("__", "/"): value for kind, value in data.items()},
    }


def stream(text: object) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def kept(*outputs: dict[str, object]) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    files = saved_outputs(program(("markdown", "# x", []), ("code", "x", list(outputs))))
    index = json.loads(files.pop(PurePosixPath("notebooks/outputs/index.json")))["outputs"]
    return {path.name: data for path, data in files.items()}, index


def test_images_tables_and_long_text_become_files() -> None:
    table = "<style>x</style><table border='1'><tr onclick='x()'><td>1 &lt; 2</td></tr></table>"
    files, index = kept(
        display(image__png=base64.b64encode(PNG).decode(), text__plain="<Figure>"),
        display(text__html=["<div>", table, "</div>"], text__plain="1"),
        stream(["a" * LONG_TEXT, "b"]),
        display(**{"image/svg+xml": SVG.format("<path d='M0 0'/>")}),
    )
    assert files["cell-01-1.png"] == PNG
    assert files["cell-01-2.html"].decode().splitlines()[2] == (
        '<table border="1"><tr><td>1 &lt; 2</td></tr></table>'
    )
    assert files["cell-01-3.txt"] == b"a" * LONG_TEXT + b"b"
    assert files["cell-01-4.svg"].startswith(b"<svg")
    assert [entry["file"] for entry in index] == list(files)
    assert {entry["cell"] for entry in index} == {1}


def test_short_text_is_in_the_index_without_colours_and_overwritten_progress() -> None:
    error = {
        "output_type": "error",
        "ename": "E",
        "evalue": "v",
        "traceback": ["\x1b[31mE\x1b[0m: v"],
    }
    files, index = kept(
        stream("10%\r20%\r100%\r\ndone\x07"), error, display(text__plain=["4", "2"])
    )
    assert not files
    assert [entry["text"] for entry in index] == ["100%\ndone", "E: v", "42"]
    assert [entry["type"] for entry in index] == ["stdout", "error", "text/plain"]


@pytest.mark.parametrize(
    "output",
    [
        display(application__javascript="alert(1)"),
        display(image__png=base64.b64encode(b"<script>").decode()),
        display(image__png="not base64!"),
        display(**{"image/svg+xml": SVG.format("<script>alert(1)</script>")}),
        display(text__html="<script>alert(1)</script>"),
        {"output_type": "display_data", "data": None},
        {"output_type": "mystery"},
    ],
)
def test_what_is_active_or_broken_is_only_named(output: dict[str, object]) -> None:
    files, index = kept(output)
    assert not files
    assert index[0]["left_out"] is True


def test_a_notebook_without_outputs_has_no_folder_of_them() -> None:
    assert saved_outputs(program(("code", "1", []))) == {}


@pytest.mark.parametrize(
    ("content", "passive"),
    [
        ("<path d='M0 0' style='fill: url(#a)'/>", True),
        ("<a l:href='#part'/>", True),
        ("<image l:href='data:image/png;base64,AA'/>", True),
        ("<script/>", False),
        ("<g onload='x()'/>", False),
        ("<a l:href='javascript:x()'/>", False),
        ("<image href='https://example.org/x.png'/>", False),
        ("<foreignObject/>", False),
        ("<animate attributeName='href' to='javascript:x()'/>", False),
        ("<style>@import 'x'</style>", False),
        ("<style>a {fill: url(http://x)}</style>", False),
        ("<unclosed>", False),
    ],
)
def test_passive_svg(content: str, passive: bool) -> None:
    assert is_passive_svg(SVG.format(content)) is passive


def test_svg_with_entities_is_refused() -> None:
    bomb = '<!DOCTYPE s [<!ENTITY a "aa">]>' + SVG.format("&a;")
    assert not is_passive_svg(bomb)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>a<script>b</script>c</p>", "<p>ac</p>"),
        ("<p onclick=x class=k>a</p>", '<p class="k">a</p>'),
        ("<a href='javascript:x'>a</a>", "<a>a</a>"),
        ("<a href='java\nscript:x'>a</a>", "<a>a</a>"),
        ("<a href=' javascript:x'>a</a>", "<a>a</a>"),
        ("<a href='https://e.org/?a=1&b=2'>a</a>", '<a href="https://e.org/?a=1&amp;b=2">a</a>'),
        ("<img src='data:image/svg+xml;base64,AA'>", "<img>"),
        ("<img src='data:image/png;base64,AA=='/>", '<img src="data:image/png;base64,AA==">'),
        ("<img src='http://e.org/track.png'>", "<img>"),
        ("</div></body>text", "text"),
        ("<div><b>open", "<div><b>open</b></div>"),
        ("<svg><p>x</p></svg>y", "y"),
        ("<svg/>y", "y"),
        ("<!-- c --><?php x ?><![CDATA[z]]>y", "y"),
        ("&lt;script&gt;", "&lt;script&gt;"),
    ],
)
def test_passive_html(source: str, expected: str) -> None:
    assert passive_html(source) == expected


def test_tables_are_all_that_is_left_of_a_page() -> None:
    assert tables("<p>no</p>") == ""
    assert tables("<div><table><tr><th>a<b>c</b></th></tr></table></div>") == (
        "<table><tr><th>ac</th></tr></table>"
    )


NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [
        {
            "cell_type": "markdown",
            "source": ["# Hi <script>alert(1)</script>\n", "[x](javascript:y)"],
        },
        {
            "cell_type": "code",
            "execution_count": "<script>",
            "metadata": {"tags": ["<script>"]},
            "source": "print('</pre><script>')",
            "outputs": [
                stream("<script>alert(2)</script>"),
                {**stream("x"), "name": "<script>"},
                display(text__html="<table onload=x><tr><td>7</td></tr></table><iframe src=x>"),
                display(**{"image/svg+xml": SVG.format("<script>alert(3)</script>")}),
                display(application__javascript="alert(4)"),
                {"output_type": "error", "ename": "<b>", "evalue": "", "traceback": ["<script>"]},
            ],
        },
        {"cell_type": "raw", "metadata": {"raw_mimetype": "text/html"}, "source": "<script>"},
    ],
}


def test_the_page_shows_the_notebook_and_runs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a stranger's folder: neither its modules nor its templates are used
    for name in ("json.py", "nbconvert.py", "html.py"):
        (tmp_path / name).write_text("raise SystemExit('executed')")
    (tmp_path / "basic").mkdir()
    (tmp_path / "basic/index.html.j2").write_text("stranger")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([".", ""]))
    with html_process(NOTEBOOK) as made:
        page = made.result()
    assert isinstance(page, bytes)
    text = page.decode()
    assert "<script" not in text and "<iframe" not in text and "javascript:" not in text
    assert "Content-Security-Policy" in text and "default-src 'none'" in text
    assert "<td>7</td>" in text and "&lt;script&gt;" in text
    with html_process(json.dumps(NOTEBOOK).encode()) as made:
        assert made.result() == page


def test_a_page_that_fails_is_a_diagnostic() -> None:
    for broken in (b"no json", {"cells": [{"cell_type": "mystery"}]}):
        with html_process(broken) as page:
            assert isinstance(page.result(), Diagnostic)


def test_a_page_that_takes_too_long_is_a_diagnostic() -> None:
    with html_process(NOTEBOOK) as page:
        result = page.result(timeout=0.001)
    assert isinstance(result, Diagnostic) and "longer" in result.message


def test_saved_files_are_outputs_script_and_page() -> None:
    made = program(("code", "1", [stream("x")]))
    with html_process(NOTEBOOK) as page:
        files, findings = saved_files(made, page)
    assert {str(path) for path in files} == {
        "notebooks/churn.py",
        "notebooks/churn.html",
        "notebooks/outputs/index.json",
    }
    assert findings == ()
    with html_process(b"") as page:
        _, findings = saved_files(made, page)
    assert [finding.severity for finding in findings] == ["note"]


SCRIPTS: Mapping[str, tuple[str, str]] = {
    "plain": ("a = 1\nb = 2", "# %%\na = 1\nb = 2\n"),
    "magics": (
        "%matplotlib inline\nx = !ls\n!pip install x\na?",
        "# %%\n# %matplotlib inline\n# x = !ls\n# !pip install x\n# a?\n",
    ),
    "percent in a string": ('s = """\n%s\n"""', '# %%\ns = """\n%s\n"""\n'),
    "timed": ("%%time\nfit()", "# %%\n# %%time\nfit()\n"),
    "foreign": ("%%bash\nls\n", "# %%\n# %%bash\n# ls\n\n"),
    "broken": ("def f(:\n  pass", "# %%\n# def f(:\n#   pass\n"),
    "await": ("await f()", "# %%\n# await f()\n"),
    "line ends": ("# a\rimport os", "# %%\n# a\nimport os\n"),
    "empty": ("", "# %%\n"),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_cells_of_the_script(name: str) -> None:
    source, expected = SCRIPTS[name]
    script = percent_script(program(("code", source, [])))
    assert script.split("\n", 2)[2] == expected
    compile(script, "script", "exec")


def test_markdown_is_comments_and_futures_do_not_break_the_script() -> None:
    script = percent_script(
        program(
            ("markdown", "# Title\n\ntext\rimport os", []),
            ("code", "x = 1", []),
            ("code", "from __future__ import division\ny = 2", []),
        )
    )
    assert "# # Title\n#\n# text\n# import os\n" in script
    assert "# from __future__ import division\ny = 2" in script
    compile(script, "script", "exec")
