"""Texts of a notebook without its credentials, for what may be posted where others read it."""

from __future__ import annotations

import re

HIDDEN = "***"
_NAME = re.compile(
    r"pass(word|wd|phrase)?$|pwd|secret|token|api_?key|access_?key|private_?key|credential|auth$",
    re.IGNORECASE,
)
# name = "value", name="value", "name": "value", also with an index, and os.environ["name"] = "value"
_ASSIGNED = re.compile(
    r"""(?P<head>\b(?P<name>\w+)\b["']?\]?\s*(?::\s*\w+\s*)?[=:]\s*[rbfuRBFU]{0,2})"""
    r"""(?P<text>"[^"\n]+"|'[^'\n]+')"""
)
_TOKENS = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}"
    r"|sk-[\w-]{20,}|AIza[\w-]{30,}|hf_\w{20,}|npm_\w{30,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?"
)
_IN_URL = re.compile(r"(?<=://)[^/\s\"'@]*:[^/\s\"'@]*(?=@)")
_IN_QUERY = re.compile(
    r"([?&;](?:\w*(?:token|key|secret|signature|password|sig|credential)))=[^&\s\"'#]+", re.I
)


def masked(text: str) -> str:
    """Return a text in which what looks like a credential is `***`."""
    text = _TOKENS.sub(HIDDEN, text)
    text = _IN_URL.sub(HIDDEN, text)
    text = _IN_QUERY.sub(rf"\1={HIDDEN}", text)
    return _ASSIGNED.sub(_without_value, text)


def _without_value(found: re.Match[str]) -> str:
    if not _NAME.search(found["name"]):
        return found[0]
    quote = found["text"][0]
    return f"{found['head']}{quote}{HIDDEN}{quote}"


def masked_value(name: str, value: object) -> str:
    """Return a named value as code, without credentials."""
    if _NAME.search(name) and isinstance(value, str | bytes | tuple):
        return repr(HIDDEN)
    return masked(repr(value))
