"""The trap programs: each becomes valid Python, and (slow) computes what its notebook computes."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import test_equivalence

from nb2prod.model import Plan

REFUSED: dict[str, str] = {}


def test_it_becomes_valid_python(trap: Path, plan_of: Callable[[Path], Plan]) -> None:
    for text in test_equivalence.sources(plan_of(trap)).values():
        ast.parse(text)


@pytest.mark.slow
def test_it_computes_the_same(trap: Path, tmp_path: Path) -> None:
    import traps

    verdict = traps.judge(trap, sys.executable, tmp_path)
    if verdict["status"] == "skipped":
        pytest.skip(verdict["error"])
    if trap.stem in REFUSED:
        assert verdict["status"] == "refused"
        assert REFUSED[trap.stem] in verdict["error"]
    else:
        assert verdict["status"] == "equal", traps.line_of(trap.stem, verdict)
