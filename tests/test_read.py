"""Reading: what is taken for a notebook, what is refused in one sentence, and what is kept."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import libcst as cst
import pytest

from nb2prod.errors import InputError
from nb2prod.model import Origin, Program
from nb2prod.notebook.read import read

Json = dict[str, Any]


def code(source: str, **more: Any) -> Json:
    return {"cell_type": "code", "source": source, **more}


def as_bytes(*cells: Json, **metadata: Any) -> bytes:
    return json.dumps({"cells": list(cells), "metadata": metadata}).encode()


def lines(program: Program) -> list[str]:
    return [cst.Module([s.tree]).code.rstrip("\n") for s in program.statements]


REFUSED = {
    "empty": (b" \n", "empty file"),
    "lfs pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"),
    "merge conflict": (
        b'{\n "cells": [\n<<<<<<< HEAD\n1\n=======\n',
        "Line 3 has a merge conflict",
    ),
    "no JSON": (b'{"cells": [\n{"a" 1}]}', "line 2, column 6"),
    "nested without end": (b"[" * 100_000, "not JSON"),
    "other JSON": (b'{"a": 1}', "an object without `cells`"),
    "JSON list": (b"[1]", "a list"),
    "Zeppelin": (b'{"paragraphs": []}', "Zeppelin"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x01\xff", "binary or damaged"),
    "no cells": (as_bytes(), "no Python code"),
    "prose only": (as_bytes({"cell_type": "markdown", "source": "a"}), "no Python code"),
    "comments only": (as_bytes(code("# a")), "no Python code"),
    "no cell that parses": (
        as_bytes(code("a b"), code("c d")),
        "no Python cell that parses (cell 0",
    ),
    "R": (as_bytes(code("a"), kernelspec={"name": "ir", "language": "R"}), "runs R,"),
    "R by kernel": (as_bytes(code("a"), kernelspec={"name": "ir"}), "runs R,"),
    "Julia": (as_bytes(code("a"), kernelspec={"name": "julia-1.6"}), "runs Julia,"),
    "Scala": (as_bytes(code("a"), language_info={"name": "scala"}), "runs Scala,"),
    "damaged old format": (b'{"worksheets": [3], "nbformat": 3}', "old format"),
}


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_python_notebook_is_refused_in_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(InputError) as raised:
        read(data)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        read(tmp_path / "missing.ipynb")
    with pytest.raises(InputError, match="is a folder"):
        read(str(tmp_path))
    with pytest.raises(InputError, match="cannot be read"):
        read("a\0b")


def test_a_notebook_above_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.ipynb"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(InputError, match="more than 150 MB"):
        read(path)
    for small in (as_bytes(code("a = 1")), io.BytesIO(as_bytes(code("a = 1")))):
        with pytest.raises(InputError, match="max_bytes"):
            read(small, max_bytes=10)


def test_path_bytes_and_stream_give_the_same_program(tmp_path: Path) -> None:
    data = as_bytes(code("a = 1"))
    path = tmp_path / "sales report.ipynb"
    path.write_bytes(data)
    from_path, from_stream = read(path), read(io.BytesIO(data), "sales report")
    assert (from_path.name, from_path.folder) == ("sales report", str(tmp_path.resolve()))
    assert (from_stream.name, from_stream.folder) == ("sales report", None)
    assert read(data).name == "notebook"
    assert lines(from_path) == lines(from_stream) == ["a = 1"]
    assert from_path.source == from_stream.source == data


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_encodings_other_than_utf8_are_read(encoding: str) -> None:
    text = json.dumps({"cells": [code("name = 'né'")]}, ensure_ascii=False)
    program = read(text.encode(encoding))
    assert lines(program) == ["name = 'né'"]
    assert [d.code for d in program.diagnostics] == ["NB112"] * (encoding == "latin-1")


def test_half_a_surrogate_pair_does_no_harm() -> None:
    program = read(b'{"cells": [{"cell_type": "code", "source": "a = \'\\ud83d\'"}]}')
    assert lines(program) == ["a = '\ufffd'"]
    json.dumps(program.notebook, ensure_ascii=False).encode()


LENIENT: list[Json] = [
    {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "outputs": None, "execution_count": "x"},
    {"cell_type": "code"},
    {"cell_type": "heading", "source": "Old", "metadata": None},
    {"cell_type": "code", "source": None, "id": "same", "metadata": {"tags": "one"}},
    {"cell_type": "code", "source": "c = 3", "id": "same", "outputs": [{"output_type": "odd"}, 3]},
    {
        "cell_type": "code",
        "source": "d",
        "execution_count": 7,
        "outputs": [
            {"output_type": "stream", "text": ["x\n", "y"]},
            {"output_type": "execute_result", "data": {"text/plain": "4"}},
        ],
        "extra": 1,
    },
]


def test_a_sloppy_notebook_is_completed_to_a_valid_one() -> None:
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # slow, not needed
    import nbformat

    metadata = {"kernelspec": {"name": "python3"}, "language_info": 3, "title": 4}
    program = read(json.dumps({"cells": [*LENIENT, "no cell"], "metadata": metadata}).encode())
    nbformat.validate(dict(program.notebook))
    assert lines(program) == ["a = 1", "b = 2", "c = 3", "d"]
    assert [cell.kind for cell in program.cells] == ["code", "code", "raw", "code", "code", "code"]
    assert program.cells[5].execution_count == 7
    assert program.cells[5].outputs[0]["text"] == "x\ny"


def test_format_3_is_upgraded() -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 2, "source": ["Title"], "metadata": {}},
                    {
                        "cell_type": "code",
                        "input": ["a = 1\n", "a"],
                        "language": "python",
                        "outputs": [{"output_type": "pyout", "text": ["1"], "prompt_number": 3}],
                        "prompt_number": 3,
                        "collapsed": False,
                        "metadata": {},
                    },
                ],
                "metadata": {},
            }
        ],
    }
    program = read(json.dumps(old).encode())
    assert [(c.kind, c.source) for c in program.cells] == [
        ("markdown", "## Title"),
        ("code", "a = 1\na"),
    ]
    assert program.cells[1].execution_count == 3
    assert program.cells[1].outputs[0]["output_type"] == "execute_result"


def test_the_version_that_ran_it_is_known() -> None:
    assert (
        read(as_bytes(code("a"), language_info={"name": "python", "version": "3.8.5"})).python
        == "3.8.5"
    )
    assert read(as_bytes(code("a"))).python is None
    old = read(as_bytes(code("a"), kernelspec={"name": "python2", "language": "python"}))
    assert old.python == "2.7"
    assert [d.code for d in old.diagnostics] == ["NB103"]


def test_users_tell_stage_and_name_by_tag_or_metadata() -> None:
    program = read(
        as_bytes(
            code("a = 1", metadata={"tags": ["nb2prod:train", "parameters"]}),
            code("b = 1", metadata={"nb2prod": {"stage": "clean", "name": "drop_rows"}}),
            code("c = 1", metadata={"tags": ["nb2prod:skip", "nb2prod:cook"]}),
            code("d = 1", metadata={"nb2prod": {"stage": 3, "name": "not a name"}}),
        )
    )
    assert [(c.stage, c.name, c.parameters) for c in program.cells] == [
        ("train", None, True),
        ("clean", "drop_rows", False),
        (None, None, False),
        (None, None, False),
    ]
    assert "nb2prod:skip" in program.cells[2].tags
    assert [(d.code, d.origin) for d in program.diagnostics] == [("NB109", Origin(2, 1, 1))]


def test_a_cell_that_does_not_parse_is_kept_and_its_place_shown() -> None:
    source = "a = 1\nb = (a +\n"
    program = read(as_bytes(code("x = 1"), code(source)))
    (left_out,) = program.left_out
    (found,) = program.diagnostics
    assert (left_out.code, left_out.origin.cell) == (source, 1)
    assert (found.code, found.severity, found.origin) == ("NB101", "error", Origin(1, 2, 2))
    assert "    b = (a +\n        ^" in found.message
    assert found.hint


@pytest.mark.parametrize(
    ("metadata", "outputs", "rewritten"),
    [
        ({}, [], True),
        ({"kernelspec": {"name": "python2"}}, [], True),
        ({"language_info": {"name": "python", "version": "2.7.9"}}, [], True),
        ({"kernelspec": {"name": "python3"}}, [], False),
        ({"language_info": {"name": "python", "version": "3.9"}}, [], False),
        ({"kernelspec": {"name": "python3"}}, ["stream"], True),
        ({"kernelspec": {"name": "python3"}}, ["error"], False),
    ],
)
def test_python_2_is_rewritten_unless_python_3_refused_it(
    metadata: Json, outputs: list[str], rewritten: bool
) -> None:
    saved = [{"output_type": kind, "text": "1", "ename": "SyntaxError"} for kind in outputs]
    program = read(as_bytes(code("a = 1"), code("print a", outputs=saved), **metadata))
    assert lines(program)[1:] == ["print(a)"] * rewritten
    assert ("NB102" in {d.code for d in program.diagnostics}) == rewritten


@pytest.mark.parametrize("chain", ["+1" * 3000, ".b" * 3000, "()" * 400, "[0]" * 200])
def test_code_nested_without_end_is_quarantined(chain: str) -> None:
    program = read(as_bytes(code("a = 1"), code("b = a" + chain)))
    assert lines(program) == ["a = 1"]
    assert "nested" in program.left_out[0].reason


def test_a_null_byte_is_quarantined() -> None:
    assert lines(read(as_bytes(code("a = 1"), code("b = '\0'")))) == ["a = 1"]


def test_windows_line_ends_count_once() -> None:
    program = read(as_bytes(code("a = 1\r\n\r\nb = 2\r\n")))
    assert [s.origin.line for s in program.statements] == [1, 3]


def test_positions_of_nodes_are_those_of_the_cell() -> None:
    program = read(as_bytes(code("%%time\n\nx = 1\nif x:\n    y = 2")))
    first, second = program.statements
    assert (first.node.lineno, first.origin.line) == (3, 3)
    assert (second.node.body[0].lineno, second.origin.end_line) == (5, 5)  # type: ignore[attr-defined]


DATABRICKS = """\
# Databricks notebook source
# MAGIC %md
# MAGIC ## Load

# COMMAND ----------

# DBTITLE 1,Read it
df = spark.read.csv("a.csv")
display(df)

# COMMAND ----------

# MAGIC %sql
# MAGIC select * from t

# COMMAND ----------

# MAGIC %pip install lightgbm

# COMMAND ----------

# MAGIC %python
# MAGIC x = 1
"""


def test_a_databricks_source_is_a_notebook() -> None:
    program = read(DATABRICKS.encode())
    assert [(c.kind, c.source) for c in program.cells][:2] == [
        ("markdown", "## Load"),
        ("code", '# Read it\ndf = spark.read.csv("a.csv")\ndisplay(df)'),
    ]
    assert lines(program) == [
        '# Read it\ndf = spark.read.csv("a.csv")',
        "from IPython.display import display",
        "display(df)",
        "x = 1",
    ]
    assert [part.code.split("\n")[0] for part in program.left_out] == [
        "%sql",
        "%pip install lightgbm",
    ]
    assert [r.name for r in program.requirements] == ["lightgbm"]


def test_databricks_cells_are_in_the_language_of_their_magic() -> None:
    bricks = {"application/vnd.databricks.v1+notebook": {"language": "python"}}
    program = read(
        as_bytes(
            code("%md # Title\ntext"),
            code("%sql select 1"),
            code("%scala\nval x = 1"),
            code("%sh ls\nls -l > x"),
            code("a = 1"),
            **bricks,
        )
    )
    assert (program.cells[0].kind, program.cells[0].source) == ("markdown", "# Title\ntext")
    assert [d.code for d in program.diagnostics] == ["NB104", "NB104"]
    assert lines(program) == [
        "import subprocess",
        'subprocess.run(["sh"], input="""\\\nls\nls -l > x\n""", text=True, check=True)',
        "a = 1",
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "setup.py").write_text(
        "import math\nRATE = 2\ndef twice(x):\n    return RATE * x\n"
        'if __name__ == "__main__":\n    ready = True\n'
    )
    (tmp_path / "other.ipynb").write_bytes(
        as_bytes(code("%matplotlib inline\nb = 2"), code("!make\nc = 3"), code("broken ("))
    )
    (tmp_path / "src" / "outer.py").write_text("%run inner\nfrom math import pi\n")
    (tmp_path / "src" / "inner.py").write_text("inner = 1\n")
    (tmp_path / "itself.py").write_text("%run itself.py\n")
    (tmp_path / "here.py").write_text("print(__file__)\n")
    (tmp_path / "requirements.txt").write_text("# what\npandas>=1.0  # first\n\n-e .\nnumpy\n")
    return tmp_path


def converted(folder: Path, *sources: str) -> Program:
    path = folder / "main.ipynb"
    path.write_bytes(as_bytes(*map(code, sources)))
    return read(path)


def test_a_file_that_is_run_takes_the_place_of_the_line(folder: Path) -> None:
    program = converted(
        folder, "a = 1\n%run setup.py\nd = 4", "%run -i ./other", "%run src/outer.py"
    )
    assert lines(program) == [
        "a = 1",
        "import math",
        "RATE = 2",
        "def twice(x):\n    return RATE * x",
        "ready = True",
        "d = 4",
        "b = 2",
        "import subprocess",
        'subprocess.run("make", shell=True, check=False)',
        "c = 3",
        "inner = 1",
        "from math import pi",
    ]
    assert {s.origin for s in program.statements[1:5]} == {Origin(0, 2, 2)}
    assert {s.node.lineno for s in program.statements[1:5]} == {2}
    assert all(not s.display for s in program.statements)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("missing.py", "no such file"),
        ("../outside.py", "no such file"),
        ("/etc/hosts", "no such file"),
        ("-m timeit", "options"),
        ("itself.py", "runs itself"),
        ("ends.py", "ends the program"),
        ("broken.py", "does not parse"),
    ],
)
def test_a_file_that_cannot_be_had_is_left_out(folder: Path, line: str, why: str) -> None:
    (folder.parent / "outside.py").write_text("secret = 1\n")
    (folder / "ends.py").write_text("import sys\nsys.exit(1)\n")
    (folder / "broken.py").write_text("a = (\n")
    program = converted(folder, "a = 1", f"%run {line}")
    assert why in " ".join(d.message for d in program.diagnostics if d.code == "NB108")
    assert lines(program) == ["a = 1"]


def test_a_file_that_would_do_something_else_in_place_is_run_as_a_program(folder: Path) -> None:
    program = converted(folder, "RATE = 3\n%run setup.py\ntwice(RATE)")
    assert lines(program)[1:-1] == [
        "import runpy",
        'ran = runpy.run_path("setup.py", run_name="__main__")',
        'RATE = ran["RATE"]',
        'twice = ran["twice"]',
    ]


def test_a_program_gets_its_arguments_and_the_names_that_it_shares(folder: Path) -> None:
    (folder / "scaled.py").write_text("import sys\nscaled = [factor, sys.argv[1:]]\n")
    program = converted(folder, "factor = 2\n%run -i scaled.py more\nscaled")
    assert lines(program) == [
        "factor = 2",
        "import runpy",
        "import sys",
        "from unittest.mock import patch",
        'with patch.object(sys, "argv", ["scaled.py", "more"]):\n'
        '    ran = runpy.run_path("scaled.py", {"factor": factor}, run_name="__main__")',
        'scaled = ran["scaled"]',
        "scaled",
    ]


def test_requirements_are_read_from_a_file_beside_the_notebook(folder: Path) -> None:
    program = converted(folder, "a = 1\n!pip install -r requirements.txt -r ../../etc/passwd")
    assert [r.name + r.specifier for r in program.requirements] == ["pandas>=1.0", "numpy"]


def test_nothing_heavy_is_imported_without_need() -> None:
    script = (
        "import sys, json; from nb2prod.notebook.read import read\n"
        "plain = json.dumps({'cells': [{'cell_type': 'code', 'source': 'a = 7 % 2'}]}).encode()\n"
        "read(plain); first = set(sys.modules)\n"
        "read(plain.replace(b'a = 7 % 2', b'%matplotlib inline')); second = set(sys.modules)\n"
        "assert 'IPython' not in first | second and 'nbformat' not in first | second\n"
        "import IPython.core.inputtransformer2; assert IPython.version_info\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_reading_the_same_bytes_twice_gives_the_same() -> None:
    data = as_bytes(code("%time a = 1\n!make"), code("b ="))
    assert read(data).diagnostics == read(data).diagnostics
    assert read(data).notebook == read(data).notebook
    assert lines(read(data)) == lines(read(data))


def test_a_broken_cell_that_the_user_skips_is_no_error() -> None:
    program = read(as_bytes(code("a = 1"), code("b =", metadata={"tags": ["nb2prod:skip"]})))
    assert [part.code for part in program.left_out] == ["b ="]
    assert program.diagnostics == ()
