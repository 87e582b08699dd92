"""Values too large to keep, by size and by middle and spread of their numbers."""

from __future__ import annotations

import hashlib
import math
from typing import Any

from recording.differences import is_array, is_frame

FEW = 20  # items of which each is summarised


def summary(value: Any) -> Any:
    """Return what tells values apart: kind, size, middle and spread of numbers."""
    if isinstance(value, (bool, int, str, type(None))):
        return value if not isinstance(value, str) or len(value) < 200 else _hash(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    if is_frame(value):
        columns = range(value.shape[1])
        parts = {str(value.columns[n]): summary(value.iloc[:, n]) for n in columns}
        return {"rows": len(value), "columns": parts}
    if is_array(value):
        return _array_summary(value)
    if isinstance(value, (list, tuple)) and len(value) <= FEW:
        return [summary(part) for part in value]
    if isinstance(value, dict) and len(value) <= FEW:
        return {str(key): summary(part) for key, part in value.items()}
    size = {"items": len(value)} if isinstance(value, (list, tuple, dict, set)) else {}
    return {"type": type(value).__name__, **size}


def _array_summary(value: Any) -> Any:
    import numpy as np

    array = np.asarray(value)
    if array.dtype.kind in "biuf":
        return {"shape": list(array.shape), "numbers": _spread(array)}
    return {
        "shape": list(array.shape),
        "texts": _hash(" ".join(map(_text, array.ravel()))),
    }


def _spread(numbers: Any) -> list[Any]:
    import numpy as np

    array = np.asarray(numbers, dtype=float).ravel()
    known = array[np.isfinite(array)]
    if not known.size:
        return [int(array.size), 0.0, 0.0]
    return [int(array.size), float(known.mean()), float(known.std())]


def _text(value: Any) -> str:
    """Return a text that does not depend on the order of a set."""
    is_set = isinstance(value, (set, frozenset))
    return str(sorted(map(str, value)) if is_set else value)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
