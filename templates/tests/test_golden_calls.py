"""Recorded calls give what they gave when the package was verified."""

from __future__ import annotations

from pathlib import Path

import pytest
from recording.calls import Call, calls
from recording.values import Stale


@pytest.mark.filterwarnings("ignore")  # small data may break the contract
@pytest.mark.parametrize("call", calls(), ids=str)
def test_gives_what_it_gave(call: Call, tmp_path: Path) -> None:
    try:
        found = call.again(tmp_path)
        differences = call.differences(found)
    except Stale as reason:
        pytest.skip(str(reason))
    assert differences == {}
