"""Which distributions give what the notebook imports, and for which imports nobody knows one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from nb2prod.knowledge import distributions as known
from nb2prod.knowledge.installed import comparable
from nb2prod.model import Diagnostic, Origin, Program, Requirement

_HINT = (
    "put the module beside the notebook if it is yours; else let a cell install its distribution "
    "(`%pip install NAME`), or have that installed where nb2prod runs, and convert again"
)


def imported(program: Program, imports: Collection[str]) -> Iterator[str]:
    """Give the distributions that the dotted names `imports` need, where they are known."""
    named = {comparable(name): name for name in installed(program)}
    for module in imports:
        distribution = known.distribution_of(module)
        if not lies_beside(program, module, library=distribution is not None):
            distribution = distribution or named.get(comparable(module.partition(".")[0]))
            if distribution:
                yield distribution


def unresolved(program: Program, imports: Mapping[str, Origin | None]) -> dict[str, Origin | None]:
    """Give the top-level modules that nothing is known to give, and where they are imported.

    The dotted names `imports` say where each is imported. A distribution that the notebook installs
    and whose name holds the module's is taken to give it.
    """
    named = [comparable(name) for name in installed(program)]
    found: dict[str, Origin | None] = {}
    for module, origin in imports.items():
        top = module.partition(".")[0]
        if (
            known.needs_none(module)
            or known.distribution_of(module)
            or lies_beside(program, module, library=False)
            or any(comparable(top) in name for name in named)
        ):
            continue
        found.setdefault(top, origin)
    return found


def diagnosed(modules: Mapping[str, Origin | None]) -> list[Diagnostic]:
    """Report the modules that nothing is known to give."""
    return [
        Diagnostic(
            "NB501",
            f"nobody says which distribution gives `{name}`; pyproject.toml names none for it",
            "warning",
            origin,
            _HINT,
        )
        for name, origin in modules.items()
    ]


def installed(program: Program) -> dict[str, Requirement]:
    """Give what the notebook installs for its own code; the last command counts."""
    named = {}
    for item in program.requirements:
        name = known.canonical(item.name.partition("[")[0])
        if not known.is_tool(name):
            named[name] = item
    return named


def lies_beside(program: Program, module: str, *, library: bool) -> bool:
    """Say whether a module is a file beside the notebook; a mere folder never hides a `library`."""
    top = module.partition(".")[0]
    if not program.folder or not top:
        return False
    folder = Path(program.folder)
    if (folder / f"{top}.py").is_file() or (folder / top / "__init__.py").is_file():
        return True
    return not library and (folder / top).is_dir()
