"""No credential in anything that the inventory shows."""

from __future__ import annotations

import re

HIDDEN = "***"
_NAME = (
    r"[\w\-]*(?:password|passwd|passphrase|pwd|secret|token|api[_\-]?key|access[_\-]?key"
    r"|account[_\-]?key|private[_\-]?key|signature|credential)[\w\-]*|auth(?:orization)?"
)
_JOINT = (
    r"(?:\s*[=:]\s*|\s+|[\"']\s*,\s*)"  # between an option and its value, also in a list of Python
)
# the last @ before the path ends the password, which may hold @ itself
_USER = re.compile(r"(?P<before>[a-zA-Z][\w+.\-]*://)(?P<user>[^\s/'\"?#]*)@")
_ASSIGNED = re.compile(
    rf"(?P<before>(?<![\w\-])(?:(?:{_NAME})[\"']?\s*[=:]|(?<=[?&;])(?:key|pass|sig)=)\s*[\"']?)"
    r"[^\s&;,\"')\]}]+",
    re.IGNORECASE,
)
_HEADER = re.compile(r"(?P<before>\b(?:bearer|basic)\s+)[\w+/=.\-~]{8,}", re.IGNORECASE)
_OPTION = re.compile(
    rf"(?P<before>(?<![\w\-])(?:--(?:http-|ftp-|proxy-)?(?:password|user|token|secret|key)|-u){_JOINT}[\"']?)"
    r"[^\s\"',]+"
)
# forms that the services themselves use
_TOKEN = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bsk-[\w\-]{20,}"
    r"|\bhf_\w{20,}|\bxox[abprs]-[\w\-]{10,}|\bAIza[\w\-]{30,}|\bglpat-[\w\-]{15,}"
    r"|\beyJ[\w\-]{10,}\.[\w\-]{10,}\.[\w\-]*"
)


def masked(text: str) -> str:
    """Return a text without passwords in URLs, values named like secrets, and tokens of known form."""
    text = _USER.sub(lambda found: f"{found['before']}{_user(found['user'])}@", text)
    for pattern in (_HEADER, _OPTION, _ASSIGNED):
        text = pattern.sub(rf"\g<before>{HIDDEN}", text)
    return _TOKEN.sub(HIDDEN, text)


def _user(user: str) -> str:
    """Keep the name of a user, if there is a password to hide behind it; else hide all: a token."""
    name, colon, _ = user.partition(":")
    return f"{name}:{HIDDEN}" if colon else HIDDEN
