"""Generated code as black and ruff want it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from nb2prod.errors import InternalError

LINE_LENGTH = 88
_FIX = ("--fix", "--exit-zero", "--fixable", "I,F401,F541,E703,E711,E713,E714")
_SELECT = "E,F,I"


def blacken(source: str, name: str) -> str:
    """Return `source` as black formats it; raise InternalError when it is not Python."""
    import black

    try:
        return black.format_str(source, mode=black.Mode(line_length=LINE_LENGTH))
    except black.InvalidInput as error:
        raise InternalError(f"{name}: the generated code does not parse: {error}") from error


def polish(
    files: Mapping[PurePosixPath, str], package: str, mentioned: Collection[str] = ()
) -> tuple[dict[PurePosixPath, str], dict[str, list[str]]]:
    """Format all Python files; return them with the ruff rules each still breaks.

    Ruff sorts imports and removes what is unused; black has the last word. `mentioned` are names that
    are read from texts, where ruff does not see it.
    """
    with TemporaryDirectory(prefix="nb2prod-") as folder:
        root = Path(folder)
        first = {path: blacken(text, str(path)) for path, text in files.items()}
        for path, text in first.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        findings = _ruff(root, package)
        unused: dict[str, list[tuple[int, int]]] = {}
        for finding in [f for f in findings if f["code"] == "F841"]:
            place = finding["location"]
            unused.setdefault(finding["filename"], []).append((place["row"], place["column"]))
            findings.remove(finding)
        polished = {}
        for path, text in first.items():
            fixed = (root / path).read_text(encoding="utf-8")
            fixed = _underscored(fixed, unused.get(str(root / path), []), mentioned)
            polished[path] = text if fixed == text else blacken(fixed, str(path))
    broken: dict[str, list[str]] = {}
    for finding in findings:
        name = Path(finding["filename"]).resolve().relative_to(root.resolve()).as_posix()
        code = finding["code"] or "E999"
        if code not in broken.setdefault(name, []):
            broken[name].append(code)
    return polished, {name: sorted(codes) for name, codes in sorted(broken.items())}


def _underscored(text: str, places: Iterable[tuple[int, int]], mentioned: Collection[str]) -> str:
    """Mark local names that nothing reads as meant so: `_name`; their values are still computed."""
    lines = text.splitlines(keepends=True)
    for row, column in sorted(places, reverse=True):
        line = lines[row - 1]
        name = re.match(r"\w*", line[column - 1 :])
        if name and name[0] in mentioned:
            lines[row - 1] = f"{line.rstrip()}  # noqa: F841 (read by its name in a text)\n"
            continue
        lines[row - 1] = f"{line[: column - 1]}_{line[column - 1 :]}"
    return "".join(lines)


def _ruff(root: Path, package: str) -> list[dict[str, Any]]:
    command = [
        str(_executable("ruff")),
        *("check", "--isolated", "--no-cache", "--output-format=json", "--select", _SELECT),
        *("--line-length", str(LINE_LENGTH), "--target-version", "py39"),
        *("--config", f'src=["src"]\nlint.isort.known-first-party=["{package}"]'),
        *_FIX,
        str(root),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        findings: list[dict[str, Any]] = json.loads(done.stdout)
    except ValueError as error:
        raise InternalError(f"ruff failed: {done.stderr.strip()}") from error
    return findings


def _executable(name: str) -> Path:
    """Return the tool installed beside the running Python."""
    for folder in (Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))):
        for candidate in (folder / name, folder / f"{name}.exe"):
            if candidate.exists():
                return candidate
    return Path(name)
