"""How far a column has moved from its recorded profile.

The population stability index compares the shares of bins: the sum of
(found - recorded) * ln(found / recorded). The Kolmogorov-Smirnov statistic is the
greatest distance between two cumulative distributions, here at the recorded edges. Both
are held against a threshold, and against what chance does to tables of that size: 999
of 1000 samples of unchanged data stay below it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

_NORMAL = 3.090  # 99.9th percentile of the normal distribution
_KOLMOGOROV = 1.95  # 99.9th percentile of the Kolmogorov distribution


def psi(recorded: list[float], found: list[float], least: float = 1e-4) -> float:
    """Return the population stability index of the shares of the same bins.

    An empty bin counts as the share `least`.
    """
    pairs = [(max(a, least), max(b, least)) for a, b in zip(recorded, found)]
    return sum((b - a) * math.log(b / a) for a, b in pairs)


def ks(recorded: list[float], found: list[float]) -> float:
    """Return the greatest distance of cumulative shares at the same edges."""
    return max((abs(a - b) for a, b in zip(recorded, found)), default=0.0)


def chance_psi(bins: int, rows: int, other_rows: int) -> float:
    """Return what the index of equal distributions exceeds once in 1000 samples.

    It is distributed as (1/rows + 1/other_rows) times chi-squared with `bins` - 1
    degrees of freedom (Yurdakul 2018), whose percentile is approximated by a cube
    (Wilson and Hilferty 1931).
    """
    freedom = max(bins - 1, 1)
    part = 2 / (9 * freedom)
    percentile = freedom * (1 - part + _NORMAL * math.sqrt(part)) ** 3
    return percentile * (1 / max(rows, 1) + 1 / max(other_rows, 1))


def chance_ks(rows: int, other_rows: int) -> float:
    """Return what the statistic of equal distributions exceeds once in 1000 samples."""
    return _KOLMOGOROV * math.sqrt(1 / max(rows, 1) + 1 / max(other_rows, 1))


def chance_share(share: float, rows: int, other_rows: int) -> float:
    """Return by how much an equal share differs in one of 1000 samples or fewer."""
    spread = max(share * (1 - share), 1 / max(min(rows, other_rows), 1))
    return _NORMAL * math.sqrt(spread * (1 / max(rows, 1) + 1 / max(other_rows, 1)))


def table_drift(
    recorded: dict[str, Any], found: dict[str, Any], limits: dict[str, Any]
) -> Iterator[str]:
    """Yield what of a table moved, in words; `limits` are the thresholds."""
    rows = recorded["rows"], found["rows"]
    for name, before in recorded["columns"].items():
        now = found["columns"].get(name)
        if now and now["kind"] == before["kind"]:
            own = {**limits, **limits.get("columns", {}).get(name, {})}
            for problem in column_drift(before, now, rows, own):
                yield f"column {name}: {problem}"


def column_drift(
    before: dict[str, Any],
    now: dict[str, Any],
    rows: tuple[int, int],
    limits: dict[str, Any],
) -> Iterator[str]:
    """Yield what of a column moved, in words."""
    if _differs("missing", before, now, rows, limits["null_share"]):
        yield f"{now['missing']:.1%} missing, {before['missing']:.1%} recorded"
    if before.get("edges") and now.get("below"):
        distance = ks(before["below"], now["below"])
        if distance > max(limits["ks"], chance_ks(*rows)):
            yield f"distribution shifted, Kolmogorov-Smirnov statistic {distance:.2f}"
        yield from _index(_bins(before["below"]), _bins(now["below"]), rows, limits)
    elif "categories" in before and "categories" in now:
        more = now["other"] > before["other"]
        if more and _differs("other", before, now, rows, limits["new_categories"]):
            yield f"{now['other']:.1%} new categories, {before['other']:.1%} recorded"
        shares = [now["categories"].get(name, 0.0) for name in before["categories"]]
        recorded = [*before["categories"].values(), before["other"]]
        yield from _index(recorded, [*shares, now["other"]], rows, limits)


def _differs(
    key: str,
    before: dict[str, Any],
    now: dict[str, Any],
    rows: tuple[int, int],
    limit: float,
) -> bool:
    """Say whether a share moved by more than the limit, and more than chance."""
    chance = chance_share(before[key], *rows)
    return bool(abs(now[key] - before[key]) > max(limit, chance))


def _index(
    before: list[float],
    now: list[float],
    rows: tuple[int, int],
    limits: dict[str, Any],
) -> Iterator[str]:
    least = 0.5 / max(min(rows), 1)  # half a row
    index = psi(before, now, least)
    if index > max(limits["psi"], chance_psi(len(before), *rows)):
        yield f"distribution shifted, population stability index {index:.2f}"


def _bins(below: list[float]) -> list[float]:
    """Return the shares between edges, from those below each."""
    return [b - a for a, b in zip([0.0, *below], [*below, 1.0])]
