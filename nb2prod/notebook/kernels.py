"""Which language and which Python a notebook was written for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nb2prod.errors import InputError

# Kernels known by name alone; the metadata of most name their language as well.
_KERNELS = {
    "ir": "R",
    "julia": "Julia",
    "scala": "Scala",
    "spylon": "Scala",
    "apache_toree_scala": "Scala",
    "almond": "Scala",
    "java": "Java",
    "ijava": "Java",
    "javascript": "JavaScript",
    "ijavascript": "JavaScript",
    "typescript": "TypeScript",
    "deno": "TypeScript",
    "bash": "Bash",
    "octave": "Octave",
    "matlab": "MATLAB",
    "ruby": "Ruby",
    "rust": "Rust",
    "gophernotes": "Go",
    "gonb": "Go",
    "xcpp": "C++",
    "xcpp11": "C++",
    "xcpp14": "C++",
    "xcpp17": "C++",
    "haskell": "Haskell",
    "ihaskell": "Haskell",
    "kotlin": "Kotlin",
    "swift": "Swift",
    "perl": "Perl",
    "php": "PHP",
    "stata": "Stata",
    "sas": "SAS",
    "sql": "SQL",
    ".net-csharp": "C#",
    ".net-fsharp": "F#",
    ".net-powershell": "PowerShell",
}
_PYTHON = ("py", "ipython", "xpython", "xeus-python", "conda", "sage")
_VERSION = re.compile(r"\d+(\.\d+)*")


def check_language(metadata: Mapping[str, Any]) -> None:
    """Raise InputError when the notebook is not in Python."""
    language = _language(metadata)
    if language and not language.lower().startswith(_PYTHON):
        raise InputError(
            f"The notebook's kernel runs {language}, not Python; nb2prod converts Python only."
        )


def _language(metadata: Mapping[str, Any]) -> str:
    spec = _part(metadata, "kernelspec")
    info = _part(metadata, "language_info")
    databricks = _part(metadata, "application/vnd.databricks.v1+notebook")
    for part, key in ((spec, "language"), (info, "name"), (databricks, "language")):
        value = part.get(key)
        if isinstance(value, str) and value.strip():
            return _KERNELS.get(value.lower(), value)
    name = str(spec.get("name", "")).lower()
    stem = re.sub(r"[-_]?\d[\d.]*$", "", name)
    return _KERNELS.get(name) or _KERNELS.get(stem, "")


def _part(metadata: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = metadata.get(key)
    return value if isinstance(value, Mapping) else {}


def python_version(metadata: Mapping[str, Any]) -> str | None:
    """The version that ran it ("3.8.5"), or None where the notebook does not say."""
    version = _part(metadata, "language_info").get("version")
    if isinstance(version, str) and _VERSION.match(version):
        return version
    name = str(_part(metadata, "kernelspec").get("name", ""))
    return "2.7" if name == "python2" else None


def is_python_3(metadata: Mapping[str, Any]) -> bool:
    """Do the metadata say so, be it only by the kernel's name?"""
    version = python_version(metadata)
    if version:
        return not version.startswith("2")
    return str(_part(metadata, "kernelspec").get("name", "")) == "python3"
