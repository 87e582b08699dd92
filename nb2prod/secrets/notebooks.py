"""A notebook as the bytes of its file."""

from __future__ import annotations

import json
from typing import Any


def as_bytes(notebook: dict[str, Any]) -> bytes:
    """Return a notebook of format 4 as Jupyter writes it."""
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")
