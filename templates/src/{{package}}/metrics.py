"""How good the results must be: metrics.json says it, and a run that falls short fails.

Each metric that the notebook computed has its value of the verified run and a bound:
`at_least` where more is better, `at_most` where less is. Edit the bounds; without the
file there are none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

BOUNDS = Path(__file__).with_name("metrics.json")


class NotGoodEnough(Exception):
    """A metric is beyond its bound."""


def require(results: Mapping[str, object]) -> None:
    """Raise NotGoodEnough where a metric among the results is beyond its bound."""
    found = problems(results)
    if found:
        raise NotGoodEnough(f"{'; '.join(found)} ({BOUNDS.name} sets the bounds)")


def problems(results: Mapping[str, object]) -> list[str]:
    """Say which metrics among the results are beyond their bounds."""
    if not BOUNDS.exists():
        return []
    bounds = json.loads(BOUNDS.read_text("utf-8"))
    found = []
    for name, bound in bounds.items():
        if results.get(name) is None:
            continue
        value = float(results[name])  # type: ignore[arg-type]
        if "at_least" in bound and not value >= bound["at_least"]:
            found.append(f"{name} is {value:.4g}, less than {bound['at_least']:.4g}")
        if "at_most" in bound and not value <= bound["at_most"]:
            found.append(f"{name} is {value:.4g}, more than {bound['at_most']:.4g}")
    return found
