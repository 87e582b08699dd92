"""What the generated project says of its environment: inferred, or that in which it was verified."""

from __future__ import annotations

import tomllib
from pathlib import PurePosixPath

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from programs import notebook

from nb2prod import api
from nb2prod.model import Evidence, Package, Plan

CELLS = (
    "import pandas as pd\nimport their_thing\nimport unused_thing",
    "def load():\n    from scipy import stats\n    return stats.zscore([1.0, 2.0])",
    "scores = pd.Series(load())\nprint(their_thing.rate(scores))",
)


def plan() -> Plan:
    return api.make_plan(api.analyse(api.read(notebook(CELLS), name="scores")))


def text(package: Package, name: str) -> str:
    return package.files[PurePosixPath(name)].decode()


def test_versions_are_those_of_the_time_and_say_so() -> None:
    package = api.render(plan())
    project = text(package, "pyproject.toml")
    named = [Requirement(line) for line in tomllib.loads(project)["project"]["dependencies"]]
    assert [r.name for r in named] == ["pandas", "scipy"]
    assert all(str(r.specifier).startswith("==") for r in named)
    assert project.count("# inferred: ") == len(named)
    python = tomllib.loads(project)["project"]["requires-python"]
    assert "3.11" in SpecifierSet(python)
    assert [line for line in text(package, "requirements.txt").splitlines() if line[0] != "#"] == [
        str(r) for r in named
    ]


def test_an_import_of_unknown_origin_is_said_and_not_guessed_at() -> None:
    package = api.render(plan())
    assert 'the module "their_thing" (cell 0)' in text(package, "pyproject.toml")
    assert 'the module "their_thing"' in text(package, "requirements.txt")
    assert "unused_thing" not in text(package, "pyproject.toml")
    (finding,) = (d for d in package.plan.diagnostics if d.code == "NB501")
    assert finding.origin is not None and finding.origin.cell == 0 and finding.hint


def test_versions_that_verified_the_package_are_asked_for() -> None:
    versions = {"Pandas": "2.1.4", "numpy": "1.26.4", "scipy": "1.11.4+local", "other": "1"}
    evidence = Evidence("", "3.12.1", versions, {})
    package = api.render(plan(), evidence=evidence)
    project = text(package, "pyproject.toml")
    parsed = tomllib.loads(project)["project"]
    assert set(parsed["dependencies"]) == {"pandas==2.1.4", "scipy==1.11.4"}
    assert parsed["requires-python"] == ">=3.12,<3.13"
    assert project.count("# verified with Python 3.12.1") == 2
    assert "inferred" not in project
    assert "pandas==2.1.4" in text(package, "requirements.txt")
    assert 'PYTHON: "3.12"' in text(package, ".github/workflows/ci.yml")
    assert "python:3.12-slim" in text(package, "Dockerfile")


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert api.render(plan()).files == api.render(plan()).files
