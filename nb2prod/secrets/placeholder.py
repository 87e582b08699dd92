"""What stands in a text where a secret was, and the code that stands for one."""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(r"\[([A-Z][A-Z0-9_]*) removed by nb2prod\]")


def placeholder(name: str) -> str:
    """Return what stands for a secret in text; `name` is that of its environment variable."""
    return f"[{name} removed by nb2prod]"


def removed(text: str) -> list[str]:
    """Return the names of the secrets that stood in a text, each once."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def lookup(name: str, quote: str = '"') -> str:
    """Return the code that reads a secret; without its variable it fails and names it."""
    return f"os.environ[{quote}{name}{quote}]"
