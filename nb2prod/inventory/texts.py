"""Texts that are known in part: a hole stands for what cannot be known without running."""

from __future__ import annotations

import posixpath
import re

HOLE = "\ue000"  # something that only a run would tell
HERE = "\ue001"  # the working directory that the notebook starts in
LONGEST = 2000

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_URL = re.compile(r"[a-z][a-z0-9+.-]*:/{1,3}", re.IGNORECASE)


class Hole(str):
    """The hole as a value that takes any format, as `{:.2f}` or `{:03d}`."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return HOLE


def known(text: str) -> bool:
    """Say whether nothing of the text is open."""
    return HOLE not in text


def is_url(text: str) -> bool:
    """Say whether a location has a scheme, as `https://...` or `s3://...`."""
    return bool(_URL.match(text)) and not _DRIVE.match(text)


def is_absolute(text: str) -> bool:
    """Say whether a path starts at a root, a drive or a home folder."""
    return text.startswith(("/", "~", "\\\\", "$HOME")) or bool(_DRIVE.match(text))


def below(folder: str, text: str) -> str:
    """Return a path as seen from where the notebook lies, `folder` being the working directory."""
    if is_url(text) or is_absolute(text):
        return text
    if text.startswith(HERE):
        inner = text.removeprefix(HERE).lstrip("/")
        return normal(f"{folder}/{inner}") if folder else inner or "."
    return normal(f"{folder}/{text}") if folder else text


def normal(text: str) -> str:
    """Return a path without `.` and `x/..`; one with a scheme stays to the letter."""
    if is_url(text) or "\\" in text or not text:
        return text
    return posixpath.normpath(text.replace("//", "/"))


def parent(text: str) -> str:
    """Return the folder of a path; above the working directory are its parents, not itself."""
    plain = posixpath.normpath(text.rstrip("/")) if text else text
    if (
        plain == HERE
        or re.fullmatch(rf"{HERE}(/\.\.)+", plain)
        or re.fullmatch(r"\.\.(/\.\.)*", plain)
    ):
        return f"{plain}/.."
    if text.endswith("/") and len(text) > 1:
        return text.rstrip("/")
    if HOLE in posixpath.basename(text):  # which may hold folders of its own
        return HOLE
    return posixpath.dirname(text)
