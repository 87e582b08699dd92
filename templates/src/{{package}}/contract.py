"""What the data is like: data_contract.json says it, and every load is held against it.

The contract is made from a verified run, as wide as sense allows: a column keeps its
name and kind, numbers keep sign and order of magnitude, keys stay unique, and there are
no less than a tenth and no more than ten times the rows. Edit the file where the world
has changed.
"""

from __future__ import annotations

import functools
import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

CONTRACT = Path(__file__).with_name("data_contract.json")
ROWS = 10  # times fewer or more
MISSING = 0.1  # share of missing values besides twice what there was
Load = TypeVar("Load", bound=Callable[..., Any])


class ContractWarning(UserWarning):
    """Data is not as it was when the package was verified."""


def checked(load: Load) -> Load:
    """Let a function that loads tables warn where they break the contract."""

    @functools.wraps(load)
    def called(*args: Any, **kwargs: Any) -> Any:
        loaded = load(*args, **kwargs)
        for problem in check(load.__name__, loaded):
            warnings.warn(f"{load.__name__}: {problem}", ContractWarning, stacklevel=2)
        return loaded

    return called  # type: ignore[return-value]


def check(name: str, loaded: Any) -> list[str]:
    """Say what of the data that a function loaded breaks the contract."""
    if not CONTRACT.exists():
        return []
    terms = json.loads(CONTRACT.read_text("utf-8")).get(name, {})
    found = tables(loaded)
    return [
        f"{place}: {problem}" if place else problem
        for place, table_terms in terms.items()
        for problem in problems(found.get(place), table_terms)
    ]


def tables(loaded: Any) -> dict[str, Any]:
    """Return the tables in what a function returned, by their place in a tuple."""
    parts = enumerate(loaded) if isinstance(loaded, tuple) else [("", loaded)]
    return {
        str(k): part
        for k, part in parts
        if hasattr(part, "columns") and hasattr(part, "iloc")
    }


def problems(table: Any, terms: dict[str, Any]) -> Iterator[str]:
    """Yield what of a table breaks its terms."""
    if table is None:
        yield "is no table"
        return
    rows = terms["rows"]
    if not rows["at_least"] <= len(table) <= rows["at_most"]:
        yield f"{len(table)} rows, not {rows['at_least']} to {rows['at_most']}"
    columns = {str(name): n for n, name in enumerate(table.columns)}
    for name, wanted in terms["columns"].items():
        if name not in columns:
            yield f"there is no column {name}"
            continue
        for problem in column_problems(table.iloc[:, columns[name]], wanted):
            yield f"column {name}: {problem}"


def column_problems(column: Any, terms: dict[str, Any]) -> Iterator[str]:
    """Yield what of a column breaks its terms."""
    found = kind(column)
    missing = float(column.isna().mean()) if len(column) else 0.0
    if missing > terms["missing"]:
        yield f"{missing:.0%} missing, not at most {terms['missing']:.0%}"
    if missing == 1.0:
        return
    if found != terms["kind"]:
        yield f"holds {found}, not {terms['kind']}"
        return
    if "at_least" in terms and (least := column.min()) < terms["at_least"]:
        yield f"{least} is less than {terms['at_least']}"
    if "at_most" in terms and (most := column.max()) > terms["at_most"]:
        yield f"{most} is more than {terms['at_most']}"
    if terms.get("unique") and column.duplicated().any():
        yield "has values twice"


def kind(column: Any) -> str:
    """Return what a column holds: number, truth, time or text."""
    code = getattr(column.dtype, "kind", "O")
    if code in "iufc":
        return "number"
    return {"b": "truth", "M": "time", "m": "duration"}.get(code, "text")


def terms_of(table: Any) -> dict[str, Any]:
    """Return the terms that a table of a verified run sets."""
    rows = len(table)
    first = str(table.columns[0]) if len(table.columns) else ""
    return {
        "rows": {"at_least": rows // ROWS, "at_most": rows * ROWS},
        "columns": {
            str(name): column_terms(table.iloc[:, n], is_key=str(name) == first)
            for n, name in enumerate(table.columns)
        },
    }


def column_terms(column: Any, *, is_key: bool) -> dict[str, Any]:
    """Return the terms that a column sets; only the first column may be a key."""
    missing = float(column.isna().mean()) if len(column) else 0.0
    terms: dict[str, Any] = {
        "kind": kind(column),
        "missing": round(min(1.0, 2 * missing + MISSING), 2) if missing else 0.0,
    }
    if terms["kind"] == "number" and missing < 1.0:
        terms |= bounds(float(column.min()), float(column.max()))
    repeats = bool(column.duplicated().any())
    if (
        is_key
        and not repeats
        and not missing
        and getattr(column.dtype, "kind", "O") != "f"
    ):
        terms["unique"] = True
    return terms


def bounds(least: float, most: float) -> dict[str, float]:
    """Return bounds that keep sign, order of magnitude, and shares within 0 and 1."""
    if 0 <= least and most <= 1:
        return {"at_least": 0, "at_most": 1}
    width = most - least
    low = 0 if least >= 0 else rounded(least - width)
    high = 0 if most <= 0 else rounded(most + width)
    return {"at_least": low, "at_most": high}


def rounded(number: float) -> float:
    """Return a number with two digits that count."""
    short = float(f"{number:.2g}")
    return int(short) if short == int(short) else short
