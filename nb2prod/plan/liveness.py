"""What flows between the statements that are kept: live variables (Aho et al., Compilers, 9.2.5)."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nb2prod.analysis.tree import walk
from nb2prod.analysis.versions import BUILTINS, covered
from nb2prod.model import Analysis
from nb2prod.plan.lifting import Lifting, bound_names


@dataclass(frozen=True, slots=True)
class Flow:
    """Variables of one kept statement, once imports and definitions are at module level."""

    reads: frozenset[str]
    again: frozenset[str]  # those of `reads` that need not be bound before
    certain: frozenset[str]
    passed: frozenset[str]  # those of `reads` that only go to functions which may read them
    writes: frozenset[str]
    maybe: frozenset[str]
    mutates: frozenset[str]
    deletes: frozenset[str]
    rebinds: frozenset[str]
    sequence: tuple[str, ...]  # all of these names, in the order of the source


@dataclass(frozen=True, slots=True)
class Liveness:
    """Flows by statement position, and the variables live after each kept statement."""

    flows: Mapping[int, Flow]
    order: Sequence[int]
    after: Mapping[int, frozenset[str]]
    before: Mapping[int, frozenset[str]]  # variables that may be bound before it
    entry: Mapping[str, bool]  # read before anything binds them; True: on every path
    readers: Mapping[str, Sequence[int]]  # statements that read or may bind a variable

    def surely_read(self, name: str, position: int) -> bool:
        """Whether the next statement after `position` that reads `name` does so on every path."""
        readers = self.readers.get(name, ())
        index = bisect_right(readers, position)
        return index < len(readers) and name in self.flows[readers[index]].certain


def flow_of(analysis: Analysis, lifting: Lifting, position: int, bound: frozenset[str]) -> Flow:
    """Return the variables of a statement; a call of a lifted definition reads what that captures."""
    use = analysis.names[position]
    lifted = lifting.imports.keys() | lifting.definitions.keys()
    reads = use.reads | use.late | (use.mentions & bound)
    captured = frozenset(
        name
        for called in (use.reads | use.late | use.mentions) & lifting.definitions.keys()
        for name in lifting.captured[called]
    )
    values = (reads - lifted - (BUILTINS - bound)) | captured
    own = use.writes - use.deletes - use.rebinds
    late_only = values - use.reads - captured
    return Flow(
        reads=frozenset(values - (late_only & use.writes)),
        again=use.again & values,
        certain=use.certain & values,
        passed=captured - use.reads,
        writes=use.writes - lifted,
        maybe=(use.maybe - lifted) | (use.rebinds - own),
        mutates=use.mutates & values,
        deletes=use.deletes,
        rebinds=use.rebinds - use.writes,
        sequence=_in_source_order(
            analysis, position, values | use.writes | use.maybe | use.rebinds
        ),
    )


def _in_source_order(analysis: Analysis, position: int, names: frozenset[str]) -> tuple[str, ...]:
    """Return `names` as the statement mentions them; those that it does not mention come last."""
    change = analysis.renames[position]
    places: dict[str, tuple[int, int]] = {}
    for part in walk(analysis.statements[position].node):
        if isinstance(part, ast.Name):
            stored = isinstance(part.ctx, ast.Store)
            name = (change.stores if stored else change.loads).get(part.id, part.id)
            place = (part.lineno, part.col_offset)
            places[name] = min(places.get(name, place), place)
    last = (1 << 30, 0)
    return tuple(sorted(names, key=lambda name: (places.get(name, last), name)))


def liveness(
    analysis: Analysis,
    lifting: Lifting,
    kept: Sequence[int],
    results: Iterable[str] = (),
    constants: frozenset[str] = frozenset(),
) -> Liveness:
    """Return live variables of `kept`; `results` are live at the end, `constants` always bound."""
    bound_anywhere = bound_names(analysis)
    flows = {position: flow_of(analysis, lifting, position, bound_anywhere) for position in kept}
    readers: dict[str, list[int]] = defaultdict(list)
    for position in kept:
        for name in flows[position].reads | flows[position].maybe:
            readers[name].append(position)
    live = frozenset(results)
    after: dict[int, frozenset[str]] = {}
    for position in reversed(kept):
        after[position] = live
        flow = flows[position]
        live = (live - flow.writes) | flow.reads
    before: dict[int, frozenset[str]] = {}
    bound = surely = constants
    hidden = covered(analysis.renames).keys()
    entry: dict[str, bool] = {}
    for position in kept:
        before[position] = bound
        flow = flows[position]
        uncovered = (flow.reads & hidden) - surely  # unbound, it means the builtin
        for name in sorted((flow.reads - flow.again - bound) | uncovered):
            entry[name] = entry.get(name, False) or name in flow.certain
        bound = (bound | flow.writes | flow.maybe) - (flow.deletes - flow.maybe)
        surely = (surely | flow.writes) - flow.deletes
    return Liveness(flows, kept, after, before, entry, readers)


@dataclass(frozen=True, slots=True)
class Interface:
    """What a function made of consecutive statements takes and gives."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    placeholders: tuple[str, ...]  # stay None where the path that binds them is not taken
    unbound: tuple[str, ...]  # read where the notebook expects a NameError


def interface(live: Liveness, positions: Sequence[int], constants: frozenset[str]) -> Interface:
    """Return parameters and results, each in the order in which the statements name them.

    A variable bound on some paths only is a parameter too, when it may be bound before; when it is
    not, and the next read need not happen, it starts as None: such a read never happens unbound in a
    notebook that runs.
    """
    inputs: dict[str, None] = {}
    written: dict[str, None] = {}
    certain: set[str] = set()
    # deleted: and not bound again, or not surely
    gone: frozenset[str] = frozenset()
    emptied: frozenset[str] = frozenset()
    changed: dict[str, None] = {}
    rebound: set[str] = set()
    assigned: set[str] = set()
    placeholders: dict[str, None] = {}
    unbound: dict[str, None] = {}
    after = live.after[positions[-1]]
    before = live.before[positions[0]]
    for position in positions:
        flow = live.flows[position]
        for name in flow.sequence:
            if name in certain or name not in flow.reads:
                continue
            if name in before or name in live.entry:
                inputs.setdefault(name)
            elif name in flow.passed and name in written:
                placeholders.setdefault(name)
            elif name in flow.again and name not in written and name not in flow.maybe:
                unbound.setdefault(name)
        rebound |= flow.rebinds
        assigned |= (flow.writes | flow.maybe) - flow.rebinds
        for name in flow.sequence:
            if name in flow.mutates:
                changed.setdefault(name)
            if name in flow.writes | flow.maybe:
                written.setdefault(name)
        certain |= flow.writes
        certain -= flow.deletes
        gone = (gone | flow.deletes) - flow.writes - flow.maybe
        emptied = (emptied | flow.deletes) - flow.writes
    for name in written:
        if name not in certain | emptied and name in after:
            if name in before or name in live.entry:
                inputs.setdefault(name)
            elif name not in inputs and not live.surely_read(name, positions[-1]):
                placeholders.setdefault(name)
    for name in sorted(rebound - assigned):
        if name not in inputs:
            placeholders.setdefault(name)  # what `nonlocal` needs
    made = [*written, *(name for name in changed if name not in written)]
    outputs = [name for name in made if name in after and name not in gone]
    placeholders |= dict.fromkeys(name for name in outputs if name in emptied)
    return Interface(
        inputs=tuple(n for n in inputs if n not in constants)
        + tuple(n for n in inputs if n in constants),
        outputs=tuple(n for n in outputs if n not in constants),
        placeholders=tuple(n for n in placeholders if n not in inputs or n in emptied),
        unbound=tuple(n for n in unbound if n not in written),
    )
