"""Secrets in prose, outputs, comments, metadata and command lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nb2prod.secrets.lines import lines_with, lower
from nb2prod.secrets.outside import second_opinion
from nb2prod.secrets.patterns import Match, apart, matches
from nb2prod.secrets.words import ANCHORS, can_be, is_placeholder, is_random, normal, promise

# `api_key = "..."`, `"password": "..."`, `Token is ...`, `--api-key ...`, `<td>password</td><td>...`
_NAMED = re.compile(
    r"""(?<![\w.-])(?P<name>[A-Za-z_][\w-]{1,50}(?:\ (?:key|token|secret|password|id))?)
    (?:\\?["'`*]{1,3}|\*\*)?(?:\s{0,3}\]|\s?\))?
    (?:\s{0,4}(?:=>|:=|[:=]|\bis\b(?:\s+now)?|→|\|)\s{0,4}|</t[hd]>\s*<t[hd]>|\s+(?=["'`*]))
    (?P<quote>\\?["'`*]{0,3})(?P<value>[^\s"'`,;<>(){}\[\]\\|]{3,400})""",
    re.X,
)
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


def found_in(text: str) -> list[Match]:
    """Return the secrets in a text that is no Python, in order."""
    return apart([*matches(text), *_named(text), *second_opinion(text)])


def _named(text: str) -> Iterator[Match]:
    for start, end in lines_with(lower(text), ANCHORS):
        yield from _named_in(text, start, end)


def _named_in(text: str, first: int, last: int) -> Iterator[Match]:
    for found in _NAMED.finditer(text, first, last):
        name, value = found["name"], found["value"].rstrip(".:?*")
        if text[found.start() - 1 : found.start()] in ("?", "&"):  # of an address
            value = re.split("[&#]", value)[0]
        promised = promise(name)
        if not promised or not can_be(value, promised) or not _is_told(value, promised, found):
            continue
        start = found.start("value")
        yield Match(start, start + len(value), value, f"{promised} by its name", _variable(name))


def _is_told(value: str, promised: str, found: re.Match[str]) -> bool:
    """Say whether a value in prose is one: most of what follows "password:" is just the next word."""
    after = found.string[found.end("value") : found.end("value") + 1]
    if after in ("(", "[", "{") or _DOTTED.fullmatch(value) or is_placeholder(value):
        return False
    if promised == "password":
        digits = any(c.isdigit() for c in value)
        return len(value) >= 6 and digits and any(c.isalpha() for c in value)
    return is_random(value, 20 if promised == "key" else 10)


def _variable(name: str) -> str:
    return normal(name).upper()
