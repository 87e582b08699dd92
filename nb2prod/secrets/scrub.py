"""Secrets taken out of texts, of JSON data and of files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from nb2prod.secrets import forms
from nb2prod.secrets.placeholder import placeholder
from nb2prod.secrets.words import is_distinct

_CERTAIN = 8  # characters of a value that no longer word holds by chance


class Scrubber:
    """Takes known secrets out of whatever is to be written; `secrets` are values by variable.

    What could be a common word or number is no sign of a secret: such values are taken out where they
    were found, not here.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self.secrets = {name: value for name, value in secrets.items() if is_distinct(value)}

    def __bool__(self) -> bool:
        return bool(self.secrets)

    @cached_property
    def _names(self) -> dict[str, str]:
        """All forms of all values, and the variables."""
        found: dict[str, str] = {}
        for name, value in self.secrets.items():
            for text in forms.texts(value):
                found.setdefault(text, name)
        return found

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._names, key=len, reverse=True)
        return re.compile("|".join(map(_bounded, longest_first)))

    @cached_property
    def _binary(self) -> tuple[bytes, ...]:
        return tuple(dict.fromkeys(b for v in self.secrets.values() for b in forms.binary(v)))

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        if not self.secrets:
            return text
        return self._pattern.sub(lambda found: placeholder(self._names[found[0]]), text)

    def names_in(self, text: str) -> list[str]:
        """Return the variables whose values stand in a text."""
        if not self.secrets:
            return []
        return list(dict.fromkeys(self._names[found[0]] for found in self._pattern.finditer(text)))

    def data(self, value: Any) -> Any:
        """Return JSON data, or values that hold such, without secrets."""
        if not self.secrets:
            return value
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.data(part) for part in value]
            case tuple():
                return tuple(self.data(part) for part in value)
            case Mapping():
                return {self.data(key): self.data(part) for key, part in value.items()}
        return value

    def holds(self, data: bytes) -> bool:
        """Say whether the bytes of a file hold a secret, in whatever form."""
        return any(self._is_in(form, data) for form in self._binary)

    def _is_in(self, form: bytes, data: bytes) -> bool:
        """A short value within a longer word is another word."""
        if form not in data:
            return False
        text = form.decode("utf-8", "replace")
        return len(text) >= _CERTAIN or bool(re.search(_bounded(text).encode(), data))

    def file(self, data: bytes) -> bytes | None:
        """Return the bytes of a file without secrets; None where that cannot be."""
        if not self.holds(data):
            return data
        try:
            cleaned = self.text(data.decode("utf-8")).encode()
        except UnicodeDecodeError:
            return None
        return None if self.holds(cleaned) else cleaned


def _bounded(text: str) -> str:
    """Return the pattern of a value: a short one does not stand for a part of a longer word."""
    plain = re.escape(text)
    if len(text) >= _CERTAIN:
        return plain
    before = r"(?<![A-Za-z0-9])" if text[0].isalnum() else ""
    return before + plain + (r"(?![A-Za-z0-9])" if text[-1].isalnum() else "")
