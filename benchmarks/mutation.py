"""How many faults in a package do its generated tests notice?

    mutation.py PROJECT_DIR ... --python PYTHON [--sample 60] [--data FOLDER] [--json FILE]

The projects were made by `nb2prod convert --verify`. One fault at a time is put into a function that
ran: an operator or a constant is changed, a statement dropped, two arguments are swapped (Python's
own `ast` finds the places). First the recorded calls are run, which need no data; with --data, the
folder that holds the notebook's data, the other tests too. PYTHON is one that has the package's
requirements and pytest. The same faults are drawn every time.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("mutation_worker.py")
FRAME = frozenset(
    "__init__ __main__ artifacts cli config contract lineage metrics pipeline scoring".split()
)
OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


@dataclass(frozen=True)
class Mutant:
    """A module with one fault."""

    path: str  # below the project
    function: str
    line: int
    kind: str
    source: str


def mutants(path: Path, project: Path, ran: set[str]) -> Iterator[Mutant]:
    """Yield every fault of a module's functions that ran."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in ran:
            for line, kind in _faults(node, tree):
                name = path.relative_to(project).as_posix()
                yield Mutant(name, node.name, line, kind, ast.unparse(tree))


def _faults(function: Any, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Put one fault after the other into a function, in place, and take it back."""
    docstring = function.body[0] if ast.get_docstring(function) is not None else None
    for parent in ast.walk(function):
        if parent is docstring or parent in function.decorator_list:
            continue
        for name, value in list(ast.iter_fields(parent)):
            if parent is function and name in ("args", "decorator_list", "returns"):
                continue
            parts = value if isinstance(value, list) else [value]
            for index, part in enumerate(parts):
                if part is docstring or not isinstance(part, ast.AST):
                    continue
                for kind, other in _changed(part):
                    line = getattr(part, "lineno", getattr(parent, "lineno", 0))
                    _put(parent, name, index, other)
                    yield line, kind
                    _put(parent, name, index, part)


def _put(parent: ast.AST, name: str, index: int, node: ast.AST) -> None:
    if isinstance(getattr(parent, name), list):
        getattr(parent, name)[index] = node
    else:
        setattr(parent, name, node)


def _changed(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if type(node) in OPERATORS:
        yield "operator", OPERATORS[type(node)]()
    match node:
        case ast.Constant(value=bool(value)):
            yield "constant", ast.copy_location(ast.Constant(not value), node)
        case ast.Constant(value=int() | float() as value):
            yield "constant", ast.copy_location(ast.Constant(value + 1), node)
        case ast.Constant(value=str(value)):
            yield "constant", ast.copy_location(ast.Constant(f"XX{value}"), node)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield "operator", inner
        case ast.Expr() | ast.Assign() | ast.AugAssign():
            yield "dropped statement", ast.copy_location(ast.Pass(), node)
        case ast.Call(args=[first, second, *rest]):
            if ast.dump(first) != ast.dump(second) and not isinstance(first, ast.Starred):
                swapped = copy.copy(node)
                swapped.args = [second, first, *rest]
                yield "swapped arguments", swapped


def measure(project: Path, python: str, sample: int, data: Path | None) -> dict[str, Any]:
    """Return what became of a sample of the faults of a project."""
    evidence = json.loads((project / ".nb2prod/evidence.json").read_text("utf-8"))
    recorded = {Path(name).parts[3] for name in evidence["files"] if "/calls/" in name}
    ran = recorded | set(evidence["unrecorded"])
    modules = sorted(project.glob("src/*/**/*.py"))
    own = [p for p in modules if not FRAME & {p.stem, p.parent.name}]
    found = [mutant for path in own for mutant in mutants(path, project, ran)]
    drawn = random.Random(0).sample(found, min(sample, len(found)))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if data:  # the tests look for data around the project
            shutil.copytree(data, work / "place", ignore=shutil.ignore_patterns(project.name))
        place = work / "place" / project.name
        shutil.copytree(project, place)
        (work / "job.json").write_text(json.dumps([asdict(mutant) for mutant in drawn]))
        environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONPATH": "", "OMP_NUM_THREADS": "1"}
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        command = [python, str(WORKER), str(place), str(work / "job.json"), str(work / "out.json")]
        subprocess.run([*command, "all" if data else "calls"], env=environment, check=True)
        ends = json.loads((work / "out.json").read_text())
    rows = [
        {**{k: v for k, v in asdict(mutant).items() if k != "source"}, "end": end}
        for mutant, end in zip(drawn, ends, strict=True)
    ]
    return {"project": project.name, "places": len(found), "mutants": rows}


def main() -> None:
    """Measure the projects that the command line names, and print the shares."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("projects", nargs="+", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--sample", type=int, default=60, help="faults of one package, at most")
    parser.add_argument("--data", type=Path, help="folder with the notebook's data")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--survivors", action="store_true", help="name those that nothing noticed")
    options = parser.parse_args()
    results = []
    for project in options.projects:
        found = measure(project.resolve(), options.python, options.sample, options.data)
        results.append(found)
        ends = Counter(row["end"] for row in found["mutants"])
        killed = len(found["mutants"]) - ends["survived"]
        print(
            f"{found['project']}: {killed} of {len(found['mutants'])} noticed"
            f" ({dict(ends)}; {found['places']} places)",
            flush=True,
        )
        if options.survivors:
            for row in found["mutants"]:
                if row["end"] == "survived":
                    print(f"  {row['path']}:{row['line']} {row['function']}: {row['kind']}")
    total = sum(len(r["mutants"]) for r in results)
    killed = sum(row["end"] != "survived" for r in results for row in r["mutants"])
    print(f"all: {killed} of {total}, {killed / max(total, 1):.3f}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), "utf-8")


if __name__ == "__main__":
    main()
