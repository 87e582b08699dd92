"""What a verified run becomes in the project: recorded calls, terms for data, bounds for metrics."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from nb2prod.model import Evidence, Plan
from nb2prod.plan.metrics import Better, metrics

EVIDENCE = PurePosixPath(".nb2prod/evidence.json")
_SLACK = 0.05  # of a metric's recorded value


def editable(plan: Plan) -> tuple[PurePosixPath, ...]:
    """Return the files of evidence that are for people to edit."""
    source = PurePosixPath("src", plan.package)
    return source / "data_contract.json", source / "metrics.json"


def evidence_files(plan: Plan, evidence: Evidence) -> dict[PurePosixPath, bytes]:
    """Return the data that the project's tests and its own checks are made of."""
    contract, bounds = editable(plan)
    files = dict(evidence.files)
    if evidence.results:
        files[PurePosixPath("tests/golden/results.json")] = _json(evidence.results)
    if evidence.contract:
        files[contract] = _json(evidence.contract)
    if found := _bounds(plan, evidence.results):
        files[bounds] = _json(found)
    return files


def _bounds(plan: Plan, results: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _bound(value, better)
        for key, better in metrics(plan.analysis, plan.results).items()
        for name, value in _numbers(key, results.get(key))
    }


def _numbers(name: str, summary: Any) -> Iterator[tuple[str, float]]:
    """Yield the numbers of a result, by the names that the package's metrics.py gives them."""
    match summary:
        case bool():
            pass
        case int() | float():
            yield name, float(summary)
        case {"shape": [int()], "numbers": [_, mean, _]}:
            yield f"mean({name})", float(mean)
        case list() if summary and all(isinstance(part, int | float) for part in summary):
            yield f"mean({name})", sum(summary) / len(summary)
        case Mapping() if "shape" not in summary:
            for key, part in summary.items():
                yield from _numbers(f"{name}.{key}", part)


def _bound(value: float, better: Better) -> dict[str, float]:
    """Return a metric's bound: a twentieth of its recorded value away from it."""
    if better == "more":
        return {"verified": value, "at_least": _rounded(value - _SLACK * abs(value))}
    return {"verified": value, "at_most": _rounded(value + _SLACK * abs(value))}


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _json(data: Mapping[str, Any]) -> bytes:
    """Return data as JSON for people to read: what holds no more than plain values is one line."""
    return (_lines(data, "") + "\n").encode()


def _lines(data: Mapping[str, Any], indent: str) -> str:
    inner = indent + "  "
    parts = []
    for key, value in data.items():
        nested = isinstance(value, Mapping) and any(isinstance(v, Mapping) for v in value.values())
        text = _lines(value, inner) if nested else json.dumps(value, ensure_ascii=False)
        parts.append(f"{inner}{json.dumps(key, ensure_ascii=False)}: {text}")
    return "{\n" + ",\n".join(parts) + f"\n{indent}}}" if parts else "{}"


def stored(evidence: Evidence) -> bytes:
    """Return evidence as the text of a file, without what the tests keep."""
    record = {
        "source": evidence.source,
        "python": evidence.python,
        "distributions": dict(sorted(evidence.distributions.items())),
        "unrecorded": evidence.unrecorded,
        "results": evidence.results,
        "contract": evidence.contract,
        "data": evidence.data,
        "files": [str(path) for path in evidence.files],
    }
    return _json(record)
