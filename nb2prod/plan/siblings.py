"""Modules that lie beside the notebook: part of its program, copied into the package."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from nb2prod.analysis.tree import walk
from nb2prod.model import Analysis

_MAX_FILES = 200
_MAX_BYTES = 1_000_000


def sibling_modules(analysis: Analysis) -> dict[PurePosixPath, str]:
    """Return the source of the modules beside the notebook that it imports, also through each other.

    Keys are paths below the notebook's folder. Nothing outside that folder is read.
    """
    folder = analysis.program.folder
    if folder is None:
        return {}
    base = Path(folder).resolve()
    found: dict[PurePosixPath, str] = {}
    waiting = sorted(_imported_roots(statement.node for statement in analysis.statements))
    seen: set[str] = set()
    while waiting and len(found) < _MAX_FILES:
        root = waiting.pop()
        if root in seen:
            continue
        seen.add(root)
        for path, text in _files(base, root):
            found[path] = text
            waiting += sorted(_imported_roots([ast.parse(text)]) - seen)
    return found


def imported_names(node: ast.AST) -> list[str]:
    """Return the dotted names that code imports from elsewhere, also inside functions, sorted."""
    found = set()
    for part in walk(node):
        if isinstance(part, ast.Import):
            found |= {alias.name for alias in part.names}
        elif isinstance(part, ast.ImportFrom) and part.module and not part.level:
            found |= {f"{part.module}.{alias.name}" for alias in part.names}
    return sorted(found)


def _imported_roots(nodes: Iterable[ast.AST]) -> set[str]:
    roots = set()
    for node in nodes:
        for part in walk(node):
            if isinstance(part, ast.Import):
                roots |= {alias.name.split(".")[0] for alias in part.names}
            elif isinstance(part, ast.ImportFrom) and part.module and not part.level:
                roots.add(part.module.split(".")[0])
    return roots


def _files(base: Path, root: str) -> Iterator[tuple[PurePosixPath, str]]:
    """Yield the files of module or package `root`, if they lie in `base` and parse."""
    single, package = base / f"{root}.py", base / root
    paths = [single] if single.is_file() else []
    if not paths and (package / "__init__.py").is_file():
        paths = sorted(package.rglob("*.py"))[:_MAX_FILES]
    for path in paths:
        real = path.resolve()
        if not real.is_relative_to(base) or real.stat().st_size > _MAX_BYTES:
            continue
        try:
            text = path.read_text(encoding="utf-8")
            ast.parse(text)
        except (OSError, UnicodeDecodeError, SyntaxError, ValueError):
            continue
        yield PurePosixPath(path.relative_to(base).as_posix()), text
