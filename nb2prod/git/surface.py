"""What somebody who uses a package sees of it: functions, settings, data, dependencies, hazards."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from nb2prod.model import Plan


@dataclass(frozen=True, slots=True)
class Code:
    """A function or class of the package; `shape` is what has to differ for it to be another."""

    module: str
    name: str
    parameters: tuple[str, ...]
    shape: str
    text: str

    @property
    def path(self) -> str:
        """Its dotted name in the package."""
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True)
class Surface:
    """A package as others see it. Reading a notebook took its credentials out."""

    code: Mapping[str, Code] = field(default_factory=dict)
    calls: tuple[str, ...] = ()  # of run(), in order
    parameters: tuple[str, ...] = ()  # of run()
    settings: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    dependencies: Mapping[str, str] = field(default_factory=dict)
    hazards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # severity, then places


def surface(plan: Plan) -> Surface:
    """Return what a plan's package shows."""
    from nb2prod.plan.dependencies import target_python
    from nb2prod.plan.pins import pins
    from nb2prod.render.code import ModuleWriter

    code = [
        found
        for module, text in ModuleWriter(plan).modules().items()
        for found in _definitions(module, text)
    ]
    required = pins(plan.requirements, target_python(plan.analysis.program))
    return Surface(
        code={found.path: found for found in code},
        calls=tuple(f"{function.module}.{function.name}" for function in plan.functions),
        parameters=tuple(plan.parameters),
        settings={s.name: repr(s.value) for s in plan.settings},
        sources=dict(_sources(plan)),
        dependencies={r.name: r.specifier for r in required}
        | dict.fromkeys(plan.unresolved, "unknown distribution"),
        hazards=_hazards(plan),
    )


def _hazards(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return what to look at, each kind once, with its severity and the cells where it is."""
    found: dict[str, tuple[str, ...]] = {}
    for one in plan.diagnostics:
        if one.severity != "note":
            known = found.get(f"{one.code} {one.message}", (one.severity,))
            place = (f"cell {one.origin.cell}",) if one.origin else ()
            found[f"{one.code} {one.message}"] = known + place
    return found


def _definitions(module: str, text: str) -> Iterator[Code]:
    for node in ast.parse(text).body:
        if not isinstance(node, _Definition):
            continue
        yield Code(
            module,
            node.name,
            tuple(_parameters(node)),
            _shape(node),
            _without_docstring(text.split("\n"), node),
        )


_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _without_docstring(lines: list[str], node: _Definition) -> str:
    """Return a definition's code; its docstring is the notebook's prose, and names cells."""
    first = min([node.lineno, *(part.lineno for part in node.decorator_list)]) - 1
    last = node.end_lineno or first
    if _documented(node):
        prose = node.body[0]
        return "\n".join([*lines[first : prose.lineno - 1], *lines[prose.end_lineno : last]])
    return "\n".join(lines[first:last])


def _documented(node: _Definition) -> bool:
    return ast.get_docstring(node, clean=False) is not None


def _parameters(node: _Definition) -> Iterator[str]:
    if isinstance(node, ast.ClassDef):
        return
    given = node.args
    for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs):
        yield argument.arg
    yield from (f"*{part.arg}" for part in (given.vararg, given.kwarg) if part)


def _shape(node: _Definition) -> str:
    """Return the code without name, docstring (it names cells), comments and layout."""
    body = node.body[_documented(node) :]
    parts = [ast.dump(part) for part in (*node.decorator_list, *body)]
    if isinstance(node, ast.ClassDef):
        parts += [ast.dump(part) for part in (*node.bases, *node.keywords)]
    else:
        parts.append(ast.dump(node.args))
    return "\n".join(parts)


def _sources(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield what is read and written, by direction and place, with the call that does it."""
    for source in plan.analysis.sources:
        place = source.resolved if source.resolved is not None else f"(computed: {source.location})"
        yield f"{source.direction}s {place}", f"{source.format or source.kind} by {source.call}"


def notebook_name(path: str) -> str:
    """Return what convert would call the notebook of a path."""
    return PurePosixPath(path).stem or "notebook"
