"""Findings by code; diagnostics.toml says what each means and what can be done about it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from nb2prod.model import Diagnostic, Origin, Severity


@cache
def table() -> dict[str, dict[str, Any]]:
    """The rows of diagnostics.toml by code."""
    text = files("nb2prod").joinpath("diagnostics.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def finding(code: str, message: str, origin: Origin | None, hint: str = "") -> Diagnostic:
    """A diagnostic with its table's severity, and its table's advice where `hint` has none."""
    row = table()[code]
    severity: Severity = row["severity"]
    return Diagnostic(code, message, severity, origin, hint or row["help"])
