"""Tests of what the notebook's saved outputs recorded."""

from __future__ import annotations

import ast
import copy
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from nb2prod.model import Cell, Plan
from nb2prod.render.code import ModuleWriter
from nb2prod.render.tests.chance import uncertain, varies
from nb2prod.render.tests.modules import import_lines
from nb2prod.render.tests.properties import HARMLESS
from nb2prod.render.tests.shown import Column, Labels, Scalar, Shown, Table, shown_value
from nb2prod.render.tests.steps import Renaming, steps
from nb2prod.secrets.pieces import texts_of
from nb2prod.secrets.placeholder import removed

_LONGEST = 120  # characters of an expression
_MODELLED = 0.02  # relative tolerance of what an estimator computed: libraries change
_FEW = 8  # counts that a test shows itself
_MOST_TEXT = 3_000
_PRINTS = re.compile(
    r"\b(p?print|display|info|system|subprocess|summary|progress_apply|tqdm|Popen|eval|exec|write"
    r"|help)\b|verbose|\.fit\(.*epochs"
)
_UNSTEADY = re.compile(r"0x[0-9a-f]{6}|memory usage|\d+(\.\d+)? ?(ms|µs|s)\b|\d\d:\d\d:\d\d")
GOLDEN = PurePosixPath("tests/golden")


@dataclass(frozen=True)
class Text:
    """What a function printed."""

    text: str


@dataclass(frozen=True)
class Seen:
    """What a cell showed: the expression, its names' witnesses, and the value."""

    cell: int
    expression: str
    takes: Mapping[str, str]  # name -> where a test takes it from
    imports: frozenset[str]
    value: Shown | Text
    tolerance: float = 0
    title: str = ""


_PRIMARIES = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)  # what `.` binds to as a whole
_OPERANDS = (*_PRIMARIES, ast.BinOp, ast.UnaryOp, ast.Constant, ast.JoinedStr, ast.List, ast.Dict)


@dataclass(frozen=True)
class Recorded:
    """The source of test_recorded.py, and the tables and texts that it compares with."""

    code: Mapping[PurePosixPath, str]
    golden: Mapping[PurePosixPath, bytes]


def recorded_tests(plan: Plan) -> Recorded:
    """Return the tests of what the saved outputs recorded; empty when nothing of it must hold."""
    if plan.namespace:
        return Recorded({}, {})
    digits = len(str(len(plan.analysis.program.cells)))
    tests: dict[str, str] = {}
    golden: dict[PurePosixPath, bytes] = {}
    imports: set[str] = set()
    for one in (*_seen(plan), *printed_texts(plan)):
        name = _name(one)
        if name in tests:
            continue
        imports |= one.imports
        file = f"cell_{one.cell:0{digits}}_{name.removeprefix('test_').partition('_is_as_')[0]}"
        tests[name] = "\n".join(_test(one, name, file))
        if data := _golden(one):
            golden[GOLDEN / f"{file}{data[0]}"] = data[1]
    if not tests:
        return Recorded({}, {})
    lines = ['"""What the notebook\'s saved outputs show, on the recorded run."""', ""]
    lines += import_lines(plan, ModuleWriter(plan), sorted(imports))
    body = "\n\n\n".join(tests.values())
    if "pytest." in body:
        lines.append("import pytest")
    text = "\n".join(lines) + "\n\n\n" + body + "\n"
    return Recorded({PurePosixPath("tests/test_recorded.py"): text}, golden)


def _seen(plan: Plan) -> Iterator[Seen]:
    analysis = plan.analysis
    cells = {cell.index: cell for cell in analysis.program.cells}
    trusted = trusted_cells(analysis.program.cells)
    chance = uncertain(plan)
    witnesses = Witnesses(plan)
    fitted = _fitted(plan)
    for position, statement in enumerate(analysis.statements):
        cell = cells[statement.origin.cell]
        if not statement.display or cell.index not in trusted:
            continue
        results = [o for o in cell.outputs if o.get("output_type") == "execute_result"]
        value = shown_value(results[0]) if len(results) == 1 else None
        if value is None or varies(plan, position, chance[position]):
            continue
        reads = analysis.names[position].reads
        tolerance = _MODELLED if reads & fitted[position] else 0
        found = witnesses.expression(position)
        if found:
            yield Seen(cell.index, *found, value, tolerance)


def printed_texts(plan: Plan) -> Iterator[Seen]:
    """Yield what functions print where their cells' saved outputs say it, and nothing else."""
    analysis = plan.analysis
    cells = {cell.index: cell for cell in analysis.program.cells}
    trusted = trusted_cells(analysis.program.cells)
    chance, fitted = uncertain(plan), _fitted(plan)
    printing = {p for p in range(len(analysis.statements)) if _may_print(plan, p)}
    for function in plan.functions:
        own = [p for p in function.statements if p in printing]
        sources = dict.fromkeys(analysis.statements[p].origin.cell for p in own)
        every = {p for p in printing if analysis.statements[p].origin.cell in sources}
        if not own or every != set(own) or not sources.keys() <= trusted:
            continue
        text = "".join(_stdout(cells[index]) for index in sources)
        if not text.strip() or len(text) > _MOST_TEXT or _UNSTEADY.search(text):
            continue
        if any(varies(plan, p, chance[p]) for p in function.statements):
            continue
        reads = frozenset().union(*(analysis.names[p].reads for p in own))
        modelled = any(reads & fitted[p] for p in own)
        name = f"{function.name}.printed"
        call = f'calls["{function.name}"].printed'
        takes = {"printed": call}
        text = "\n".join(line.rstrip() for line in text.strip("\n").split("\n")) + "\n"
        yield Seen(
            max(sources),
            "printed",
            takes,
            frozenset(),
            Text(text),
            _MODELLED if modelled else 0,
            name,
        )


def _stdout(cell: Cell) -> str:
    outputs = [o for o in cell.outputs if o.get("output_type") == "stream"]
    return "".join(str(o.get("text", "")) for o in outputs if o.get("name") == "stdout")


def _may_print(plan: Plan, position: int) -> bool:
    """Say whether a statement may print, also through a helper that it calls."""
    analysis = plan.analysis
    use = analysis.names[position]
    node = analysis.statements[position].node
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return False
    called = (use.reads | use.late) & {n for d in plan.definitions for n in d.names}
    sources = [d.statement for d in plan.definitions if called & set(d.names)]
    text = "\n".join(ast.unparse(analysis.statements[p].node) for p in (position, *sources))
    return bool(_PRINTS.search(text))


def trusted_cells(cells: Iterable[Cell]) -> set[int]:
    """Return the cells whose outputs stem from one run from top to bottom up to them."""
    found = set()
    last = 0
    for cell in cells:
        if cell.kind != "code" or not cell.source.strip():
            continue
        if cell.execution_count is None or cell.execution_count != last + 1:
            break
        last = cell.execution_count
        if not any(removed(text) for text in texts_of(list(cell.outputs))):
            found.add(cell.index)
    return found


def _fitted(plan: Plan) -> list[frozenset[str]]:
    """Return for each statement the names whose values some estimator computed."""
    names: set[str] = set()
    found = []
    for use, facts in zip(plan.analysis.names, plan.analysis.facts, strict=True):
        if facts.fits or use.reads & names:
            names |= use.writes | use.maybe | use.mutates | set(facts.fits)
        found.append(frozenset(names))
    return found


class Witnesses:
    """Where a test finds the value that a name had when a statement ran."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._homes = {p: i for i, f in enumerate(plan.functions) for p in f.statements}
        self._changes: dict[str, list[tuple[int, int]]] = {}
        for index, function in enumerate(plan.functions):
            for step in steps(plan, function):
                for change in step.changes:
                    place = (index, step.position)
                    self._changes.setdefault(change.name, []).append(place)

    def expression(self, position: int) -> tuple[str, dict[str, str], frozenset[str]] | None:
        """Return a displayed expression, its names' places, and the imports it needs."""
        for function in self.plan.functions:
            if position in function.shown:
                name = function.shown[position]
                return name, {name: f'results["{name}"]'}, frozenset()
        analysis = self.plan.analysis
        change = analysis.renames[position]
        node = copy.deepcopy(analysis.statements[position].node)
        renamed = Renaming(change.loads, change.stores).visit(node)
        text = ast.unparse(renamed.value)
        if len(text) > _LONGEST or not self._is_calm(position, renamed):
            return None
        takes, imports = {}, set()
        for name in sorted(analysis.names[position].reads | analysis.names[position].late):
            if name in self.plan.imports:
                imports.add(name)
            elif place := self._place(name, position):
                takes[name] = place
            else:
                return None
        return (text, takes, frozenset(imports)) if takes else None

    def _is_calm(self, position: int, node: ast.stmt) -> bool:
        """Say whether computing what was displayed once more changes nothing."""
        if self.plan.analysis.facts[position].pure:
            return True
        return not any(
            isinstance(part, ast.Call)
            and not (isinstance(part.func, ast.Name) and part.func.id in HARMLESS)
            for part in ast.walk(node)
        )

    def _place(self, name: str, position: int) -> str | None:
        """Return the copy of `name` that has its value as of a statement."""
        changes = self._changes.get(name, [])
        earlier = [index for index, place in changes if place < position]
        later = [index for index, place in changes if place > position]
        if not earlier:
            return None
        last = max(earlier)
        if any(index <= last for index in later):
            return None
        function = self.plan.functions[last]
        outputs = (*function.outputs, *function.shown.values())
        if name in outputs:
            part = "" if len(outputs) == 1 else f"[{outputs.index(name)}]"
            return f'calls["{function.name}"].returned{part}'
        for index, following in enumerate(self.plan.functions[last + 1 :], last + 1):
            if name in following.inputs:
                return f'calls["{following.name}"].given["{name}"]'
            if index in later:
                break
        return None


def _name(seen: Seen) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", seen.title or seen.expression)
    words = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").lower()[:40].strip("_")
    return f"test_{words or 'value'}_is_as_cell_{seen.cell}_showed"


def _test(seen: Seen, name: str, file: str) -> Iterator[str]:
    body = list(_asserts(seen, file))
    text = "\n".join((*seen.takes.values(), *body))
    fixtures = [f for f in ("calls", "results", "golden") if re.search(rf"\b{f}[\[(]", text)]
    yield f"def {name}({', '.join(fixtures)}):"
    yield from (f"    {taken} = {place}" for taken, place in seen.takes.items())
    yield from (f"    {line}" for line in body)


def _asserts(seen: Seen, file: str) -> Iterator[str]:
    tolerance = f", rel={seen.tolerance}" if seen.tolerance else ""
    match seen.value:
        case Scalar(value=value, array=True):
            flat = f"{_within(seen.expression, _PRIMARIES)}.ravel().tolist()"
            yield f"assert {_equal(flat, _flat(value), seen.tolerance)}"
        case Scalar(value=value):
            operand = _within(seen.expression, _OPERANDS)
            yield f"assert {_equal(operand, value, seen.tolerance)}"
        case Labels(values=values):
            yield f"assert list({seen.expression}) == {list(values)!r}"
        case Text():
            yield f"assert golden({f'{file}.txt'!r}{tolerance}) == {seen.expression}"
        case Column(values=values) if len(values) <= _FEW and _are_counts(values):
            counts = {label: int(number) for label, number in values.items()}
            yield f"shown = {seen.expression}"
            yield f"assert {{str(label): n for label, n in shown.items()}} == {counts!r}"
        case Table(rows=()):
            yield f"shown = {seen.expression}"
            if seen.value.columns:
                yield f"assert [*map(str, shown.columns)] == {list(seen.value.columns)!r}"
            if seen.value.size:
                yield f"assert shown.shape == {seen.value.size!r}"
        case _:
            yield f"assert golden({f'{file}.csv'!r}{tolerance}) == {seen.expression}"


def _within(expression: str, kinds: tuple[type[ast.expr], ...]) -> str:
    """Return an expression as part of a larger one: in parentheses unless it is of these kinds."""
    node = ast.parse(expression, mode="eval").body
    negated = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return expression if isinstance(node, kinds) and not negated else f"({expression})"


def _golden(seen: Seen) -> tuple[str, bytes] | None:
    """Return what goes into a file, and the file's ending; None when the test says it all."""
    match seen.value:
        case Text(text=text):
            return ".txt", text.encode()
        case Table(columns=columns, rows=rows) if rows:
            return ".csv", _csv([columns, *rows])
        case Column(values=values) if len(values) > _FEW or not _are_counts(values):
            return ".csv", _csv([["", "value"], *map(list, values.items())])
    return None


def _csv(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _are_counts(values: Mapping[str, str]) -> bool:
    return all(re.fullmatch(r"-?\d+", number) for number in values.values())


def _flat(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        return [value]
    return [part for item in value for part in _flat(item)]


def _equal(expression: str, value: Any, tolerance: float) -> str:
    """Write a comparison: exact for counts and texts, with a tolerance for other numbers."""
    parts = list(value.values()) if isinstance(value, dict) else _flat(value)
    numbers = all(isinstance(part, int | float) for part in parts)
    if not numbers or not any(isinstance(part, float) for part in parts) or _is_deep(value):
        return f"{expression} == {value!r}"
    return f"{expression} == pytest.approx({value!r}, rel={tolerance or 1e-6})"


def _is_deep(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(v, list | tuple) for v in value)
