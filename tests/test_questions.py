"""Questions to the author: each case in cases/questions is a notebook, `# output`, what is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from programs import notebook

from nb2prod import api, cli
from nb2prod.model import Question

CASES = sorted((Path(__file__).parent / "cases" / "questions").glob("*.py"))
CELLS = ["import pandas as pd\ndf = pd.read_csv('a.csv')", "df = df.dropna()\ntotal = df.sum()"]


def asked(cells: list[str]) -> tuple[Question, ...]:
    return api.questions(notebook(cells))


def described(question: Question, keys: str) -> str:
    """Keys of free text are told by their kind."""
    kind = question.key.partition("-")[0]
    key = question.key if f"{question.key}:" in keys else kind
    return f"{question.origin.cell}:{question.origin.line} {key}: {question.text}\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_what_is_asked(case: Path) -> None:
    given, _, expected = case.read_text("utf-8").partition("# output\n")
    found = asked(given.split("# %%\n"))
    assert "".join(described(question, expected) for question in found) == expected


def test_at_most_ten_the_costliest_first_and_of_several_kinds() -> None:
    rows = [f"df{n} = df{n}.dropna(subset=['c{n}'])" for n in range(20)]
    commented = [f"# x{n} = {n}\npass" for n in range(20)]
    found = asked(["import pandas as pd\ndf = pd.read_csv('a.csv')", *rows, *commented])
    assert len(found) == 10
    assert [q.cost for q in found] == sorted((q.cost for q in found), reverse=True)
    assert len({q.key.partition("-")[0] for q in found}) == 3


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.ipynb"
    path.write_bytes(notebook(CELLS))
    return path


def test_an_answer_stays_in_the_notebook_and_goes_where_it_belongs(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = json.loads(file.read_bytes())
    answer = 'rows-df-dropna=Tills <b>that</b> were "closed" """ that day'
    assert cli.run(["questions", str(file), "--answer", answer, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["questions"]
    assert [q["key"] for q in told if not q["answer"]] == ["origin-a.csv"]
    assert told[-1]["answer"].startswith("Tills")
    after = json.loads(file.read_bytes())
    assert after["cells"][1]["metadata"].pop("nb2prod")
    assert after == before
    package = api.convert(file)
    files = {str(path): data.decode("utf-8", "replace") for path, data in package.files.items()}
    module = next(text for path, text in files.items() if "df.dropna()" in text and "src/" in path)
    assert "Tills <b>that</b>" in module
    compile(module, "module", "exec")
    assert "<b>" not in files["HANDOVER.md"] and "Tills" in files["HANDOVER.md"]
    assert cli.run(["questions", str(file), "--answer", "rows-df-dropna="]) == 0
    assert len([q for q in api.questions(file) if not q.answer]) == 2


def test_a_moved_cell_keeps_its_answer(file: Path) -> None:
    api.answer(file, "rows-df-dropna", "closed tills")
    content = json.loads(file.read_bytes())
    content["cells"].insert(1, {"cell_type": "markdown", "metadata": {}, "source": "new"})
    assert api.questions(json.dumps(content).encode())[-1].answer == "closed tills"


def test_an_answer_about_a_constant_stands_beside_its_setting() -> None:
    cells = [
        "import pandas as pd\nCUTOFF = 0.35\ndf = pd.read_csv('a.csv')\ndf['x'] = df.y > CUTOFF"
    ]
    content = json.loads(notebook(cells))
    content["cells"][0]["metadata"]["nb2prod"] = {"answers": {"number-CUTOFF": "half of the cost"}}
    files = api.convert(json.dumps(content).encode(), name="n").files
    config = next(data for path, data in files.items() if path.name == "config.py").decode()
    assert "half of the cost" in config


def test_an_unknown_key_and_bad_arguments_are_refused(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = file.read_bytes()
    assert cli.run(["questions", str(file), "--answer", "nothing=x"]) == 2
    assert "rows-df-dropna" in capsys.readouterr().err
    assert cli.run(["questions", str(file), "--answer", "rows"]) == 2
    assert cli.run(["questions", str(file.parent / "none.ipynb")]) == 2
    assert file.read_bytes() == before


def test_text_of_a_notebook_cannot_reach_the_terminal_raw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "n.ipynb"
    path.write_bytes(notebook(["import pandas as pd\ndf = pd.read_csv('a\\x1b[31m.csv')"]))
    assert cli.run(["questions", str(path)]) == 0
    assert "\x1b[31m" not in capsys.readouterr().out


def test_a_notebook_without_questions_has_no_handover() -> None:
    package = api.convert(notebook(["x = 1\ny = x + 1"]), name="plain")
    assert "HANDOVER.md" not in map(str, package.files)
