"""Diagnostics of the reading step; diagnostics.toml says what can be done about each code."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from nb2prod.model import Diagnostic, Origin, Severity


@cache
def table() -> dict[str, dict[str, Any]]:
    """The rows of diagnostics.toml by code."""
    return tomllib.loads(Path(__file__).with_name("diagnostics.toml").read_text(encoding="utf-8"))


def finding(code: str, message: str, origin: Origin | None = None, hint: str = "") -> Diagnostic:
    """A diagnostic with its table's severity, and its table's advice where `hint` has none."""
    row = table()[code]
    severity: Severity = row["severity"]
    return Diagnostic(code, message, severity, origin, hint or row["help"])
