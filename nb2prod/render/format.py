"""Generated code as black and ruff want it."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from nb2prod.errors import InternalError

LINE_LENGTH = 88
# Mended where ruff holds it safe; unused names inside the notebook's own functions as well.
_FIX = ("--fix", "--exit-zero", "--config", 'lint.extend-safe-fixes=["F841"]')
_SELECT = "E,F,I"


def blacken(source: str, name: str) -> str:
    """Return `source` as black formats it; raise InternalError when it is not Python."""
    import black

    try:
        return black.format_str(source, mode=black.Mode(line_length=LINE_LENGTH))
    except black.InvalidInput as error:
        raise InternalError(f"{name}: the generated code does not parse: {error}") from error


def polish(
    files: Mapping[PurePosixPath, str], package: str
) -> tuple[dict[PurePosixPath, str], dict[str, list[str]]]:
    """Format all Python files; return them with the ruff rules each still breaks.

    Ruff sorts imports and removes what is unused; black has the last word.
    """
    with TemporaryDirectory(prefix="nb2prod-") as folder:
        root = Path(folder)
        first = {path: blacken(text, str(path)) for path, text in files.items()}
        for path, text in first.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        findings = _ruff(root, package)
        polished = {}
        for path, text in first.items():
            fixed = (root / path).read_text(encoding="utf-8")
            polished[path] = text if fixed == text else blacken(fixed, str(path))
    broken: dict[str, list[str]] = {}
    for finding in findings:
        name = Path(finding["filename"]).resolve().relative_to(root.resolve()).as_posix()
        code = finding["code"] or "E999"
        if code not in broken.setdefault(name, []):
            broken[name].append(code)
    return polished, {name: sorted(codes) for name, codes in sorted(broken.items())}


def _ruff(root: Path, package: str) -> list[dict[str, str]]:
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
        findings: list[dict[str, str]] = json.loads(done.stdout)
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
