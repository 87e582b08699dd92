"""Which statements move to module level, and which must stay together in one function.

Imports, functions and classes of the notebook move to module level. A function that reads notebook
variables takes them as keyword parameters, passed at every call; where that is not exact, the
definition stays a local value of the function that makes it, since closures are always right.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nb2prod.analysis.closures import hands_over
from nb2prod.analysis.tree import walk
from nb2prod.analysis.versions import BUILTINS
from nb2prod.model import Analysis, Diagnostic
from nb2prod.plan.effects import is_noticed

DefinitionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_UNIT_PARTS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Pass)


@dataclass(frozen=True, slots=True)
class Lifting:
    """What lives at module level, by name, and what may not be cut.

    `captured` gives for each lifted definition the notebook variables that it takes as keyword
    parameters; `together` are inclusive ranges of statements that must share a function.
    """

    imports: Mapping[str, tuple[int, ...]]
    definitions: Mapping[str, int]
    captured: Mapping[str, tuple[str, ...]]
    together: tuple[tuple[int, int], ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    namespace: bool = False  # the notebook looks names up by text: everything stays in one function
    lifted: frozenset[int] = field(default_factory=frozenset)


def lift(analysis: Analysis, kept_local: frozenset[int] = frozenset()) -> Lifting:
    """Return what can move to module level; imports in `kept_local` stay where they run."""
    names = analysis.names
    if any(use.dynamic for use in names) or _uncovers_builtin(analysis):
        return _all_in_one(analysis, kept_local)
    imports = _imports(analysis, kept_local)
    candidates = _candidates(analysis, imports)
    reasons: list[Diagnostic] = []
    while True:
        captured = _captured(analysis, imports, candidates)
        fixed, found = _exact(analysis, imports, candidates, captured)
        reasons += found
        if fixed == candidates:
            break
        candidates = fixed
    lifted = frozenset(candidates.values())
    together = _ranges(analysis, imports, candidates, captured)
    return Lifting(
        imports=imports,
        definitions=candidates,
        captured={name: tuple(sorted(captured[name])) for name in candidates},
        together=together,
        diagnostics=tuple(reasons),
        lifted=lifted | {p for positions in imports.values() for p in positions},
    )


def _uncovers_builtin(analysis: Analysis) -> bool:
    """Whether a name of a builtin is deleted and read again: it then means the builtin."""
    called: dict[int, frozenset[str]] = defaultdict(frozenset)  # what functions read, by their user
    for capture in analysis.captures:
        called[capture.user] |= capture.names
    deleted: set[str] = set()
    for position, use in enumerate(analysis.names):
        if (use.reads | use.late | called[position]) & deleted:
            return True
        deleted -= use.writes
        deleted |= use.deletes & BUILTINS
    return False


def _all_in_one(analysis: Analysis, kept_local: frozenset[int]) -> Lifting:
    """The notebook reads or writes its namespace by text: one function, with module-level names."""
    names = analysis.names
    first = next((p for p, use in enumerate(names) if use.dynamic), 0)
    message = (
        "names are looked up by text here (exec, eval, globals, locals or vars), so nobody can tell "
        "which; the whole notebook stays one function"
    )
    hint = "use a dictionary for such values, or write the names out, and convert again"
    origin = analysis.statements[first].origin
    imports = _imports(analysis, kept_local)
    return Lifting(
        imports=imports,
        definitions={},
        captured={},
        together=((0, len(names) - 1),),
        diagnostics=(Diagnostic("NB401", message, "warning", origin, hint),),
        namespace=True,
        lifted=frozenset(p for positions in imports.values() for p in positions),
    )


def _imports(analysis: Analysis, kept_local: frozenset[int]) -> dict[str, tuple[int, ...]]:
    """Map each name bound by imports alone to the statements that import it."""
    bound_otherwise: set[str] = set()
    targets: dict[str, set[str]] = defaultdict(set)
    found: dict[str, list[int]] = defaultdict(list)
    for position, (statement, use) in enumerate(
        zip(analysis.statements, analysis.names, strict=True)
    ):
        if isinstance(statement.node, ast.Import | ast.ImportFrom) and position not in kept_local:
            for name in use.imports:
                found[name].append(position)
                targets[name].add(use.imports[name])
        else:
            bound_otherwise |= use.writes | use.maybe | use.rebinds
        bound_otherwise |= use.deletes
    bound_otherwise |= {name for name, known in targets.items() if len(known) > 1}
    imports = {name: tuple(p) for name, p in found.items() if name not in bound_otherwise}
    return {**_from_stars(analysis, bound_otherwise | imports.keys()), **imports}


def _from_stars(analysis: Analysis, bound: set[str]) -> dict[str, tuple[int, ...]]:
    """Names that nothing binds come from the star imports, where there are any."""
    stars = tuple(p for p, use in enumerate(analysis.names) if use.stars)
    if not stars:
        return {}
    read = frozenset().union(*(use.reads | use.late for use in analysis.names), frozenset())
    return dict.fromkeys(read - bound - BUILTINS, stars)


def _candidates(analysis: Analysis, imports: Mapping[str, object]) -> dict[str, int]:
    """Return the definitions by name, each bound once, and whole `try: import ...` units."""
    binders: dict[str, list[int]] = defaultdict(list)
    spoiled: set[str] = set()
    for position, use in enumerate(analysis.names):
        for name in use.writes | use.maybe | use.rebinds:
            binders[name].append(position)
        spoiled |= use.deletes | use.rebinds
    candidates: dict[str, int] = {}
    for name, positions in binders.items():
        if name in spoiled or name in imports or len(positions) != 1:
            continue
        (position,) = positions
        node = analysis.statements[position].node
        if isinstance(node, DefinitionNode) or _is_unit(node, analysis, position, spoiled):
            candidates[name] = position
    # A unit moves with all of its names or not at all.
    whole = {
        p
        for p in set(candidates.values())
        if all(n in candidates for n in analysis.names[p].writes | analysis.names[p].maybe)
    }
    return {name: p for name, p in candidates.items() if p in whole}


def _is_unit(node: ast.stmt, analysis: Analysis, position: int, spoiled: set[str]) -> bool:
    """Whether a compound statement only imports and defines: `try: import a; except: a = None`."""
    if not isinstance(node, ast.Try | ast.If) or analysis.names[position].maybe - {
        handler.name for handler in getattr(node, "handlers", [])
    }:
        return False
    bodies = [node.body, node.orelse, getattr(node, "finalbody", [])]
    bodies += [handler.body for handler in getattr(node, "handlers", [])]
    parts = [part for body in bodies for part in body]
    has_import = any(
        isinstance(part, ast.Import | ast.ImportFrom | ast.FunctionDef) for part in parts
    )
    return has_import and all(_is_inert(part) for part in parts)


def _is_inert(part: ast.stmt) -> bool:
    if isinstance(part, ast.Assign):
        return isinstance(part.value, ast.Constant | ast.Name | ast.Attribute)
    return isinstance(part, _UNIT_PARTS)


def _captured(
    analysis: Analysis, imports: Mapping[str, object], candidates: Mapping[str, int]
) -> dict[str, set[str]]:
    """Return the notebook variables that each definition needs, also through others that it calls."""
    bound = bound_names(analysis)
    elsewhere = imports.keys() | (BUILTINS - bound)
    direct = {
        name: set((analysis.names[p].late | (analysis.names[p].mentions & bound)) - elsewhere)
        for name, p in candidates.items()
    }
    captured = {name: found - candidates.keys() for name, found in direct.items()}
    changed = True
    while changed:
        changed = False
        for name, found in direct.items():
            for called in found & candidates.keys():
                if not captured[called] <= captured[name]:
                    captured[name] |= captured[called]
                    changed = True
    return captured


def bound_names(analysis: Analysis) -> frozenset[str]:
    """Return every name that the notebook binds at module level."""
    return frozenset().union(
        *(use.writes | use.maybe | use.rebinds for use in analysis.names), frozenset()
    )


def _exact(
    analysis: Analysis,
    imports: Mapping[str, object],
    candidates: Mapping[str, int],
    captured: Mapping[str, set[str]],
) -> tuple[dict[str, int], list[Diagnostic]]:
    """Keep the candidates whose move to module level cannot change a value."""
    bindings: dict[str, list[int]] = defaultdict(list)
    for position, use in enumerate(analysis.names):
        for name in use.writes | use.maybe | use.rebinds:
            bindings[name].append(position)
    rebound = frozenset().union(*(use.rebinds for use in analysis.names), frozenset())
    mentioned = frozenset().union(*(use.mentions for use in analysis.names), frozenset())
    users = _users(analysis, candidates)
    values = bound_names(analysis) - imports.keys()
    kept: dict[str, int] = {}
    reasons = []
    for name, position in candidates.items():
        node = analysis.statements[position].node
        use = analysis.names[position]
        needs = captured[name]
        problem = ""
        if use.rebinds:
            problem = "it assigns notebook variables with `global`"
        elif needs & rebound:
            problem = "it reads variables that another function assigns with `global`"
        elif is_noticed(analysis, position, candidates):
            problem = "where it is defined it runs code that prints, reads or draws"
        elif _reads_values(use.reads, values, candidates, captured):
            problem = "its decorators, defaults or bases read notebook variables"
        elif needs and (getattr(node, "decorator_list", []) or _takes_any_keyword(node)):
            problem = "it is decorated or takes any keyword, so a parameter more could be seen"
        elif needs and name in mentioned:
            problem = "a text names it, which cannot pass the notebook variables that it reads"
        elif needs and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            problem = "it is a class that reads notebook variables"
        elif needs and _late_after_call(node, needs, analysis.renames[position].loads, captured):
            last = max((u for u, _ in users[name]), default=position)
            first = min((u for u, _ in users[name]), default=position)
            if any(first <= b for v in needs for b in bindings[v]) or last < first:
                problem = "what it returns reads variables that change later"
        elif needs and any(
            handed and any(b >= user for v in needs for b in bindings[v])
            for user, handed in users[name]
        ):
            problem = "it is handed over as a value before a variable that it reads changes"
        if problem:
            message = f"`{name}` stays inside the function that defines it: {problem}"
            reasons.append(
                Diagnostic(
                    "NB402",
                    message,
                    "note",
                    analysis.statements[position].origin,
                    "pass what it reads as parameters",
                )
            )
        else:
            kept[name] = position
    whole = {
        p
        for p in set(kept.values())
        if all(kept.get(n) == p for n, q in candidates.items() if q == p)
    }
    return {n: p for n, p in kept.items() if p in whole}, reasons


def _takes_any_keyword(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.args.kwarg is not None


def _reads_values(
    reads: Iterable[str],
    values: frozenset[str],
    candidates: Mapping[str, int],
    captured: Mapping[str, set[str]],
) -> bool:
    return any(bool(captured[name]) if name in candidates else name in values for name in reads)


def _late_after_call(
    node: ast.stmt,
    needs: set[str],
    renamed: Mapping[str, str],
    captured: Mapping[str, set[str]],
) -> bool:
    """Whether a function leaves something behind that still reads `needs` after it returned."""
    makers = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.GeneratorExp, ast.ClassDef)
    inner = [part for part in walk(node) if isinstance(part, makers) and part is not node]
    yields = any(isinstance(part, ast.Yield | ast.YieldFrom | ast.Await) for part in walk(node))
    wanted = needs | {name for name, found in captured.items() if found}
    return yields or any(
        isinstance(part, ast.Name) and renamed.get(part.id, part.id) in wanted
        for maker in inner
        for part in walk(maker)
    )


def _users(analysis: Analysis, candidates: Mapping[str, int]) -> dict[str, list[tuple[int, bool]]]:
    """Return for each definition the statements that use it, and whether it is handed over there."""
    users: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for position, (statement, use) in enumerate(
        zip(analysis.statements, analysis.names, strict=True)
    ):
        loads = {new: old for old, new in analysis.renames[position].loads.items()}
        for name in (use.reads | use.late | use.mentions) & candidates.keys():
            users[name].append((position, hands_over(statement.node, {loads.get(name, name)})))
    return users


def _ranges(
    analysis: Analysis,
    imports: Mapping[str, object],
    definitions: Mapping[str, int],
    captured: Mapping[str, set[str]],
) -> tuple[tuple[int, int], ...]:
    """Ranges in which a closure must see a variable change, or functions change variables."""
    lifted = set(definitions.values())
    bindings: dict[str, list[int]] = defaultdict(list)
    touches: dict[str, list[int]] = defaultdict(list)
    for position, use in enumerate(analysis.names):
        for name in use.writes | use.maybe | use.rebinds:
            bindings[name].append(position)
        for name in use.reads | use.late | use.writes | use.maybe | use.rebinds | use.deletes:
            touches[name].append(position)
    ranges: list[tuple[int, int]] = []
    for capture in analysis.captures:
        if capture.maker in lifted:
            continue
        late = set(capture.names)
        for name in capture.names & definitions.keys():
            late |= captured[name]
        end = capture.user + _binds_before_it_ends(analysis.statements[capture.user].node)
        for name in late - imports.keys() - definitions.keys():
            changes = [p for p in bindings[name] if capture.maker < p < end]
            if changes:
                ranges.append((capture.maker, changes[-1]))
    for position, use in enumerate(analysis.names):
        for name in use.rebinds:
            users = [c.user for c in analysis.captures if c.maker == position]
            spots = [*touches[name], position, *users]
            ranges.append((min(spots), max(spots)))
    return tuple(merge(ranges))


def _binds_before_it_ends(node: ast.stmt) -> bool:
    """Whether a statement may bind a name and then call something: a block, or with `:=`."""
    return hasattr(node, "body") or any(isinstance(part, ast.NamedExpr) for part in walk(node))


def merge(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join inclusive ranges that overlap."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged
