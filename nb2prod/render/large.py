"""Large files of a project: told from small ones, and left to git-lfs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

LARGE = 5_000_000  # bytes
_ATTRIBUTES = PurePosixPath(".gitattributes")
_HEAD = "\n# large: kept by git-lfs (`git lfs install` once)\n"


def with_lfs(files: Mapping[PurePosixPath, bytes]) -> dict[PurePosixPath, bytes]:
    """Return a project whose .gitattributes gives its large files to git-lfs."""
    large = sorted(path for path, data in files.items() if len(data) > LARGE)
    attributes = files.get(_ATTRIBUTES, b"").partition(_HEAD.encode())[0]
    if not large or not attributes:
        return dict(files)
    lines = [f"{_pattern(path)} filter=lfs diff=lfs merge=lfs -text\n" for path in large]
    return {**files, _ATTRIBUTES: attributes + (_HEAD + "".join(lines)).encode()}


def _pattern(path: PurePosixPath) -> str:
    """Return the pattern of gitattributes that is one path, quoted as git reads it."""
    text = re.sub(r"([*?\[\]\\])", r"\\\1", f"/{path}")
    if not re.search(r"[\s\"]", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
