"""The stage of each statement, with the evidence, and of each cell."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nb2prod.analysis.calls import Interpreter
from nb2prod.analysis.effects import is_pure, may_draw
from nb2prod.analysis.evidence import NOTHING, Evidence, changed_names, judge, of_definition
from nb2prod.analysis.prose import Prose
from nb2prod.analysis.purpose import Step, by_purpose
from nb2prod.analysis.reading import Call, Part, Reading
from nb2prod.analysis.sources import data_uses
from nb2prod.analysis.topics import Flow
from nb2prod.knowledge.conventions import topics_of
from nb2prod.knowledge.tables import Knowledge
from nb2prod.model import Cell, Facts, Names, Program, Stage, Statement

_NORM = 2.5  # how much several small things weigh against one big one: 1 adds up, infinity takes the largest


def describe(
    program: Program,
    statements: Sequence[Statement],
    names: Sequence[Names],
    knowledge: Knowledge | None = None,
) -> tuple[Facts, ...]:
    """Return what each statement is about; `statements` are in the order in which they run.

    The stages are those that the code suggests: `staged` puts the user's in their place.
    """
    describer = _Describer(names, knowledge or Knowledge())
    pairs = zip(statements, names, strict=True)
    read = [describer.read(*pair) for pair in pairs]
    facts, evidence = [fact for fact, _ in read], [one for _, one in read]
    prose = Prose(program.cells)
    steps = [
        Step(use.reads | use.late, use.writes | use.maybe, use.mutates, statement.origin.cell)
        for statement, use in zip(statements, names, strict=True)
    ]
    weighed = map(prose.weigh, by_purpose(evidence, steps), statements)
    return tuple(
        replace(fact, stage=one.stage, evidence=one.reason, weight=one.weight)
        for fact, one in zip(facts, weighed, strict=True)
    )


def staged(
    facts: Sequence[Facts], statements: Sequence[Statement], cells: Sequence[Cell]
) -> tuple[Facts, ...]:
    """Return the facts with the stages that users gave to their cells."""
    overrides = {cell.index: cell.stage for cell in cells if cell.stage}
    return tuple(
        replace(fact, stage=override, evidence="set by the user") if override else fact
        for fact, override in (
            (fact, overrides.get(statement.origin.cell))
            for fact, statement in zip(facts, statements, strict=True)
        )
    )


def cell_stage(facts: Sequence[Facts], statements: Sequence[Statement]) -> Stage:
    """Return the stage that a cell is mostly about."""
    return combine(Evidence(f.stage, f.weight, f.evidence) for f in facts).stage


def combine(evidence: Iterable[Evidence]) -> Evidence:
    """Return the evidence of the stage with most of it, weighed together."""
    by_stage: dict[Stage, list[Evidence]] = defaultdict(list)
    for one in evidence:
        if one.weight:
            by_stage[one.stage].append(one)
    if not by_stage:
        return NOTHING
    stage = max(by_stage, key=lambda stage: _together(by_stage[stage]))
    strongest = max(by_stage[stage], key=lambda one: one.weight)
    return replace(strongest, weight=round(_together(by_stage[stage])))


def _together(evidence: Sequence[Evidence]) -> float:
    norm: float = sum(one.weight**_NORM for one in evidence) ** (1 / _NORM)
    return norm


class _Describer:
    """Reads one statement after the other, with what the earlier ones left."""

    def __init__(self, names: Sequence[Names], knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        unstable = frozenset[str]().union(*(use.rebinds for use in names))
        self._interpreter = Interpreter(knowledge, unstable)
        self._topics = Flow()
        self._datasets = Flow()
        self._functions: dict[str, Evidence] = {}
        self._plain: set[str] = set()  # variables whose names suggest no topic

    def read(self, statement: Statement, use: Names) -> tuple[Facts, Evidence]:
        """Return what a statement does and the evidence for its stage; nothing if it is too deep."""
        try:
            return self._read(statement.node, use)
        except RecursionError:
            self._interpreter.doubt()
            return Facts(draws=True), NOTHING

    def _read(self, node: ast.stmt, use: Names) -> tuple[Facts, Evidence]:
        reading = self._interpreter.read(node)
        if use.dynamic:
            self._interpreter.doubt()
        evidence = self._evidence(node, reading.parts)
        self._let_topics_flow(use, reading)
        run = [call for call in reading.calls() if not call.deferred]
        facts = Facts(
            calls=tuple(call.name for call in reading.calls() if call.name),
            types=self._types(use),
            pure=is_pure(node, reading),
            draws=any(may_draw(call, self._knowledge) for call in run),
            uses=data_uses(node, reading),
            fits=fitted(node, run),
            datasets=self._let_datasets_flow(use, run),
        )
        return facts, evidence

    def _evidence(self, node: ast.stmt, found: Sequence[Part]) -> Evidence:
        inside: dict[str, frozenset[str]] = {}
        judged = [self._judge(part, inside) for part in found]
        if len(found) > 1:
            steps = [Step(set(p.variables), p.binds, changed_names(p.node)) for p in found]
            judged = by_purpose(judged, steps)
        evidence = combine(judged)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self._functions[node.name] = evidence
            return of_definition(node, evidence)
        return evidence

    def _judge(self, part: Part, inside: dict[str, frozenset[str]]) -> Evidence:
        """Return a part's evidence; `inside` are the topics of what the statement's parts bind."""
        read = part.names
        named = (self._named(name) for name in read)
        within = (inside[name] for name in read if name in inside)
        topics = self._topics.into(read).union(*named, *within)
        evidence = judge(part, topics, self._functions)
        made = frozenset(call.row.makes for call in part.calls if call.row and call.row.makes)
        inside.update(dict.fromkeys(part.binds, topics | made))
        return evidence

    def _named(self, name: str) -> frozenset[str]:
        """Return the topics that a name suggests, where nothing better is known."""
        topics = topics_of(name)
        return topics & _LASTING if name in self._plain else topics

    def _types(self, use: Names) -> dict[str, str]:
        """Return the types, for annotations, of the names that a statement binds."""
        types = {}
        for name in sorted(use.writes | use.maybe):
            value = self._interpreter.value(name)
            named = value.sure and value.type not in _NAMELESS and not value.own_class
            if named and not self._knowledge.type(value.type).abstract:
                types[name] = value.type
        return types

    def _let_topics_flow(self, use: Names, reading: Reading) -> None:
        made = frozenset(call.row.makes for call in reading.calls() if call.row and call.row.makes)
        marks = self._topics.into(use.reads) | made
        staged = any(call.row is not None and call.row.stage for call in reading.calls())
        self._plain -= use.writes
        if staged and not marks:
            self._plain |= use.writes
        self._topics.assign(use, marks)
        self._topics.add(use.mutates, marks)

    def _let_datasets_flow(self, use: Names, run: Sequence[Call]) -> frozenset[str]:
        """Return the data sets that flow into a statement; what it loads is named after its variable."""
        read = self._datasets.into(use.reads | use.late)
        if any(map(loads, run)):
            for name in use.writes:
                self._datasets.set(name, frozenset({name}))
            return read | use.writes
        self._datasets.assign(use, read)
        return read


_LASTING = frozenset({"submission"})  # topics of a name whatever it was made from
_NAMELESS = frozenset({"", "None", "object", "function"})


def loads(call: Call) -> bool:
    """Return whether a call brings data in, itself or inside a function of the notebook."""
    if call.function is not None:
        return any(map(loads, call.function.calls))
    return call.row is not None and call.row.stage == "load"


def fitted(node: ast.stmt, run: Sequence[Call]) -> tuple[str, ...]:
    """Return the names of the estimators that a statement fits."""
    names: dict[str, None] = {}
    for call in run:
        if call.row is None or not call.row.fits or not isinstance(call.node, ast.Call):
            continue
        receiver = call.node.func.value if isinstance(call.node.func, ast.Attribute) else None
        if isinstance(receiver, ast.Name):
            names[receiver.id] = None
        elif isinstance(node, ast.Assign) and node.value is call.node:
            names.update({t.id: None for t in node.targets if isinstance(t, ast.Name)})
    return tuple(names)
