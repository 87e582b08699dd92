"""From what is known of the statements to the functions of the package."""

from __future__ import annotations

import ast
import keyword
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from nb2prod.analysis.hazards.paths import is_of_one_machine
from nb2prod.analysis.tree import walk
from nb2prod.analysis.versions import covered
from nb2prod.errors import InputError, InternalError
from nb2prod.handover.questions import questions
from nb2prod.model import (
    Analysis,
    Definition,
    Diagnostic,
    Function,
    Import,
    LeftOut,
    Origin,
    Plan,
    Question,
    Setting,
)
from nb2prod.plan import dependencies, provided
from nb2prod.plan.docstrings import plain_text
from nb2prod.plan.figures import figure_ends
from nb2prod.plan.identity import package_name, title_of
from nb2prod.plan.lifting import Lifting, lift
from nb2prod.plan.liveness import Liveness, interface, liveness
from nb2prod.plan.naming import Namer
from nb2prod.plan.results import final_names, phases, results, stale, trained_model
from nb2prod.plan.selection import Selection, select
from nb2prod.plan.settings import identifiers, location_setting, settings
from nb2prod.plan.siblings import imported_names, sibling_modules
from nb2prod.plan.split import Group, cut
from nb2prod.secrets.modules import without_secrets

# Imported for what importing does, not for a name.
SIDE_EFFECT_IMPORTS = ("sklearn.experimental", "mpl_toolkits.mplot3d", "tqdm.notebook", "readline")
_CONFIG_NAMES = ("config", "settings", "pipeline_config", "package_config", "nb2prod_config")
# Calls that take a pathlib.Path wherever they take a text.
_PATH_TAKERS = ("pandas.", "builtins.open", "open", "numpy.", "joblib.", "matplotlib.", "pickle.")


def make_plan(analysis: Analysis, *, package: str | None = None) -> Plan:
    """Return the plan of the package named `package` (default: after the notebook).

    Raises InputError when `package` cannot be one's name, InternalError when a statement is neither
    in the package nor listed as left out.
    """
    if package is not None:
        _check_name(package)
    analysis, siblings = _without_secrets(analysis, sibling_modules(analysis))
    roots = {path.parts[0].removesuffix(".py") for path in siblings}
    lifting = lift(analysis, _local_imports(analysis, roots))
    selection = select(analysis, lifting)
    in_ranges = {p for low, high in lifting.together for p in range(low, high + 1)}
    constants = settings(analysis, lifting, in_ranges)
    selection = _without(selection, constants.keys())
    fields = {s.variable: s for found in constants.values() for s in found if s.variable}
    returned = results(analysis, lifting, selection)
    names, final = frozenset(fields), final_names(analysis)
    hidden = covered(analysis.renames)
    live = liveness(analysis, lifting, selection.kept, returned, names)
    groups = cut(analysis, lifting, selection, live, names)
    if old := stale(live, [g.positions for g in groups if not g.explore], names) & final:
        returned = (*returned, *sorted(old - set(returned)))
        live = liveness(analysis, lifting, selection.kept, returned, names)
        groups = cut(analysis, lifting, selection, live, names)
    locations, places, path_settings = _locations(analysis, selection.kept, fields.values())
    computed = _computed_locations(analysis, selection.kept)
    configured = locations.keys() | places.keys() | computed.keys()
    functions = _functions(analysis, live, groups, selection, configured, fields)
    held = {*returned, *(name for f in functions for name in f.outputs)}
    shown = {name: name for f in functions for name in f.shown.values()}
    original, final = _original_names(analysis), final_names(analysis)
    left_out = _left_out(analysis, lifting, selection)
    used_names = identifiers(analysis)
    imports = {
        target: origin
        for target, origin in _imports(
            analysis, lifting, selection, functions, siblings.values()
        ).items()
        if target.partition(".")[0] not in roots
    }
    unresolved = provided.unresolved(analysis.program, imports)
    pyplot, ends = figure_ends(analysis, lifting, selection.kept, used_names)
    asked = questions(analysis)
    plan = Plan(
        analysis=analysis,
        package=package or package_name(analysis),
        title=title_of(analysis),
        introduction=_introduction(analysis),
        functions=tuple(_with_answers(function, asked) for function in functions),
        questions=asked,
        definitions=_definitions(lifting, fields),
        imports={n: Import(n, p) for n, p in lifting.imports.items()},
        settings=tuple(_commented(s, asked) for s in (*fields.values(), *path_settings)),
        locations=locations,
        places=places,
        computed=computed,
        parameters=(
            {}
            if lifting.namespace
            else {n: required for n, required in live.entry.items() if n not in hidden}
        ),
        builtins={n: hidden[n] for n in live.entry if n in hidden and not lifting.namespace},
        results={**{original.get(n, n): n for n in returned if n in final}, **shown},
        phases=() if lifting.namespace else phases(functions),
        config=next(n for n in _CONFIG_NAMES if n not in used_names),
        model=trained_model(analysis, held),
        pyplot=pyplot,
        figure_ends=ends,
        siblings=siblings,
        namespace=lifting.namespace,
        left_out=left_out,
        diagnostics=(
            *analysis.program.diagnostics,
            *analysis.diagnostics,
            *lifting.diagnostics,
            *([] if lifting.namespace else _undefined(analysis, live)),
            *provided.diagnosed(unresolved),
        ),
        requirements=dependencies.requirements(analysis.program, imports),
        unresolved={name: origin.cell if origin else None for name, origin in unresolved.items()},
    )
    _prove_nothing_lost(plan, constants)
    return plan


def _without_secrets(
    analysis: Analysis, siblings: Mapping[PurePosixPath, str]
) -> tuple[Analysis, dict[PurePosixPath, str]]:
    """Take the secrets out of the modules beside the notebook; they join those of the notebook."""
    program = analysis.program
    cleaned = {}
    for path, text in siblings.items():
        source, secrets, told = without_secrets(text, str(path), program.secrets, program.folder)
        cleaned[path] = source
        program = replace(
            program,
            secrets=(*program.secrets, *secrets),
            diagnostics=(*program.diagnostics, *told),
        )
    return replace(analysis, program=program), cleaned


def _imports(
    analysis: Analysis,
    lifting: Lifting,
    selection: Selection,
    functions: Iterable[Function],
    siblings: Iterable[str],
) -> dict[str, Origin | None]:
    """Return the dotted names that the package imports, and where the notebook does.

    An import that nothing uses is not in the package, so it asks for nothing.
    """
    used = _used_names(analysis, lifting, selection)
    typed = {kind.partition(".")[0] for f in functions for kind in f.types.values()}
    bound = {p for positions in lifting.imports.values() for p in positions}
    inside = {*selection.kept, *lifting.definitions.values()}
    found: dict[str, Origin | None] = {}
    for position, (statement, use) in enumerate(
        zip(analysis.statements, analysis.names, strict=True)
    ):
        targets = set(use.stars)
        if position in inside or lifting.namespace:
            targets |= {*use.imports.values(), *imported_names(statement.node)}
        elif position in bound:
            targets |= {
                target
                for name, target in use.imports.items()
                if name in used
                or target.partition(".")[0] in typed
                or target.startswith(SIDE_EFFECT_IMPORTS)
            }
        for target in sorted(targets):
            found.setdefault(target, statement.origin)
    for text in siblings:
        for target in imported_names(ast.parse(text)):
            found.setdefault(target, None)
    return found


def _without(selection: Selection, positions: Collection[int]) -> Selection:
    return Selection(
        kept=tuple(p for p in selection.kept if p not in positions),
        explored=selection.explored - set(positions),
        shown=selection.shown,
        left_out=selection.left_out,
    )


def _functions(
    analysis: Analysis,
    live: Liveness,
    groups: Sequence[Group],
    selection: Selection,
    located: Collection[int],
    fields: Mapping[str, Setting],
) -> tuple[Function, ...]:
    taken = {name for use in analysis.names for name in (*use.reads, *use.late, *use.writes)}
    taken |= {name for use in analysis.names for name in use.maybe}
    taken |= {setting.name for setting in fields.values()}
    namer = Namer(analysis, groups, taken)
    types: dict[str, str] = {}
    functions = []
    for group in groups:
        shape = interface(live, group.positions, frozenset(fields))
        before = dict(types)
        for position in group.positions:
            known = analysis.facts[position].types
            stores = analysis.renames[position].stores
            for name in analysis.names[position].writes | analysis.names[position].maybe:
                types.pop(name, None)
            types.update({stores.get(name, name): kind for name, kind in known.items()})
        name = namer.name(group)
        shown = {
            p: _shown_name(analysis, p, taken) for p in group.positions if p in selection.shown
        }
        taken |= set(shown.values())
        functions.append(
            Function(
                module=group.module,
                name=name,
                statements=group.positions,
                stage=group.stage,
                doc=namer.docstring(group),
                inputs=tuple(n for n in shape.inputs if n not in fields),
                outputs=shape.outputs,
                settings=tuple(fields[n].name for n in shape.inputs if n in fields),
                placeholders=shape.placeholders,
                unbound=shape.unbound,
                types={
                    **{n: types[n] for n in shape.outputs if n in types},
                    **{n: before[n] for n in shape.inputs if n in before},
                },
                shown=shown,
                explore=group.explore,
                config=any(p in located for p in group.positions),
                asynchronous=any(analysis.names[p].awaits for p in group.positions),
            )
        )
    return tuple(functions)


def _with_answers(function: Function, asked: Iterable[Question]) -> Function:
    """Return a function with what the author said of its statements in its docstring."""
    answers = [q.answer for q in asked if q.answer and q.position in function.statements]
    return replace(function, doc="\n\n".join([function.doc, *answers])) if answers else function


def _commented(setting: Setting, asked: Iterable[Question]) -> Setting:
    """Return a setting with what the author said of the number that it is."""
    key = f"number-{setting.variable}"
    answer = next((q.answer for q in asked if q.key == key), "")
    return replace(setting, comment=answer) if answer else setting


def _shown_name(analysis: Analysis, position: int, taken: Collection[str]) -> str:
    """Return a name for a displayed result: `accuracy` for compute_accuracy."""
    action = analysis.facts[position].action
    base = action.partition("_")[2] or action or "value"
    base = base if base.isidentifier() and not keyword.iskeyword(base) else "value"
    cell = analysis.statements[position].origin.cell
    candidates = [base, f"{base}_shown", f"{base}_of_cell_{cell}"]
    line = 0
    while candidates[0] in taken or candidates[0] in dir(__builtins__):
        candidates.pop(0)
        if not candidates:
            line += 1
            candidates.append(f"{base}_of_cell_{cell}_line_{line}")
    return candidates[0]


def _definitions(lifting: Lifting, fields: Mapping[str, Setting]) -> tuple[Definition, ...]:
    names: dict[int, list[str]] = {}
    for name, position in lifting.definitions.items():
        names.setdefault(position, []).append(name)
    return tuple(
        Definition(
            module="helpers",
            names=tuple(sorted(found)),
            statement=position,
            captured=tuple(n for n in lifting.captured[found[0]] if n not in fields),
            settings=tuple(fields[n].name for n in lifting.captured[found[0]] if n in fields),
        )
        for position, found in sorted(names.items())
    )


def _local_imports(analysis: Analysis, siblings: Collection[str]) -> frozenset[int]:
    """Imports that only work once something ran: a changed sys.path, a module written by a cell."""
    path_changed = False
    written: set[str] = set()
    found = set()
    for position, statement in enumerate(analysis.statements):
        node = statement.node
        if isinstance(node, ast.Import | ast.ImportFrom):
            targets = [*analysis.names[position].imports.values(), *analysis.names[position].stars]
            roots = {target.split(".")[0] for target in targets}
            unknown = {r for r in roots - set(siblings) if not dependencies.is_known(r)}
            if unknown & written or (path_changed and unknown):
                found.add(position)
            continue
        for part in walk(node):
            if isinstance(part, ast.Attribute) and part.attr == "path":
                path_changed |= isinstance(part.value, ast.Name) and part.value.id == "sys"
            elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                written |= {PurePosixPath(part.value).stem} if part.value.endswith(".py") else set()
    return frozenset(found)


def _locations(
    analysis: Analysis, kept: Iterable[int], fields: Iterable[Setting]
) -> tuple[dict[int, dict[str, str]], dict[int, dict[str, str]], list[Setting]]:
    """Return for each statement the path literals that become settings, and those settings.

    First those of data that starts at the data root, then those that are only texts.
    """
    taken = {setting.name for setting in fields}
    taken |= {n for use in analysis.names for n in use.writes | use.maybe | use.reads}
    by_text: dict[str, Setting] = {}
    found: dict[int, dict[str, str]] = {}
    places: dict[int, dict[str, str]] = {}
    for position in kept:
        for use in analysis.facts[position].uses:
            text = use.location
            literal = isinstance(use.argument, ast.Constant) and use.argument.value == text
            if not text or not literal or use.kind not in {"file", "url", "model", "figure"}:
                continue
            if not use.call.startswith(_PATH_TAKERS):
                continue
            if text not in by_text:
                by_text[text] = location_setting(text, use.variable, taken)
                taken.add(by_text[text].name)
            found.setdefault(position, {})[text] = by_text[text].name
        for text in _machine_paths(analysis.statements[position].node):
            if text in found.get(position, {}):
                continue
            if text not in by_text:
                by_text[text] = location_setting(text, None, taken)
                taken.add(by_text[text].name)
            places.setdefault(position, {})[text] = by_text[text].name
    return found, places, list(by_text.values())


def _machine_paths(node: ast.stmt) -> list[str]:
    """Return arguments of calls that are paths of one machine: `Path("/home/ann/data")`."""
    arguments = [
        argument
        for part in walk(node)
        if isinstance(part, ast.Call)
        for argument in (*part.args, *(keyword.value for keyword in part.keywords))
    ]
    return [
        argument.value
        for argument in arguments
        if isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and is_of_one_machine(argument.value)
    ]


def _computed_locations(analysis: Analysis, kept: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return for each statement the arguments that come out as a relative path below the data root."""
    found = {}
    for position in kept:
        arguments = frozenset(
            ast.unparse(use.argument)
            for use in analysis.facts[position].uses
            if use.argument is not None
            and not isinstance(use.argument, ast.Constant)
            and use.kind in {"file", "model", "figure"}
            and use.call.startswith(_PATH_TAKERS)
            and use.location
            and "://" not in use.location
            and not use.location.startswith("~")
        )
        if arguments:
            found[position] = arguments
    return found


def _original_names(analysis: Analysis) -> dict[str, str]:
    return {new: old for change in analysis.renames for old, new in change.stores.items()}


def _introduction(analysis: Analysis) -> tuple[str, ...]:
    """Return the first paragraphs of prose above the first code: no lists, tables or long texts."""
    first_code = next((c.index for c in analysis.program.cells if c.kind == "code"), 0)
    prose = (c.source for c in analysis.program.cells[:first_code] if c.kind == "markdown")
    paragraphs = (part for text in prose for part in re.split(r"\n\s*\n", plain_text(text)))
    told = [
        " ".join(part.split())
        for part in paragraphs
        if not re.search(r"^\s*([-*+>|]|\d+[.)])", part, flags=re.M)
    ]
    return tuple(t for t in told if 40 <= len(t) <= 600 and not t.endswith(":"))[:3]


def _check_name(package: str) -> None:
    if not re.fullmatch(r"[A-Za-z_]\w*", package, re.A) or keyword.iskeyword(package):
        raise InputError(
            f"{package!r} is no name of a package; use letters, digits and underscores, and no word"
            " of Python's own."
        )
    if package in sys.stdlib_module_names:
        raise InputError(f"Python itself has a module {package}; choose another name.")


def _left_out(analysis: Analysis, lifting: Lifting, selection: Selection) -> tuple[LeftOut, ...]:
    used = _used_names(analysis, lifting, selection)
    own = [
        LeftOut(analysis.statements[p].origin, ast.unparse(analysis.statements[p].node), reason)
        for p, reason in selection.left_out
    ]
    unused = [
        LeftOut(
            analysis.statements[p].origin, ast.unparse(analysis.statements[p].node), "unused import"
        )
        for p in sorted({p for positions in lifting.imports.values() for p in positions})
        if not (analysis.names[p].imports.keys() & used) and not analysis.names[p].stars
    ]
    every = [*analysis.program.left_out, *analysis.left_out, *own, *unused]
    return tuple(sorted(every, key=lambda item: (item.origin.cell, item.origin.line)))


def _used_names(analysis: Analysis, lifting: Lifting, selection: Selection) -> set[str]:
    positions = [*selection.kept, *lifting.definitions.values()]
    uses = [analysis.names[p] for p in positions]
    return {name for use in uses for name in (*use.reads, *use.late, *use.mentions)}


def _undefined(analysis: Analysis, live: Liveness) -> list[Diagnostic]:
    """Report names that become parameters of run() because nothing binds them in time."""
    found = []
    hidden = covered(analysis.renames)
    for name, required in live.entry.items():
        if name in hidden:
            continue
        position = live.readers[name][0]
        later = any(name in use.writes | use.maybe for use in analysis.names)
        when = "before anything binds it" if later else "and nothing binds it"
        role = "a required" if required else "an optional"
        found.append(
            Diagnostic(
                "NB301",
                f"`{name}` is read here {when}; it became {role} parameter of run()",
                "warning" if required else "note",
                analysis.statements[position].origin,
                "define it above, or pass it to run()",
            )
        )
    return found


def _prove_nothing_lost(plan: Plan, constants: Collection[int]) -> None:
    """Check the conservation law: every statement stands in one place of the package or is listed."""
    analysis = plan.analysis
    places = [p for function in plan.functions for p in function.statements]
    places += [definition.statement for definition in plan.definitions]
    places += constants
    once = {position for position, count in Counter(places).items() if count == 1}
    listed = {(item.origin, item.code) for item in plan.left_out}
    imported = {p for found in plan.imports.values() for p in found.statements}
    for position, statement in enumerate(analysis.statements):
        if position in imported or position in once:
            continue
        if (statement.origin, ast.unparse(statement.node)) not in listed:
            raise InternalError(
                f"cell {statement.origin.cell}, line {statement.origin.line}: the plan loses "
                "this statement; please report the notebook"
            )
