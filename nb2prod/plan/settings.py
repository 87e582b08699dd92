"""Constants of the notebook that become fields of the generated configuration."""

from __future__ import annotations

import ast
import keyword
import re
from collections import Counter
from collections.abc import Collection
from pathlib import PurePosixPath

from nb2prod.analysis.hazards.paths import is_of_one_machine
from nb2prod.analysis.tree import walk
from nb2prod.model import Analysis, Setting
from nb2prod.plan.lifting import Lifting

# Lower-case names that are parameters wherever they stand; others stay where they are computed.
_PARAMETERS = re.compile(
    r"(random_?)?(seed|state)|test_size|train_size|val(idation)?_size|n_(estimators|splits|folds|"
    r"clusters|components|neighbors|iter|jobs)|(num_?|n_?)?epochs?|batch_?size|learning_rate|lr|"
    r"max_(depth|iter|features|len)|\w+_(path|file|dir|url)|(data|base|input|output)_?(path|dir|url)|"
    r"path|url|filename|file_name|threshold"
)
_MAX_TEXT = 200


def settings(
    analysis: Analysis, lifting: Lifting, fixed: Collection[int]
) -> dict[int, tuple[Setting, ...]]:
    """Return by statement the settings that it defines; such a statement leaves the pipeline.

    A setting is bound once, to a literal, before anything reads it. `fixed` statements must stay.
    """
    bindings: Counter[str] = Counter()
    spoiled: set[str] = set()
    mentioned = frozenset().union(*(use.mentions for use in analysis.names), frozenset())
    for use in analysis.names:
        bindings.update(use.writes | use.maybe | use.rebinds)
        spoiled |= use.deletes | use.rebinds
    cells = {cell.index: cell for cell in analysis.program.cells}
    read: set[str] = set()
    immediate = frozenset().union(
        *(analysis.names[p].reads for p in lifting.definitions.values()), frozenset()
    )
    found: dict[int, tuple[Setting, ...]] = {}
    taken = {"data_root", "artifacts_root", *identifiers(analysis)}
    for position, statement in enumerate(analysis.statements):
        node = statement.node
        stores = analysis.renames[position].stores
        match node:
            case ast.Assign(targets=[ast.Name(id=old)], value=given) | ast.AnnAssign(
                target=ast.Name(id=old), value=given
            ):
                name = stores.get(old, old)
            case _:
                name, given = "", None
        wanted = name and (
            (name.isupper() and len(name) > 1)
            or _PARAMETERS.fullmatch(name)
            or cells[statement.origin.cell].parameters
            or _is_place(given)
        )
        if (
            wanted
            and bindings[name] == 1
            and name not in spoiled | read | immediate | mentioned
            and position not in fixed
            and (value := _literal(given)) is not _NOT_LITERAL
        ):
            field = _field_name(name, taken - {name})
            taken.add(field)
            found[position] = (Setting(field, value, name, original(value)),)
        read |= analysis.names[position].reads | analysis.names[position].late
    return found


def identifiers(analysis: Analysis) -> set[str]:
    """Return every name in the notebook's code, also those inside functions."""
    nodes = (part for statement in analysis.statements for part in walk(statement.node))
    return {
        getattr(part, "id", None) or getattr(part, "arg", None) or getattr(part, "name", None) or ""
        for part in nodes
        if isinstance(part, ast.Name | ast.arg | ast.FunctionDef | ast.ClassDef)
    }


def original(value: object) -> str:
    """Return the remark on a setting that holds for one machine only, "" for others."""
    if not isinstance(value, str) or not is_of_one_machine(value):
        return ""
    return f"the notebook's own path, on the machine of its author: {value}"


def _is_place(node: ast.expr | None) -> bool:
    """Say whether an expression is a path that exists on one machine, whatever its name."""
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and is_of_one_machine(node.value)
    )


_NOT_LITERAL = object()


def _literal(node: ast.expr | None) -> object:
    """Return the value of an immutable literal that fits on a line."""
    if node is None:
        return _NOT_LITERAL
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _NOT_LITERAL
    parts = value if isinstance(value, tuple) else (value,)
    simple = all(isinstance(part, int | float | str | bool) for part in parts)
    return value if simple and len(repr(value)) < _MAX_TEXT else _NOT_LITERAL


def _field_name(name: str, taken: Collection[str]) -> str:
    field = name.lower().strip("_")
    if not field.isidentifier() or keyword.iskeyword(field) or field in taken:
        field = f"{field}_setting"
    while field in taken:
        field += "_"
    return field


def location_setting(location: str, variable: str | None, taken: Collection[str]) -> Setting:
    """Return the setting for a data location: `customers_path` for data/customers.csv."""
    place = location.replace("\\", "/")
    stem = re.sub(r"\W+", "_", PurePosixPath(place.split("?")[0]).stem).strip("_").lower()
    suffix = "url" if "://" in location else "path"
    base = stem if stem and not stem[0].isdigit() else (variable or "data").lower()
    name = f"{base}_{suffix}"
    folder = re.sub(r"\W+", "_", PurePosixPath(place).parent.name).strip("_").lower()
    if name in taken and folder:
        name = f"{folder}_{name}"
    if name in taken and variable:
        name = f"{variable.lower()}_{suffix}"
    while name in taken:
        name = f"other_{name}"
    return Setting(name, location, comment=original(location))
