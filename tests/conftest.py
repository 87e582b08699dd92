"""What several tests use: plans of the traps and samples, and settings of Hypothesis.

HYPOTHESIS_PROFILE=raw shows what fails as it was drawn, since shrinking takes minutes.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from repositories import Repository

from nb2prod import api
from nb2prod.model import Plan

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "benchmarks"))
TRAPS = sorted((ROOT / "tests" / "cases" / "traps").glob("*.py"))
SAMPLES = sorted((ROOT / "sample_notebooks").glob("*/*.ipynb"))

_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
_PHASES = [Phase.explicit, Phase.reuse, Phase.generate]

settings.register_profile(
    "default", deadline=None, suppress_health_check=_CHECKS, phases=[*_PHASES, Phase.shrink]
)
settings.register_profile("raw", settings.get_profile("default"), phases=_PHASES)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests one trap, or one trap or sample notebook, at a time."""
    if "trap" in metafunc.fixturenames:
        metafunc.parametrize("trap", TRAPS, ids=lambda path: path.stem)
    if "program" in metafunc.fixturenames:
        metafunc.parametrize("program", [*SAMPLES, *TRAPS], ids=lambda path: path.stem)


@pytest.fixture(scope="session")
def plan_of() -> Callable[[Path], Plan]:
    """Return what plans a notebook, or a program in percent format, once in all tests."""
    return _plan_of


@functools.cache
def _plan_of(path: Path) -> Plan:
    import percent

    if path.suffix == ".py":
        document = json.dumps(percent.notebook(path.read_text("utf-8"))).encode()
        return api.make_plan(api.analyse(api.read(document, name=path.stem)))
    return api.make_plan(api.analyse(api.read(path)))


@pytest.fixture
def bare_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Return an empty repository, where nothing of nb2prod is installed, as working directory."""
    for name in [key for key in os.environ if key.startswith(("GIT_", "XDG_"))] + ["NO_COLOR"]:
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    made = Repository(tmp_path / "re po", home)
    monkeypatch.chdir(made.folder)
    return made


@pytest.fixture
def repository(bare_repository: Repository) -> Repository:
    """Return an empty repository whose notebooks have nb2prod's diff."""
    api.install_git(merge=False)
    return bare_repository
