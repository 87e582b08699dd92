"""Generated code as black and ruff want it."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from nb2prod.errors import InternalError
from nb2prod.render.blacken import LINE_LENGTH, Formatter, in_this_process

Files = dict[PurePosixPath, str]
_SELECT = "E,F,I"
# Mended where that cannot change what the code does; the rest is named in the project's settings.
_FIXABLE = "I,F401,F541,E703"


def polish(
    files: Mapping[PurePosixPath, str],
    package: str,
    *,
    mentioned: Collection[str] = (),
    formatted: Collection[PurePosixPath] = (),
    black: Formatter = in_this_process,
) -> Callable[[], Files]:
    """Mend and format Python files; what is returned waits for black, and gives the files.

    `mentioned` are names that are read from texts, where ruff does not see it. `formatted` are files
    that black has nothing to do with, as long as ruff's formatter agrees: ruff is the faster, and
    black, which has the last word, costs half as much where it finds nothing to change.
    """
    with _folder(files) as root:
        unused = _unused(_check(root, package=package, fix=True))
        while unused:  # ruff reports the last binding of a name first
            for file, places in unused.items():
                file.write_text(_marked(file.read_text("utf-8"), places, mentioned), "utf-8")
            unused = _unused(_check(*unused, package=package))
        _ruff("format", *_settings(package), str(root))
        drafts = {path: (root / path).read_text(encoding="utf-8") for path in files}
    done = {path for path in formatted if drafts.get(path) == files.get(path)}
    pending = black({str(path): text for path, text in drafts.items() if path not in done})
    return lambda: drafts | {PurePosixPath(name): text for name, text in pending().items()}


def broken_rules(files: Mapping[PurePosixPath, str], package: str) -> dict[str, list[str]]:
    """Return the ruff rules that each file breaks."""
    broken: dict[str, set[str]] = {}
    with _folder(files) as root:
        for finding in _check(root, package=package):
            name = Path(finding["filename"]).resolve().relative_to(root).as_posix()
            broken.setdefault(name, set()).add(finding["code"] or "E999")
    return {name: sorted(codes) for name, codes in sorted(broken.items())}


@contextmanager
def _folder(files: Mapping[PurePosixPath, str]) -> Iterator[Path]:
    with TemporaryDirectory(prefix="nb2prod-") as folder:
        root = Path(folder).resolve()
        for path, text in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        yield root


def _unused(findings: Iterable[Mapping[str, Any]]) -> dict[Path, list[tuple[int, int]]]:
    """Return by file the rows and columns of local names that nothing reads."""
    places: dict[Path, list[tuple[int, int]]] = {}
    for finding in findings:
        if finding["code"] == "F841":
            place = finding["location"]
            row, column = place["row"], place["column"]
            places.setdefault(Path(finding["filename"]), []).append((row, column))
    return places


def _marked(text: str, places: Iterable[tuple[int, int]], mentioned: Collection[str]) -> str:
    """Mark local names that nothing reads as meant so: `_name`; their values are still computed."""
    lines = text.splitlines(keepends=True)
    for row, column in sorted(places, reverse=True):
        before, line = lines[row - 1][: column - 1], lines[row - 1][column - 1 :]
        name = re.split(r"\W", line, maxsplit=1)[0]
        if name in mentioned:
            end = _end_of_strings(text, row) - 1
            remark = "# noqa: F841 (read by its name in a text)"
            lines[end] = f"{lines[end].rstrip()}  {remark}\n"
        else:  # `__name__` would not be taken for such a mark
            lines[row - 1] = f"{before}_{name.strip('_')}{line[len(name) :]}"
    return "".join(lines)


def _end_of_strings(text: str, row: int) -> int:
    """Return the row where the strings that begin on `row` end: a remark before is part of them."""
    strings = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant | ast.JoinedStr))
    return max((n.end_lineno or row for n in strings if n.lineno == row), default=row)


def _settings(package: str) -> tuple[str, ...]:
    return (
        "--isolated",
        "--no-cache",
        *("--config", f"line-length={LINE_LENGTH}"),
        *("--config", 'target-version="py39"'),
        *("--config", 'src=["src"]'),
        *("--config", f'lint.isort.known-first-party=["{package}"]'),
    )


def _check(*paths: Path, package: str, fix: bool = False) -> list[dict[str, Any]]:
    fixing = ("--fix", "--fixable", _FIXABLE) if fix else ()
    output = _ruff(
        *("check", "--exit-zero", "--output-format=json", "--select", _SELECT),
        *_settings(package),
        *fixing,
        *map(str, paths),
    )
    findings: list[dict[str, Any]] = json.loads(output)
    return findings


def _ruff(*arguments: str) -> str:
    done = subprocess.run([str(_executable("ruff")), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise InternalError(f"ruff failed on the generated code: {done.stderr.strip()}")
    return done.stdout


def _executable(name: str) -> Path:
    """Return the tool installed beside the running Python, else the one on the PATH."""
    for folder in (Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))):
        for candidate in (folder / name, folder / f"{name}.exe"):
            if candidate.exists():
                return candidate
    return Path(name)
