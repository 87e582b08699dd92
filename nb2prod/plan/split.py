"""Cut the kept statements into functions: each about one topic, few parameters, one screen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from nb2prod.model import Analysis, Cell, Stage
from nb2prod.plan.lifting import Lifting, merge
from nb2prod.plan.liveness import Liveness, interface
from nb2prod.plan.selection import Selection

MAX_LINES = 40
MAX_PARAMETERS = 7
_WINDOW = 40  # statements that a function may be looked for in

_MODULES: dict[Stage, str] = {
    "setup": "environment",
    "load": "data_sources",
    "feature": "features",
    "explore": "exploration",
    "train": "training",
    "evaluate": "evaluation",
    "predict": "prediction",
    "save": "outputs",
    "other": "analysis",
}


# Stages that only prepare: between them a cell is not cut.
_SOFT = frozenset({"clean", "feature", "explore", "other"})
_DECORATIONS = frozenset(
    "figure subplot subplots title suptitle xlabel ylabel xticks yticks xlim ylim legend grid show axis "
    "colorbar tight_layout text annotate axhline axvline subplots_adjust gca gcf xticklabels "
    "yticklabels spines tick_params margins".split()
)


@dataclass(frozen=True, slots=True)
class Unit:
    """Statements that stay together: mostly one."""

    positions: tuple[int, ...]
    module: str
    stage: Stage
    explore: bool
    cell: int
    section: int
    lines: int


@dataclass(frozen=True, slots=True)
class Group:
    """Consecutive statements that become one function."""

    positions: tuple[int, ...]
    module: str
    stage: Stage
    explore: bool


def sections(cells: Sequence[Cell]) -> dict[int, int]:
    """Return for every cell the index of the last markdown cell with a heading above it (-1: none)."""
    found, current = {}, -1
    for cell in cells:
        if cell.kind == "markdown" and re.search(r"^\s{0,3}#{1,6}\s|<h[1-6]", cell.source, re.M):
            current = cell.index
        found[cell.index] = current
    return found


def cut(
    analysis: Analysis,
    lifting: Lifting,
    selection: Selection,
    live: Liveness,
    constants: frozenset[str],
) -> list[Group]:
    """Return the functions as groups of statements, in the notebook's order."""
    units = list(_units(analysis, lifting, selection, live.order))
    groups = []
    for (module, explore), run in groupby(units, key=lambda unit: (unit.module, unit.explore)):
        for part in _best_cuts(live, list(run), constants):
            positions = tuple(p for unit in part for p in unit.positions)
            groups.append(Group(positions, module, _main_stage(part), explore))
    return groups


def _main_stage(units: Sequence[Unit]) -> Stage:
    return max(units, key=lambda unit: unit.lines).stage


def _units(
    analysis: Analysis, lifting: Lifting, selection: Selection, kept: Sequence[int]
) -> Iterator[Unit]:
    section_of = sections(analysis.program.cells)
    ranges = merge(lifting.together)
    owner = {p: index for index, (low, high) in enumerate(ranges) for p in range(low, high + 1)}
    stages = _smooth(analysis, kept)
    _unite(stages, analysis, [p for p in kept if p not in selection.explored])
    modules = _Modules(analysis)
    for _, group in groupby(kept, key=lambda p: ("range", owner[p]) if p in owner else ("one", p)):
        positions = tuple(group)
        stage = _weightiest(stages, positions, analysis)
        module = modules.of(stage, positions)
        yield Unit(
            positions=positions,
            module=module,
            stage=stage,
            explore=all(p in selection.explored for p in positions),
            cell=analysis.statements[positions[0]].origin.cell,
            section=section_of[analysis.statements[positions[0]].origin.cell],
            lines=sum(_line_count(analysis, p) for p in positions),
        )


def _line_count(analysis: Analysis, position: int) -> int:
    node = analysis.statements[position].node
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _weightiest(stages: Mapping[int, Stage], positions: Sequence[int], analysis: Analysis) -> Stage:
    lines: dict[Stage, int] = {}
    for position in positions:
        stage = stages[position]
        lines[stage] = lines.get(stage, 0) + _line_count(analysis, position)
    return max(lines, key=lambda stage: lines[stage])


def _smooth(analysis: Analysis, kept: Sequence[int]) -> dict[int, Stage]:
    """Let statements of no stage of their own go with the rest of their cell."""
    stages = {p: analysis.facts[p].stage for p in kept}
    for _, group in groupby(kept, key=lambda p: analysis.statements[p].origin.cell):
        positions = list(group)
        known: Stage | None = None
        for position in reversed(positions):  # what prepares goes with what it prepares
            neutral = (
                stages[position] == "other"
                or (stages[position] == "setup" and _plain(analysis.statements[position].node))
                or (stages[position] == "explore" and _decorates(analysis.facts[position].calls))
            )
            if neutral and known:
                stages[position] = known
            elif not neutral:
                known = stages[position]
        known = None
        for position in positions:
            neutral = stages[position] == "other" or (
                stages[position] == "explore" and _decorates(analysis.facts[position].calls)
            )
            if neutral and known:
                stages[position] = known
            elif not neutral:
                known = stages[position]
    return stages


def _unite(stages: dict[int, Stage], analysis: Analysis, kept: Sequence[int]) -> None:
    """Give what prepares data in one cell one stage: where it changes to and fro, the main one.

    Cleaning and features are told apart by statement, but a function holds more than one.
    """
    for _, group in groupby(kept, key=lambda p: analysis.statements[p].origin.cell):
        for soft, run in groupby(list(group), key=lambda p: stages[p] in _SOFT):
            positions = list(run)
            if soft:
                main = _weightiest(
                    stages, [p for p in positions if stages[p] != "explore"] or positions, analysis
                )
                stages.update(dict.fromkeys(positions, main))


def _decorates(calls: Sequence[str]) -> bool:
    """Whether a statement only prepares, labels or shows a figure that another one draws."""
    return bool(calls) and all(
        call.startswith("matplotlib.")
        and call.rpartition(".")[2].removeprefix("set_") in _DECORATIONS
        for call in calls
    )


def _plain(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign | ast.AnnAssign)


class _Modules:
    """Chooses the module of a statement; remembers who made what, so that saving goes along."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.makers: dict[str, str] = {}
        self.datasets = {d for facts in analysis.facts for d in facts.datasets}
        self.last_cleaning = ""

    def of(self, stage: Stage, positions: Sequence[int]) -> str:
        names = [self.analysis.names[p] for p in positions]
        if stage == "clean":
            module = self._cleaning(positions)
        elif stage == "save":
            used = [name for use in names for name in sorted(use.reads) if name in self.makers]
            module = next(
                (self.makers[n] for n in used if self.makers[n] != "data_sources"), "outputs"
            )
        else:
            module = _MODULES[stage]
        for use in names:
            self.makers.update(dict.fromkeys(use.writes | use.maybe, module))
        return module

    def _cleaning(self, positions: Sequence[int]) -> str:
        found = frozenset().union(*(self.analysis.facts[p].datasets for p in positions))
        if len(self.datasets) == 1:
            found = frozenset(self.datasets)
        if len(found) == 1:
            module = f"cleaning.{module_name(next(iter(found)))}"
        elif found or not self.last_cleaning:
            module = "cleaning.combined" if self.datasets else "cleaning.data"
        else:
            module = self.last_cleaning
        self.last_cleaning = module
        return module


def module_name(variable: str) -> str:
    """Return a variable's name as that of a module."""
    name = re.sub(r"\W+", "_", variable.lower()).strip("_")
    return name if name.isidentifier() and name != "combined" else f"data_{name}".rstrip("_")


@dataclass(frozen=True, slots=True)
class _Part:
    """Consecutive units that may become one function, and what is seen of them at once."""

    start: int
    lines: int
    sections: int  # changes from one to another
    cells: int
    torn: bool  # its last cell goes on behind it
    unrelated: int

    def cost(self, inputs: int = 0, outputs: int = 0) -> float:
        """One for every function, more for what makes it hard to read."""
        cost = 1.0
        cost += max(0, self.lines - MAX_LINES) * 0.5
        cost += max(0, inputs - MAX_PARAMETERS) * 1.5
        cost += max(0, outputs - MAX_PARAMETERS) * 1.0
        cost += 0.9 * self.sections
        cost += 0.15 * self.cells
        cost += 0.6 * self.torn
        cost += 5.0 * self.unrelated
        return cost


def _best_cuts(
    live: Liveness, units: Sequence[Unit], constants: frozenset[str]
) -> list[Sequence[Unit]]:
    """Split a run of units of one module at the least total cost (dynamic programming).

    Parameters and results take long to find, and only add to the cost: they are looked for as long as
    a part without any would be the best (branch and bound).
    """
    best = [0.0]
    start_of: list[int] = [0]
    for end in range(1, len(units) + 1):
        found = (float("inf"), 0)
        parts = {part.start: part for part in _parts(live, units, end)}
        for least, start in sorted((best[start] + p.cost(), start) for start, p in parts.items()):
            if (least, start) > found:
                break
            positions = [p for unit in units[start:end] for p in unit.positions]
            shape = interface(live, positions, constants)
            cost = parts[start].cost(len(shape.inputs), len(shape.outputs))
            found = min(found, (best[start] + cost, start))
        best.append(found[0])
        start_of.append(found[1])
    cuts: list[Sequence[Unit]] = []
    end = len(units)
    while end:
        cuts.append(units[start_of[end] : end])
        end = start_of[end]
    return cuts[::-1]


def _parts(live: Liveness, units: Sequence[Unit], end: int) -> Iterator[_Part]:
    """Yield the parts that end before `end`, the shortest first."""
    torn = end < len(units) and units[end].cell == units[end - 1].cell
    lines = sections = cells = 0
    for start in range(end - 1, max(-1, end - 1 - _WINDOW), -1):
        lines += units[start].lines
        if start + 1 < end:
            if lines > 2 * MAX_LINES:
                return
            sections += units[start].section != units[start + 1].section
            cells += units[start].cell != units[start + 1].cell
        loads = units[start].module == "data_sources"
        unrelated = _unrelated(live, units[start:end]) if loads else 0
        yield _Part(start, lines, sections, cells, torn, unrelated)


def _unrelated(live: Liveness, part: Sequence[Unit]) -> int:
    """Count the loads that use nothing of what stands before them: sources of their own."""
    written: set[str] = set()
    count = 0
    for index, unit in enumerate(part):
        flows = [live.flows[p] for p in unit.positions]
        reads = frozenset().union(*(flow.reads for flow in flows))
        count += bool(index and not reads & written)
        for flow in flows:
            written |= flow.writes | flow.maybe
    return count
