"""How a notebook is to be verified, as far as one can choose that in the panel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LONGEST = 86_400  # seconds of one run


def options_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a request's body: `timeout`, `network`, `kernel` and `tests`, if given.

    Raises ValueError with a sentence for what is none.
    """
    asked = given.get("options") or {}
    if not isinstance(asked, dict):
        raise ValueError("`options` of a verification is no object.")
    if unknown := asked.keys() - _KINDS.keys():
        raise ValueError(f"A verification has no option {min(unknown)!r}.")
    found = {name: value for name, value in asked.items() if value is not None}
    for name, value in found.items():
        if not isinstance(value, _KINDS[name]) or isinstance(value, bool) != (_KINDS[name] is bool):
            raise ValueError(f"The option {name!r} of a verification is of another type.")
    if not 0 < found.get("timeout", 1) <= _LONGEST:
        raise ValueError(f"The timeout of a run is more than 0 and at most {_LONGEST} seconds.")
    return found


_KINDS: Mapping[str, Any] = {"timeout": (int, float), "network": bool, "kernel": str, "tests": bool}
