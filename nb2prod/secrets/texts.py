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
    while found := _NAMED.search(text, first, last):
        first = found.start("value")  # `warning: password = ...`: what follows may be a name, too
        name, value = found["name"], found["value"].rstrip(".:?*")
        if text[found.start() - 1 : found.start()] in ("?", "&"):  # of an address
            value = re.split("[&#]", value)[0]
        promised = promise(name)
        if promised and can_be(value, promised) and _is_told(value, promised, found):
            kind = f"{promised} by its name"
            yield Match(first, first + len(value), value, kind, normal(name).upper())
            first += len(value)


def _is_told(value: str, promised: str, found: re.Match[str]) -> bool:
    """Say whether a value in prose is one: most of what follows "password:" is just the next word."""
    after = found.string[found.end("value") : found.end("value") + 1]
    code = not found["quote"] and _DOTTED.fullmatch(value) and not is_random(value)
    if after in ("(", "[", "{") or code or is_placeholder(value):
        return False
    if promised == "password":
        digits = any(c.isdigit() for c in value)
        return len(value) >= 6 and digits and any(c.isalpha() for c in value)
    return is_random(value, 20 if promised == "key" else 10)
