"""No credential in anything that the inventory shows."""

from __future__ import annotations

import re

HIDDEN = "***"
_NAME = r"[\w\-]*(?:password|passwd|passphrase|pwd|secret|token|api[_\-]?key|apikey|access[_\-]?key|account[_\-]?key|private[_\-]?key|signature|credential|client[_\-]?id|auth)[\w\-]*|key|pass|sig"
# the last @ before the path ends the password, which may hold @ itself
_USER = re.compile(r"(?P<before>[a-zA-Z][\w+.\-]*://)(?P<user>[^\s/'\"?#]*)@")
_ASSIGNED = re.compile(
    rf"(?P<before>(?:^|(?<=[\s?&;,({{\[\"'\-]))(?:{_NAME})[\"']?\s*(?:=|:)\s*[\"']?)(?P<value>[^\s&;,\"')\]}}]+)",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"(?P<before>\b(?:bearer|basic)\s+|authorization[\"']?\s*:\s*[\"']?)(?P<value>[\w+/=.\-~]{8,})",
    re.IGNORECASE,
)
_OPTION = re.compile(
    r"(?P<before>(?:^|\s)(?:--(?:http-|ftp-|proxy-)?(?:password|user|token|secret|key)(?:\s+|=)|-u\s+))(?P<value>\S+)"
)
# forms that the services themselves use
_TOKEN = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bsk-[\w\-]{20,}|\bhf_\w{20,}"
    r"|\bxox[abprs]-[\w\-]{10,}|\bAIza[\w\-]{30,}|\beyJ[\w\-]{10,}\.[\w\-]{10,}\.[\w\-]*|\bglpat-[\w\-]{15,}"
)


def masked(text: str) -> str:
    """Return a text without passwords in URLs, values named like secrets, and tokens of known form."""
    text = _USER.sub(lambda found: f"{found['before']}{_user(found['user'])}@", text)
    text = _HEADER.sub(_hide, text)
    text = _OPTION.sub(_hide, text)
    text = _ASSIGNED.sub(_hide, text)
    return _TOKEN.sub(HIDDEN, text)


def _hide(found: re.Match[str]) -> str:
    return f"{found['before']}{HIDDEN}"


def _user(user: str) -> str:
    """Keep the name of a user, if there is a password to hide behind it; else hide all: a token."""
    name, colon, _ = user.partition(":")
    return f"{name}:{HIDDEN}" if colon else HIDDEN
