"""What a package is called, and what its README says it is."""

from __future__ import annotations

import json

import nbformat
import pytest

from nb2prod import api
from nb2prod.model import Plan


def plan_of(name: str, prose: str) -> Plan:
    v4 = nbformat.v4
    document = v4.new_notebook(cells=[v4.new_markdown_cell(prose), v4.new_code_cell("a = 1")])
    document.metadata["language_info"] = {"name": "python"}
    return api.make_plan(api.analyse(api.read(json.dumps(document).encode(), name=name)))


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("# Churn in telecom", "Churn in telecom"),
        ("# Importing libraries and packages", "Old prices"),
        ("## Load the data", "Old prices"),
        ("# Importance of features", "Importance of features"),
        ("no heading", "Old prices"),
    ],
)
def test_title_is_the_first_heading_unless_every_notebook_has_it(heading: str, title: str) -> None:
    assert plan_of("old_prices", heading).title == title


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("House prices.ipynb", "house_prices"),
        ("03-Sales (final)", "sales_final"),
        ("Copy of churn", "churn"),
        ("json", "json_pipeline"),
        ("1234", "notebook"),
        ("../../etc", "etc"),
    ],
)
def test_package_is_named_after_the_notebook(name: str, package: str) -> None:
    assert plan_of(name, "").package == package


@pytest.mark.parametrize(
    ("name", "heading", "package"),
    [
        ("Untitled", "# Churn in telecom", "churn_telecom"),
        ("Untitled1", "# Sales of the shop: a study of 2020", "sales_shop"),
        ("Untitled (2)", "## 1. Zoë's house", "zoes_house"),
        ("untitled-Copy1", "# json", "json_pipeline"),
        ("Untitled3", "# 2020", "untitled3"),
        ("Untitled", "# Анализ 2020 a", "untitled"),
        ("Untitled", "# Load the data", "untitled"),
        ("untitled_masters", "# Churn", "untitled_masters"),
    ],
)
def test_a_notebook_without_a_name_has_that_of_its_heading(
    name: str, heading: str, package: str
) -> None:
    assert plan_of(name, heading).package == package
