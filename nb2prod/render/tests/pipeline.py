"""Tests of the whole run: what it returns, its command line, its stages apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from nb2prod.model import Plan


def pipeline_tests(plan: Plan) -> dict[PurePosixPath, str]:
    """Return the sources of test_pipeline.py and test_cli.py."""
    return {
        PurePosixPath("tests/test_pipeline.py"): "\n".join(_pipeline(plan)) + "\n",
        PurePosixPath("tests/test_cli.py"): _CLI.replace("PACKAGE", plan.package),
    }


def _pipeline(plan: Plan) -> Iterator[str]:
    yield f'"""Tests of {plan.package}.pipeline: one whole run."""'
    yield ""
    yield ""
    yield "def test_run_reaches_its_end(calls):"
    yield "    assert calls.error is None"
    names = ", ".join(map(repr, plan.results))
    if names:
        yield ""
        yield ""
        yield "def test_run_returns_its_results(results):"
        yield f"    assert list(results) == [{names}]"


_CLI = '''"""Tests of PACKAGE.cli: options and commands."""

import pytest

from PACKAGE import cli


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert all(command in shown for command in cli.COMMANDS)


def test_an_unknown_option_is_refused(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--no-such-option"])
    assert stopped.value.code == 2
    assert "--no-such-option" in capsys.readouterr().err
'''
