"""Tables of words, written as one text."""

from __future__ import annotations

import re
from functools import cache


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


@cache
def pattern(text: str) -> re.Pattern[str]:
    """Return what matches any of the words of a text; `*` in them stands for any letters."""
    return re.compile("|".join(word.replace("*", r"\w*") for word in text.split()))
