"""What notebooks call the training and the test rows."""

from __future__ import annotations

import re
from collections.abc import Set

TRAIN, TEST, FOLD = "train", "test", "fold"

_PREFIX = r"(?i)(x|y|df|data|dataset|features?|labels?|target|all|_)*"
_SUFFIX = r"([xy]|df|data|dataset|set|\d|_\w+)?"
_NAMES = {
    TRAIN: re.compile(f"{_PREFIX}train{_SUFFIX}"),
    TEST: re.compile(f"{_PREFIX}test{_SUFFIX}"),
}
_OTHER = {TRAIN: TEST, TEST: TRAIN}


def part_called(name: str, bound: Set[str]) -> str | None:
    """Return the part that a variable is by its name; None when the other part has no such name."""
    for part, names in _NAMES.items():
        if names.fullmatch(name):
            other = _OTHER[part]
            forms = ((part, other), (part.title(), other.title()), (part.upper(), other.upper()))
            return part if any(name.replace(*form) in bound - {name} for form in forms) else None
    return None
