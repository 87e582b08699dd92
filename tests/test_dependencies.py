"""Dependencies: from what the notebook recorded, else from its time and its calls."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement as Pep508
from packaging.specifiers import SpecifierSet

from nb2prod.knowledge import distributions as known
from nb2prod.knowledge import installed
from nb2prod.model import Origin, Program, Requirement
from nb2prod.notebook.read import read
from nb2prod.plan.dependencies import is_known, requirements, target_python
from nb2prod.plan.pins import observed, pins, requires_python, verified_python
from nb2prod.plan.provided import unresolved
from nb2prod.plan.versions import PYTHONS, Range, installable, newest

BASE = {"pandas", "numpy", "sklearn.linear_model.Ridge"}


def notebook(*cells: str | tuple[str, str], python: str | None = None, **metadata: Any) -> Program:
    """Read a notebook of code cells, each with what it printed."""
    import json

    made = []
    for cell in cells:
        source, printed = cell if isinstance(cell, tuple) else (cell, "")
        outputs = [{"output_type": "stream", "name": "stdout", "text": printed}] if printed else []
        made.append(
            {
                "cell_type": "code",
                "execution_count": None,
                "metadata": metadata,
                "source": source,
                "outputs": outputs,
            }
        )
    info = {"name": "python", **({"version": python} if python else {})}
    document = {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {
            "language_info": info,
            "kernelspec": {"name": "python3", "language": "python"},
        },
        "cells": made,
    }
    return read(json.dumps(document).encode(), name="n")


def found(program: Program, imports: set[str] = BASE) -> dict[str, Requirement]:
    return {item.name: item for item in requirements(program, imports)}


SEEN = {
    "displayed": ("import pandas as pd\npd.__version__", "'1.5.3'", "pandas", "1.5.3"),
    "printed": (
        "import numpy as np, pandas as pd\nprint('n', np.__version__, 'p', pd.__version__)",
        "numpy 1.23.5 pandas 1.5.3",
        "numpy",
        "1.23.5",
    ),
    "watermark": (
        "%watermark -v -p pandas,sklearn",
        "Python implementation: CPython\n\npandas : 1.5.3\nsklearn: 1.2.2\n",
        "scikit-learn",
        "1.2.2",
    ),
    "old watermark": ("%watermark -p numpy", "CPython 3.11.1\n\nnumpy 1.24.2\n", "numpy", "1.24.2"),
    "satisfied": (
        "!pip install pandas",
        "Requirement already satisfied: pandas in /usr/lib/python3.11/site-packages (1.5.3)",
        "pandas",
        "1.5.3",
    ),
    "satisfied for another": (
        "!pip install seaborn",
        "Requirement already satisfied: numpy>=1.15 in /x (from seaborn) (1.23.5)",
        "numpy",
        "1.23.5",
    ),
    "installed": (
        "!pip install x",
        "Successfully installed numpy-1.24.4 pandas-2.0.3\n",
        "pandas",
        "2.0.3",
    ),
    "listed": ("!pip list", "Package Version\n------- -------\npandas  2.0.3\n", "pandas", "2.0.3"),
    "conda": ("!conda list", "pandas   1.5.3   py311_0  conda-forge\n", "pandas", "1.5.3"),
    "frozen": ("!pip freeze", "numpy==1.24.4\npandas==2.0.3\n", "pandas", "2.0.3"),
    "unpickled": (
        "import joblib",
        "UserWarning: Trying to unpickle estimator A from version 1.1.2 when using version 1.2.2.",
        "scikit-learn",
        "1.2.2",
    ),
}


@pytest.mark.parametrize("case", SEEN)
def test_a_version_that_an_output_shows_is_pinned(case: str) -> None:
    source, printed, name, expected = SEEN[case]
    item = found(notebook("x = 1", (source, printed), python="3.11.4"))[name]
    assert item.specifier == f"=={expected}"
    assert item.reason == "seen in cell 1"


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("print(pd.__version__)", "1.5.3 and 2.0.0"),  # which of the two?
        ("df.head()", "pandas 1.5.3"),  # any table may say so
        ("pd.__version__", ""),
    ],
)
def test_an_unclear_version_is_not_taken(source: str, printed: str) -> None:
    program = notebook("import pandas as pd", (source, printed), python="3.11.4")
    assert "==" not in found(program)["pandas"].specifier


def test_the_last_version_seen_counts() -> None:
    program = notebook(
        ("!pip install pandas", "Requirement already satisfied: pandas in /x (1.5.3)"),
        ("!pip install -U pandas", "Successfully installed pandas-2.0.3"),
        python="3.11.4",
    )
    assert found(program)["pandas"].specifier == "==2.0.3"


def test_an_install_with_a_version_is_a_pin() -> None:
    item = found(notebook("!pip install nltk==3.8.1 pandas==1.5.3", python="3.11.4"), {"nltk"})
    assert item["nltk"].specifier == "==3.8.1"
    assert item["pandas"].specifier == "==1.5.3"
    assert item["nltk"].reason.startswith("installed")


def test_what_no_python_can_install_is_replaced_by_a_range() -> None:
    program = notebook(
        ("import pandas as pd\npd.__version__", "'0.25.3'"),
        "!pip install scikit-learn==0.20.3",
        python="3.7.4",
    )
    items = found(program)
    assert items["pandas"].specifier == ">=1.2,<2"
    assert "0.25.3 in cell 0 cannot be installed on Python 3.9" in items["pandas"].reason
    assert items["scikit-learn"].specifier == ">=0.24.0,<1.2"


LIMITS: dict[str, tuple[str | None, ...]] = {
    "append": ("df = df.append(row, ignore_index=True)", "pandas", "1.5.3", "2.0.3"),
    "list append": ("rows.append(row)", "pandas", "2.0.3", None),
    "load_boston": ("from sklearn.datasets import load_boston", "scikit-learn", "1.1.3", "1.2.2"),
    "np.float": ("import numpy as np\nx = y.astype(np.float)", "numpy", "1.23.5", "1.24.4"),
    "np.float64": ("import numpy as np\nx = y.astype(np.float64)", "numpy", "1.26.4", None),
    "positional": ("import seaborn as sns\nsns.scatterplot(x, y)", "seaborn", "0.11.2", "0.12.2"),
    "column by position": (
        "import seaborn as sns\nsns.countplot('a', data=df)",
        "seaborn",
        "0.11.2",
        "0.12.2",
    ),
    "column by name": (
        "import seaborn as sns\nsns.countplot(x='a', data=df)",
        "seaborn",
        "0.13.2",
        None,
    ),
    "one frame": ("import seaborn as sns\nsns.boxplot(df)", "seaborn", "0.13.2", None),
    "style": (
        "import matplotlib.pyplot as plt\nplt.style.use('seaborn')",
        "matplotlib",
        "3.7.5",
        "3.8.4",
    ),
    "new style": (
        "import matplotlib.pyplot as plt\nplt.style.use('seaborn-v0_8')",
        "matplotlib",
        "3.6.3",
        "3.5.3",
        "3.9.1",
    ),
    "sparse_output": (
        "from sklearn.preprocessing import OneHotEncoder as E\nE(sparse_output=False)",
        "scikit-learn",
        "1.2.2",
        "1.1.3",
        "3.9.1",
    ),
    "sparse": (
        "from sklearn import preprocessing\npreprocessing.OneHotEncoder(sparse=False)",
        "scikit-learn",
        "1.3.2",
        "1.4.2",
    ),
    "append in a list": ("found = [rows.append(row) for row in z]", "pandas", "2.0.3", None),
    "append of a frame": ("df = df.append(other)", "pandas", "1.5.3", "2.0.3"),
    "axis by position": ("df.drop('a', 1)", "pandas", "1.5.3", "2.0.3"),
    "text by position": ("df.a.str.split(',', 1)", "pandas", "1.5.3", "2.0.3"),
    "split of a text": ("line.split(',', 1)", "pandas", "2.0.3", None),
    "regex": ("df.a.str.replace('[a-c]', '')", "pandas", "1.5.3", "2.0.3"),
    "said to be a regex": ("df.a.str.replace('[a-c]', '', regex=True)", "pandas", "2.0.3", None),
    "date unit": ("df.a.astype('timedelta64[D]')", "pandas", "1.5.3", "2.0.3"),
    "nanoseconds": ("df.a.astype('datetime64[ns]')", "pandas", "2.0.3", None),
    "value": (
        "from sklearn.ensemble import RandomForestClassifier as F\nF(max_features='auto')",
        "scikit-learn",
        "1.2.2",
        "1.3.2",
    ),
}


@pytest.mark.parametrize("case", LIMITS)
def test_a_call_narrows_the_range(case: str) -> None:
    source, name, inside, outside, *python = LIMITS[case]
    items = found(
        notebook(source, python="".join(python) or "3.11.4"), {*BASE, "seaborn", "matplotlib"}
    )
    span = SpecifierSet(items[name].specifier)
    assert inside in span
    assert outside is None or outside not in span
    assert ("cell 0" in items[name].reason) == (outside is not None)


def test_a_warning_narrows_the_range() -> None:
    text = "FutureWarning: The frame.append method is deprecated"
    item = found(notebook(("x", text), python="3.10.1"))["pandas"]
    assert item.specifier == ">=1.4,<2"


PRINTED = {
    "counts": ("df.a.value_counts()", "a\nx    3\nName: count, dtype: int64", ">=2.0,<2.3"),
    "named counts": ("df.a.value_counts()", "x    3\nName: a, dtype: int64", ">=1.5.1,<2.0"),
    "something else": ("df['count']", "x    3\nName: count, dtype: int64", ">=1.5.1,<2.3"),
}


@pytest.mark.parametrize("case", PRINTED)
def test_what_only_some_versions_print_narrows_the_range(case: str) -> None:
    source, printed, expected = PRINTED[case]
    assert found(notebook((source, printed), python="3.11.4"))["pandas"].specifier == expected


def test_a_call_that_nothing_installable_has_is_said() -> None:
    item = found(notebook("df.ix[0]", python="3.6.9"))["pandas"]
    assert item.specifier == ">=1.2,<2"
    assert "Python 3.9 cannot install" in item.reason


ERAS = {
    "old Python": ({"python": "3.7.4"}, "", ">=1.2,<2"),
    "Python 3.11": ({"python": "3.11.4"}, "", ">=1.5.1,<2.3"),
    "Python 3.13": ({"python": "3.13.1"}, "", ">=2.2.3,<3"),
    "executed": ({"execution": {"iopub.execute_input": "2021-06-12T10:00:00Z"}}, "", ">=1.2,<2"),
    "Colab": ({"executionInfo": {"timestamp": 1_623_500_000_000}}, "", ">=1.2,<2"),
    "Python 3.10": ({"python": "3.10.4"}, "", ">=1.4,<2"),
    "later than its Python": ({"python": "3.9.7"}, "<Axes: xlabel='a'>", ">=1.4,<2"),
    "statsmodels": ({}, "Date:                Thu, 05 Mar 2020   Prob", ">=1.2,<2"),
    "path": ({}, "/usr/local/lib/python3.7/dist-packages/x.py:3: Warning", ">=1.2,<2"),
    "nothing": ({}, "", ">=1.5.1,<2.3"),
}


@pytest.mark.parametrize("case", ERAS)
def test_the_time_of_the_run_gives_the_range(case: str) -> None:
    metadata, printed, expected = ERAS[case]
    assert found(notebook(("x = 1", printed), **metadata))["pandas"].specifier == expected


def test_one_version_dates_the_others() -> None:
    program = notebook(("import sklearn\nsklearn.__version__", "'1.0.2'"))
    assert found(program)["pandas"].specifier == ">=1.3.3,<2"  # on Python 3.10
    assert "scikit-learn 1.0.2 in cell 0" in found(program)["pandas"].reason


def test_old_releases_are_kept_from_later_libraries() -> None:
    program = notebook(("import pandas as pd\npd.__version__", "'2.1.4'"), python="3.12.1")
    items = found(program, {"pandas"})
    assert "2.0.2" not in SpecifierSet(items["numpy"].specifier)
    assert items["numpy"].reason == "inferred: pandas 2.1.4 was built for NumPy 1"


def test_some_companions_matter_only_beside_another() -> None:
    program = notebook("x = 1", python="3.7.4")
    assert not {"sqlalchemy", "matplotlib-inline"} & found(program, {"pandas", "matplotlib"}).keys()
    items = found(program, {"pandas", "matplotlib", "sqlalchemy", "ipywidgets.interact"})
    assert items["sqlalchemy"].specifier == "<2"
    assert items["matplotlib-inline"].specifier == "<0.1.7"


@pytest.mark.parametrize(
    ("imports", "names"),
    [
        ({"os.path", "json", "__future__.division", "distutils.util"}, []),
        (
            {"PIL.Image", "cv2", "bs4.BeautifulSoup"},
            ["beautifulsoup4", "opencv-python-headless", "Pillow"],
        ),
        ({"google.cloud.bigquery.Client", "google.colab.drive"}, ["google-cloud-bigquery"]),
        ({"cPickle", "urllib2.urlopen", "StringIO"}, []),
        ({"utils.load", "my_helpers", "plot_functions", "loan_scoring", "google.maps"}, []),
        (
            {"great_expectations", "tensorflow_data_validation"},
            ["great-expectations", "tensorflow-data-validation"],
        ),
        ({".sibling.f", ""}, []),
        ({"IPython.display.display"}, ["ipython"]),
    ],
)
def test_imports_name_distributions(imports: set[str], names: list[str]) -> None:
    made = [item.name for item in requirements(notebook("x = 1", python="3.11.4"), imports)]
    assert made == names


def test_modules_beside_the_notebook_are_not_distributions(tmp_path: Path) -> None:
    (tmp_path / "loans.py").write_text("")
    (tmp_path / "package").mkdir()
    path = tmp_path / "n.ipynb"
    path.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}')
    path.write_bytes(notebook("import loans").source)
    assert found(read(path), {"loans.f", "package", "requests"}).keys() == {"requests"}


def test_engines_are_needed_where_pandas_calls_them() -> None:
    program = notebook("import pandas as pd\npd.read_excel('a.xlsx')\ndf.to_parquet('b')")
    assert {"openpyxl", "pyarrow"} <= found(program).keys()
    assert "xlrd" not in found(program)
    assert "xlrd" in found(notebook("import pandas as pd\npd.read_excel('a.xls')"))
    assert "matplotlib" in found(notebook("import pandas as pd\npd.read_csv('a').plot()"))
    assert "matplotlib" not in found(notebook("import turtle\nt.plot()"), {"turtle"})
    assert "openpyxl" not in found(notebook("import pandas as pd"))


def test_tools_of_the_notebook_are_no_dependency() -> None:
    assert found(notebook("!pip install --upgrade pip jupyter ipykernel watermark"), set()) == {}


@pytest.mark.parametrize(
    ("cells", "python", "expected"),
    [
        ((), "3.10.4", "3.10"),
        ((), "3.6.2", "3.9"),
        ((), "2.7.12", "3.9"),
        ((), "3.14.0", "3.14"),
        ((), None, "3.11"),
        ((("import pandas as pd\npd.__version__", "'1.3.5'"),), None, "3.10"),
        ((("import numpy as np\nnp.__version__", "'1.20.3'"),), None, "3.9"),
    ],
)
def test_target_python(cells: tuple[Any, ...], python: str | None, expected: str) -> None:
    assert target_python(notebook("x = 1", *cells, python=python)) == expected


@pytest.mark.parametrize(
    ("pinned", "python", "expected"),
    [
        ([], "3.11", ">=3.9"),
        ([("pandas", "==1.5.3"), ("nltk", "")], "3.9", ">=3.9,<3.12"),
        ([("numpy", "==2.1.3")], "3.12", ">=3.10,<3.14"),
        ([("pandas", "[excel]==3.0.6")], "3.14", ">=3.11"),
        (
            [("pandas", "==1.5.3"), ("nltk", "==3.8.1")],
            "3.10",
            ">=3.10,<3.11",
        ),  # of nltk, who knows
    ],
)
def test_the_package_admits_the_pythons_that_install_its_pins(
    pinned: list[tuple[str, str]], python: str, expected: str
) -> None:
    assert requires_python([Requirement(*item) for item in pinned], python) == expected


def test_pins_are_the_newest_that_a_python_installs() -> None:
    wanted = [Requirement("pandas", ">=1.2,<2"), Requirement("nltk"), Requirement("spacy", "==3.2")]
    assert [p.specifier for p in pins(wanted, "3.9")] == ["==1.5.3", "", "==3.2"]
    assert pins([Requirement("pandas", ">=1.5.1,<2.3")], "3.11")[0].specifier == "==2.2.3"


def test_beside_a_recorded_version_ranges_stay_ranges() -> None:
    wanted = [Requirement("numpy", "==1.19.5"), Requirement("pandas", ">=1.2,<2")]
    assert [p.specifier for p in pins(wanted, "3.9")] == ["==1.19.5", ">=1.2,<2"]
    assert requires_python(pins(wanted, "3.9"), "3.9") == ">=3.9,<3.10"


def test_where_not_all_can_be_had_small_libraries_may_be_later() -> None:
    listed = "joblib==0.15.1\nscikit-learn==0.23.2\n"
    program = notebook("import joblib", ("!pip freeze", listed), python="3.7.4")
    items = found(program, {"joblib", "sklearn.svm"})
    assert items["joblib"].specifier == ">=0.15.1"
    program = notebook("import joblib", ("!pip freeze", "joblib==1.2.0"), python="3.11.4")
    assert found(program, {"joblib"})["joblib"].specifier == "==1.2.0"


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        ("~=1.4", "==1.5.3"),
        ("<=2.0.3", "==2.0.3"),
        (">=1.5,!=2.3.3,<3", "==2.2.3"),
        ("[excel]>=1.5,<2", "[excel]==1.5.3"),
        ("==1.*", "==1.*"),
        (">=99", ">=99"),
    ],
)
def test_a_pin_keeps_what_the_notebook_asked_for(specifier: str, expected: str) -> None:
    (pinned,) = pins([Requirement("pandas", specifier)], "3.11")
    assert pinned.specifier == expected


def test_versions_that_verified_the_package_are_pinned() -> None:
    wanted = [
        Requirement("Pillow", ">=9", "inferred: x"),
        Requirement("dask", "[complete]>=2", "installed by the notebook"),
        Requirement("torch", "==1.2", "seen in cell 1"),
        Requirement("opencv-python-headless", "", "inferred: x"),
        Requirement("openpyxl", "", "inferred: x"),
    ]
    there = {
        "pillow": "10.1.0",
        "Dask": "2024.1.1",
        "torch": "2.1.0+cpu",
        "opencv-python": "4.9.0.80",
        "unused": "1",
    }
    assert observed(wanted, there, "3.11.4") == (
        Requirement("Pillow", "==10.1.0", "verified with Python 3.11.4"),
        Requirement("dask", "[complete]==2024.1.1", "verified with Python 3.11.4"),
        Requirement("torch", "==2.1.0", "verified with Python 3.11.4, as 2.1.0+cpu"),
        Requirement("opencv-python", "==4.9.0.80", "verified with Python 3.11.4"),
        wanted[-1],
    )
    assert verified_python("3.11.4") == (">=3.11,<3.12", "3.11")
    assert verified_python("3.15.0rc1") == (">=3.15,<3.16", "3.15")


def test_an_import_that_nobody_knows_is_no_dependency(tmp_path: Path) -> None:
    (tmp_path / "loans.py").write_text("")
    (tmp_path / "seaborn").mkdir()
    path = tmp_path / "n.ipynb"
    path.write_bytes(notebook("!pip install python-bcb loan-scoring", python="3.11.4").source)
    program = read(path)
    where = Origin(3, 1, 1)
    imports = dict.fromkeys(
        (
            *("os", "pandas.DataFrame", "google.colab.drive", "google.maps", "cPickle", "loans.f"),
            *("bcb.sgs", "loan_scoring", "utils.load", "their_thing.a", "their_thing.b", "seaborn"),
        ),
        where,
    )
    assert unresolved(program, imports) == dict.fromkeys(("google", "utils", "their_thing"), where)
    named = {item.name for item in requirements(program, imports)}
    assert named == {"pandas", "python-bcb", "loan-scoring", "seaborn"}


def test_an_installed_distribution_is_named_by_its_metadata(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nb2prod_test_module.py").write_text("raise SystemExit('imported')")
    metadata = tmp_path / "acme_things-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-things\nVersion: 1.0\n")
    (metadata / "top_level.txt").write_text("nb2prod_test_module\n")
    monkeypatch.syspath_prepend(tmp_path)
    for cached in (installed._givers, installed.giver):
        cached.cache_clear()
    assert known.distribution_of("nb2prod_test_module.f") == "acme-things"
    for cached in (installed._givers, installed.giver):
        cached.cache_clear()


@pytest.mark.parametrize("python", PYTHONS)
def test_every_era_can_be_installed_on_its_pythons(python: str) -> None:
    for item in requirements(notebook("x = 1", python=f"{python}.1"), set(_libraries())):
        if not known.library(item.name):
            continue
        assert newest(item.name, Range.of(item.specifier), python), f"{item} on {python}"
        Pep508(f"{item.name}{item.specifier}")


def _libraries() -> list[str]:
    text = Path(known.__file__).with_name("distributions.toml").read_text("utf-8")
    names = tomllib.loads(text)["library"]
    return [
        name for name in names if name not in {"tensorflow", "imbalanced-learn", "scikit-learn"}
    ]


def test_the_table_is_consistent() -> None:
    text = Path(known.__file__).with_name("distributions.toml").read_text("utf-8")
    table = tomllib.loads(text)
    for row in (*table["limit"], *table["warning"]):
        assert row["of"] == known.canonical(row["of"])
        assert row.get("below") or row.get("since") or row.get("range")
    for era in table["era"]:
        for name, span in era.items():
            if name not in {"until", "pythons"}:
                assert known.library(name), name
                for python in set(era["pythons"]) & set(PYTHONS):
                    assert not (Range.of(span) & installable(name, python)).empty, (name, python)


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("os", True),
        ("pandas", True),
        ("sklearn", True),
        ("cPickle", True),
        ("loans", False),
        ("utils", False),
    ],
)
def test_is_known(module: str, expected: bool) -> None:
    assert is_known(module) is expected
