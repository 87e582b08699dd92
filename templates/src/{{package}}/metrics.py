"""How good the results must be: metrics.json says it, and a run that falls short fails.

Each metric that the notebook computed has its value of the verified run and a bound:
`at_least` where more is better, `at_most` where less is. Of a list of them the mean
counts, of a dictionary each entry. Edit the bounds; without the file there are none.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

BOUNDS = Path(__file__).with_name("metrics.json")
LONGEST = 10_000  # numbers of a metric, such as the scores of many folds


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
    for name, value in numbers(results):
        bound = bounds.get(name, {})
        if "at_least" in bound and not value >= bound["at_least"]:
            found.append(f"{name} is {value:.4g}, less than {bound['at_least']:.4g}")
        if "at_most" in bound and not value <= bound["at_most"]:
            found.append(f"{name} is {value:.4g}, more than {bound['at_most']:.4g}")
    return found


def numbers(results: Mapping[str, object]) -> Iterator[tuple[str, float]]:
    """Yield numbers by name: of lists the mean, of dictionaries each entry."""
    for name, value in results.items():
        if isinstance(value, Mapping):
            yield from numbers({f"{name}.{key}": part for key, part in value.items()})
            continue
        if getattr(value, "size", 0) > LONGEST:
            continue  # data
        values = value.tolist() if hasattr(value, "tolist") else value
        try:
            if isinstance(values, (list, tuple)):
                yield f"mean({name})", math.fsum(values) / len(values)
            else:
                yield name, float(values)  # type: ignore[arg-type]
        except (TypeError, ValueError, ZeroDivisionError):
            continue  # no number
