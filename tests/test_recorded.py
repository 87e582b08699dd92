"""Generated tests of what saved outputs showed: what they compare, and that they can fail."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path, PurePosixPath

import nbformat
import pytest

from nb2prod import api
from nb2prod.model import Package
from nb2prod.render.tests import without_unparsable

NOTEBOOK = (
    ("import math\n\nrows = [3, 1, 2]", None),
    ("total = sum(rows)\nhalf = total / 2\nhalf", "3.0"),
    ("print(sorted(rows))", "[1, 2, 3]\n"),
    ("-(0.5 * half + 1) ** 2", "-6.25"),
    ("total if half else None", "6"),
    ("not total", "False"),
)


def converted(*cells: tuple[str, str | None]) -> Package:
    """Return the package of cells that ran from top to bottom and showed or printed a text."""
    v4 = nbformat.v4
    made = []
    for count, (source, shown) in enumerate(cells, 1):
        outputs = []
        if shown and shown.endswith("\n"):
            outputs = [v4.new_output("stream", name="stdout", text=shown)]
        elif shown:
            data = {"text/plain": shown}
            outputs = [v4.new_output("execute_result", data=data, execution_count=count)]
        made.append(v4.new_code_cell(source, execution_count=count, outputs=outputs))
    document = v4.new_notebook(cells=made, metadata={"language_info": {"name": "python"}})
    return api.convert(json.dumps(document).encode(), name="shown")


def asserted(package: Package) -> list[str]:
    tree = ast.parse(package.files[PurePosixPath("tests/test_recorded.py")])
    return [ast.unparse(node.test) for node in ast.walk(tree) if isinstance(node, ast.Assert)]


def test_displayed_expressions_are_compared_as_a_whole() -> None:
    assert asserted(converted(*NOTEBOOK)) == [
        "half == pytest.approx(3.0, rel=1e-06)",
        "-(0.5 * half + 1) ** 2 == pytest.approx(-6.25, rel=1e-06)",
        "(total if half else None) == 6",
        "(not total) == False",
        "golden('cell_2_print_rows_printed.txt') == printed",
    ]


def test_outputs_of_an_array_are_compared_flat() -> None:
    package = converted(
        ("import numpy as np\n\nx = np.arange(3)", None), ("-(x + 1) * 2", "array([-2, -4, -6])")
    )
    assert asserted(package) == ["(-(x + 1) * 2).ravel().tolist() == [-2, -4, -6]"]


@pytest.mark.slow
def test_outputs_of_cells_run_out_of_order_are_not_trusted() -> None:
    package = converted(("a = 1", None), ("a", "1"))
    document = json.loads(package.plan.analysis.program.source)
    document["cells"][0]["execution_count"] = 7
    again = api.convert(json.dumps(document).encode(), name="shown")
    assert PurePosixPath("tests/test_recorded.py") not in again.files


def test_a_generated_test_that_is_no_python_is_left_out_and_reported() -> None:
    good, bad = PurePosixPath("tests/test_a.py"), PurePosixPath("tests/test_b.py")
    kept, problems = without_unparsable({good: "assert 1 + 1 == 2\n", bad: "assert (\n"})
    assert list(kept) == [good]
    assert [(d.code, str(bad) in d.message) for d in problems] == [("NB702", True)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("original", "broken"),
    [("", ""), ("sum(rows)", "max(rows)"), ("sorted(rows)", "sorted(rows)[1:]")],
    ids=["unchanged", "value", "printed"],
)
def test_they_pass_unless_the_package_changes(tmp_path: Path, original: str, broken: str) -> None:
    api.write(converted(*NOTEBOOK), tmp_path / "out")
    for module in (tmp_path / "out" / "src" / "shown").rglob("*.py"):
        module.write_text(module.read_text("utf-8").replace(original, broken), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path / "out", capture_output=True, text=True)
    assert (done.returncode == 0) == (original == broken), done.stdout
