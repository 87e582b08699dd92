"""What a generated project is like: does it compile, is it clean, what are its functions like."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import black

LONGEST, MOST_PARAMETERS = 40, 7
NUMBERED = re.compile(r"_\d+$")
Definition = ast.FunctionDef | ast.AsyncFunctionDef


def inspect(project: Path) -> dict[str, Any]:
    """Return what is wrong with a generated project, and figures on its functions."""
    files = [p for p in sorted(project.rglob("*.py")) if "notebooks" not in p.parts]
    trees = {path: parsed(path) for path in files}
    modules = {path: tree for path, tree in trees.items() if tree and "src" in path.parts}
    return {
        "not_compiled": [str(p.relative_to(project)) for p, tree in trees.items() if tree is None],
        "undefined": undefined_names(project),
        "ruff": ruff(project, ["--extend-select", "E,F,I"]),
        "black": reformatted(project, files),
        "functions": function_figures(modules),
    }


def parsed(path: Path) -> ast.Module | None:
    """Return the tree of a file, or None when it does not compile."""
    text = path.read_text("utf-8")
    try:
        compile(text, str(path), "exec", dont_inherit=True)
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def undefined_names(folder: Path) -> dict[str, int]:
    """Return the names that a folder's Python files use and never define."""
    found = ruff_findings(folder, ["--isolated", "--select", "F821"])
    return dict(Counter(f["message"] for f in found if f["code"] == "F821"))


def ruff(project: Path, options: list[str]) -> dict[str, int]:
    """Return the codes that ruff finds at the project's own settings."""
    return dict(Counter(str(f["code"]) for f in ruff_findings(project, options)))


def ruff_findings(folder: Path, options: list[str]) -> list[dict[str, Any]]:
    """Return ruff's findings on the Python files of a folder."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "json"]
    files = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.py"))]
    files = [name for name in files if not name.startswith("notebooks/")]
    done = subprocess.run([*command, *options, *files], cwd=folder, capture_output=True, text=True)
    if done.returncode > 1:
        return [{"code": "ruff", "message": done.stderr.strip()[:200]}]
    findings: list[dict[str, Any]] = json.loads(done.stdout)
    return findings


def reformatted(project: Path, files: list[Path]) -> list[str]:
    """Return the files that black would change at the project's own line length."""
    settings = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    length = settings.get("tool", {}).get("black", {}).get("line-length", black.DEFAULT_LINE_LENGTH)
    mode = black.Mode(line_length=length)
    changed = []
    for path in files:
        text = path.read_text("utf-8")
        try:
            same = black.format_str(text, mode=mode) == text
        except black.InvalidInput:
            same = False
        if not same:
            changed.append(str(path.relative_to(project)))
    return changed


def definitions(tree: ast.Module) -> Iterator[Definition]:
    """Yield the functions at the top of a module."""
    yield from (node for node in tree.body if isinstance(node, Definition))


def function_figures(modules: dict[Path, ast.Module]) -> dict[str, int]:
    """Return how many functions there are, and how many are long, wide, numbered or doubled."""
    every = [(p, node) for p, tree in modules.items() for node in definitions(tree)]
    places, bodies = defaultdict(set), Counter[str]()
    for path, node in every:
        places[node.name].add(path)
        bodies[body_of(node)] += 1
    return {
        "all": len(every),
        "long": sum(length(node) > LONGEST for _, node in every),
        "wide": sum(width(node) > MOST_PARAMETERS for _, node in every),
        "numbered": sum(bool(NUMBERED.search(node.name)) for _, node in every),
        "same_name": sum(len(paths) > 1 for paths in places.values()),
        "same_body": sum(count - 1 for count in bodies.values()),
        "without_docstring": sum(ast.get_docstring(node) is None for _, node in every),
    }


def length(node: Definition) -> int:
    """Return the number of lines of a function, from its `def` to its end."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def width(node: Definition) -> int:
    """Return the number of parameters of a function."""
    a = node.args
    extra = (a.vararg is not None) + (a.kwarg is not None)
    return len(a.posonlyargs) + len(a.args) + len(a.kwonlyargs) + extra


def body_of(node: Definition) -> str:
    """Return a function's body as text that does not depend on its name or docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return ast.dump(ast.Module(body=list(body), type_ignores=[]))
