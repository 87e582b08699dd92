"""A whole run gives the results of the verified one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from recording.differences import PRECISE, difference
from recording.summaries import summary

RECORDED = json.loads(
    Path(__file__).with_name("golden").joinpath("results.json").read_text("utf-8")
)


@pytest.mark.parametrize("name", RECORDED)
def test_run_gives_the_verified_result(results: dict[str, Any], name: str) -> None:
    found = json.loads(json.dumps(summary(results[name])))
    assert difference(found, RECORDED[name], name, PRECISE) is None
