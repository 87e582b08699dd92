"""Hazards: each case in `cases/hazards` is a small notebook with what must be found, and no more.

The format is that of traps_format.md, with `# expect: CODE@cell:line ...` or `nothing` in the
header, and in a cell `# out: text` or `# error: Kind: text` for its saved output (`# arrow: 3`: the
line that the traceback points at). A word after the count is a tag of the cell; `# counts: none`:
the notebook never ran.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from nb2prod import api
from nb2prod.analysis import names
from nb2prod.analysis.hazards import hazards
from nb2prod.model import Diagnostic

HERE = Path(__file__).parent
ROOT = HERE.parent
CASES = sorted((HERE / "cases" / "hazards").rglob("*.py"))
ROWS = tomllib.loads((ROOT / "nb2prod" / "diagnostics.toml").read_text("utf-8"))
EXAMPLES = [
    pytest.param(code, row["example"], id=code) for code, row in ROWS.items() if "example" in row
]
MARK = re.compile(r"^# (out|error|arrow): ?(.*)$", re.MULTILINE)


def load(path: Path) -> Any:
    """Import a script that lies outside the package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


percent = load(ROOT / "benchmarks" / "percent.py")


def notebook(text: str) -> bytes:
    """Return the notebook of a case, with the outputs that its comments describe."""
    made = percent.notebook(text)
    headings = [heading.split() for heading in percent.MARKER.findall(text)]
    for cell, words in zip(made["cells"], headings, strict=True):
        cell["metadata"]["tags"] = [word for word in words if word[0] != "["]
        marks = dict(MARK.findall(cell["source"]))
        if "out" in marks:
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": marks["out"]}]
        if "error" in marks:
            cell["outputs"] = [_error(marks)]
        if percent.header(text).get("counts") == "none":
            cell["execution_count"] = None
    return json.dumps(made).encode()


def _error(marks: dict[str, str]) -> dict[str, Any]:
    kind, _, text = marks["error"].partition(":")
    traceback = [f"----> {marks['arrow']} code"] if "arrow" in marks else []
    error = {"ename": kind, "evalue": text.strip(), "traceback": traceback}
    return {"output_type": "error", **error}


def found(text: str) -> tuple[Diagnostic, ...]:
    analysis = api.analyse(api.read(notebook(text)))
    return tuple(d for d in analysis.diagnostics if not d.code.startswith("NB1"))


def place(diagnostic: Diagnostic) -> str:
    assert diagnostic.origin is not None
    return f"{diagnostic.code}@{diagnostic.origin.cell}:{diagnostic.origin.line}"


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_case(path: Path) -> None:
    text = path.read_text("utf-8")
    expected = percent.header(text)["expect"].split()
    diagnostics = found(text)
    assert [place(d) for d in diagnostics] == ([] if expected == ["nothing"] else expected), [
        d.message for d in diagnostics
    ]


@pytest.mark.parametrize(("code", "example"), EXAMPLES)
def test_example_in_the_table(code: str, example: str) -> None:
    plan = api.make_plan(api.analyse(api.read(notebook(example.lstrip("\n")))))
    kinds = {d.code for d in plan.diagnostics if not d.code.startswith("NB1")}
    assert code in kinds
    assert kinds <= {code, "NB209"}, "an example shows one thing"
    assert all(diagnostic.hint for diagnostic in plan.diagnostics)


def test_page_is_made_from_the_tables() -> None:
    page = load(ROOT / "docs" / "make_diagnostics.py").page()
    assert (ROOT / "docs" / "diagnostics.md").read_text("utf-8") == page


def test_every_code_has_a_row() -> None:
    raised = {
        code
        for path in (ROOT / "nb2prod").rglob("*.py")
        for code in re.findall(r'"(NB[2-9]\d\d)"', path.read_text("utf-8"))
    }
    assert raised == ROWS.keys()
    assert all({"title", "severity", "means", "help"} <= row.keys() for row in ROWS.values())


def test_hostile_statements_have_no_findings() -> None:
    deep = "x = " + "f(" * 70 + "y" + ")" * 70
    long = "x = " + " + ".join(["y.drop('a')"] * 60)
    assert not found(f"# %%\ny = f = print\n{deep}\n{long}\nprint(x)\n")


def test_grows_with_the_number_of_statements() -> None:
    """Ten times the cells take about ten times as long, whatever hangs together in them."""
    small, large = (_seconds(cells) for cells in (20, 200))
    assert large < 30 * small


def _seconds(cells: int) -> float:
    """Return the seconds that the hazards of so many cells of training and judging take."""
    text = (HERE / "cases" / "hazards" / "tuning" / "best_in_a_loop.py").read_text("utf-8")
    program = api.read(notebook(text))
    statements = program.statements
    uses = [names.of(statement.node) for statement in statements]
    facts = api.analyse(program).facts
    repeated = range(cells)
    start = time.perf_counter()
    hazards(
        program,
        [s for _ in repeated for s in statements],
        [u for _ in repeated for u in uses],
        [f for _ in repeated for f in facts],
    )
    return time.perf_counter() - start
