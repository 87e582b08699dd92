"""Names: what a statement does in a few words, and functions named after headings, comments, deeds."""

from __future__ import annotations

import keyword
import re
import time
from pathlib import Path

import pytest
from programs import notebook

from nb2prod.analysis.analyse import analyse
from nb2prod.model import Function, Plan
from nb2prod.notebook.read import read
from nb2prod.plan.docstrings import plain_text
from nb2prod.plan.make import make_plan
from nb2prod.plan.titles import heading_of, said

CASES = Path(__file__).parent / "cases" / "naming"


def plan_of(*cells: str) -> Plan:
    return make_plan(analyse(read(notebook(cells))))


def names(*cells: str) -> list[str]:
    return [function.name for function in plan_of(*cells).functions]


def function(name: str, *cells: str) -> Function:
    return next(one for one in plan_of(*cells).functions if one.name == name)


# ---- what one statement does


def statements() -> list[object]:
    found = []
    for path in sorted((CASES / "actions").glob("*.txt")):
        before, _, rows = path.read_text(encoding="utf-8").partition("----\n")
        for row in rows.strip().splitlines():
            code, _, expected = row.rpartition(" -> ")
            source = code.replace("\\n", "\n")
            found.append(pytest.param(before, source, expected, id=f"{path.stem}: {code}"))
    return found


@pytest.mark.parametrize(("before", "code", "expected"), statements())
def test_what_a_statement_does(before: str, code: str, expected: str) -> None:
    analysis = analyse(read(notebook([before, code])))
    # analysis may split a statement: the part that says most counts, the last of equals
    parts = [
        facts
        for statement, facts in zip(analysis.statements, analysis.facts, strict=True)
        if statement.origin == analysis.statements[-1].origin
    ]
    assert max(reversed(parts), key=lambda facts: facts.weight).action == expected


# ---- functions of whole notebooks


@pytest.mark.parametrize("path", sorted((CASES / "notebooks").glob("*.txt")), ids=lambda p: p.stem)
def test_functions_of_a_notebook(path: Path) -> None:
    source, _, expected = path.read_text(encoding="utf-8").partition("# output\n")
    cells = [cell.strip("\n") for cell in re.split(r"^# %%\n", source, flags=re.MULTILINE)[1:]]
    made = [f"{f.name}: {f.doc}".replace("\n\n", " | ") for f in plan_of(*cells).functions]
    assert "\n".join(made) == expected.strip()


# ---- headings and comments


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# Titanic", "Titanic"),
        ("## 2.1. Cleaning", "Cleaning"),
        ("### Step 4: Fill the gaps", "Fill the gaps"),
        ("### Step 4. What did people pay?", "What did people pay?"),
        ("# **Bold** and `code`", "Bold and code"),
        ("<h2 style='x'>3) Models &amp; more</h2>", "Models & more"),
        ("# [Data](http://a.b/c)", "Data"),
        ("## $R^2$ of the model", "R2 of the model"),
        ("# 📚 Libraries", "Libraries"),
        ("text without heading", ""),
        ("# 1.", ""),
        ("# 123\n## Ages", "Ages"),
    ],
)
def test_heading(markdown: str, expected: str) -> None:
    assert heading_of(markdown) == expected


@pytest.mark.parametrize(
    ("text", "name", "sentence"),
    [
        ("Fill missing ages", "fill_missing_ages", "Fill missing ages"),
        ("# Filling the missing ages", "fill_missing_ages", "Fill the missing ages"),
        ("Training and evaluating forests", "train_and_evaluate_forests", None),
        ("Split by year, so that nothing leaks", "split_by_year", None),
        ("2. Dropping outliers of price", "drop_outliers_of_price", "Drop outliers of price"),
        ("Survival by class", "survival_by_class", ""),
        ("Test data", "test_data", ""),
        ("Calculate the training precision", "calculate_training_precision", None),
        ("Test the hypothesis of equal means", "test_hypothesis_of_equal_means", None),
        ("What is the most common name?", "", ""),
        ("We see that it does not work", "", ""),
        ("Limpieza de los datos", "", ""),
        ("Größe der Wohnung", "", ""),
        ("결측값 처리", "", ""),
        ("Normalize", "", ""),
        ("Plotting", "", ""),
        ("the", "", ""),
        ("1 2 3", "", ""),
        ("", "", ""),
    ],
)
def test_what_a_text_says(text: str, name: str, sentence: str | None) -> None:
    found = said(text)
    assert found.name() == name
    assert sentence is None or found.sentence == sentence


def test_heading_names_the_only_function_below_it() -> None:
    assert names(
        "import pandas as pd\ndf = pd.read_csv('a.csv')",
        "#! ## Repair the meter readings",
        "df['kwh'] = df['kwh'].clip(upper=9)\ndf['day'] = pd.to_datetime(df['day'])",
    )[1:] == ["repair_meter_readings"]


def test_comment_names_what_stands_below_it() -> None:
    found = names(
        "import pandas as pd\ndf = pd.read_csv('a.csv')",
        "# Handle broken tills\ndf.loc[df['units'] < 0, 'units'] = 0\ndf.to_csv('b.csv')",
    )
    assert "handle_broken_tills" in found


def test_code_in_a_comment_is_no_name() -> None:
    found = names(
        "import pandas as pd\ndf = pd.read_csv('a.csv')",
        "# drop(df.columns)\ndf['age'] = df['age'].fillna(0)\ndf.to_csv('b.csv')",
    )
    assert "fill_missing_age" in found


# ---- telling names apart

SAME = """import pandas as pd
train = pd.read_csv('a.csv')
test = pd.read_csv('b.csv')"""


def test_frames_tell_names_apart() -> None:
    fill = "{0}['Age'] = {0}['Age'].fillna(0)"
    found = names(
        SAME, fill.format("train"), fill.format("test"), "train.to_csv('c')\ntest.to_csv('d')"
    )
    assert {"fill_missing_age_of_train", "fill_missing_age_of_test"} <= set(found)


def test_models_tell_names_apart() -> None:
    found = names(
        "from sklearn.svm import SVC\nfrom sklearn.linear_model import Ridge\nimport pandas as pd\n"
        "X = pd.read_csv('a.csv')\ny = X.pop('y')",
        "first = SVC().fit(X, y)",
        "p = first.predict(X)",
        "second = Ridge().fit(X, y)",
        "q = second.predict(X)",
    )
    assert {"train_svm", "train_ridge"} <= set(found)
    assert {"predict_with_svm", "predict_with_ridge"} <= set(found)


def test_names_do_not_differ_by_a_digit_only() -> None:
    cells = [
        f"df{n} = df{n - 1}.copy()\ndf{n}['a'] = df{n}['a'] * {n}\nprint(df{n})" for n in (1, 2, 3)
    ]
    steps = [step for cell in cells for step in (cell, f"import os\nos.makedirs('out{len(cell)}')")]
    found = names("import pandas as pd\ndf0 = pd.read_csv('a.csv')", *steps)
    shapes = [re.sub(r"\d+", "#", name) for name in found]
    assert len(set(shapes)) == len(found) > 2


def test_identical_code_gets_names_of_its_own() -> None:
    found = names("import os", *["os.makedirs('a', exist_ok=True)", "print(1)"] * 12)
    assert len(set(found)) == len(found)


def test_names_of_variables_and_keywords_are_not_taken() -> None:
    found = names(
        "import pandas as pd\nload_train = 3\ntrain = pd.read_csv('a.csv')\nprint(load_train, train)",
        "clean = train.dropna()\nclean.to_csv('b.csv')",
    )
    assert "load_train" not in found
    assert all(name.isidentifier() and not keyword.iskeyword(name) for name in found)


HOSTILE = [
    "x['__import__(\"os\")'] = 1",
    "x['../../etc/passwd'] = x['a\\nb']",
    "x['{{ 7 * 7 }}'] = x['a'].fillna(0)",
    "# " + "drop " * 400 + "\nx['a'] = 1",
    "x['" + "Wort" * 300 + "'] = 1",
    "x['']  = 1",
    "x['𝔘𝔫𝔦'] = 1",
    "x['class'] = x['import'] = 1",
    'plt.title(\'\\x00 """ %s {x}\')',
    "print(''.join(c for c in '" + "%" * 60 + "'))",
    "y = " + "(" * 50 + "1" + ")" * 50,
    "y = x" + ".a" * 400 + ".fillna(0)",
]


@pytest.mark.parametrize("code", HOSTILE)
def test_hostile_names_and_texts(code: str) -> None:
    for name in names("import pandas as pd\nx = pd.read_csv('a.csv')", code, "print(x)"):
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name)


def test_the_users_name_comes_first() -> None:
    source = notebook(["import os\nos.makedirs('a')"])
    text = source.decode().replace(
        '"metadata": {}', '"metadata": {"nb2prod": {"name": "set_it_up"}}', 1
    )
    assert [f.name for f in make_plan(analyse(read(text.encode()))).functions] == ["set_it_up"]


def test_the_same_notebook_gives_the_same_names() -> None:
    cells = (SAME, "both = pd.concat([train, test])\nboth['a'] = both.b + 1", "both.to_csv('c')")
    assert names(*cells) == names(*cells)


# ---- docstrings


def test_docstring_has_sentence_cells_and_prose() -> None:
    made = function(
        "fill_missing_values",
        SAME,
        "#! ## Missing values\nMedians, since *a few* are very old.",
        "train['Age'] = train['Age'].fillna(train['Age'].median())\ntrain.to_csv('c.csv')",
    )
    assert made.doc == "Fill missing values (cell 2).\n\nMedians, since *a few* are very old."


def test_prose_stands_in_one_docstring() -> None:
    plan = plan_of(
        SAME,
        "#! Two steps at once: we fill and then we save.",
        "train['Age'] = train['Age'].fillna(0)\ntest['Age'] = test['Age'].fillna(0)\n"
        "train.to_csv('c.csv')\ntest.to_csv('d.csv')",
    )
    assert sum("Two steps at once" in f.doc for f in plan.functions) == 1


def test_prose_over_code_that_is_left_out_is_kept() -> None:
    plan = plan_of(
        SAME,
        "#! Nobody is older than 80.",
        "train.head()",
        "train['Age'] = train['Age'].fillna(0)\ntrain.to_csv('c.csv')",
    )
    assert any("Nobody is older than 80." in f.doc for f in plan.functions)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# Title\ntext", "text"),
        ("![picture](a.png) seen", "seen"),
        ("[a link](http://a.b) here", "a link here"),
        ("<div class='a'>**bold** text</div>", "bold text"),
        ("a<br>b &amp; c", "a b & c"),
        ("<!-- hidden -->shown", "shown"),
        ("a\n\n\n\n---\n\nb", "a\n\nb"),
        ("x < 3 and y > 4", "x < 3 and y > 4"),
    ],
)
def test_markdown_as_text(markdown: str, expected: str) -> None:
    assert plain_text(markdown) == expected


@pytest.mark.parametrize(
    "part", ["(", "<", "[", "![a", "<h1>", "<!--", "<style ", "1.", "**", "- "]
)
def test_hostile_markdown_takes_no_time(part: str) -> None:
    text = f"# {part * 20_000}"
    start = time.perf_counter()
    heading_of(text)
    said(text)
    plain_text(text + "\n" + text)
    assert time.perf_counter() - start < 5
