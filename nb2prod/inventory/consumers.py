"""Which functions of the package use what a call reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from nb2prod.model import Function, Plan, Source


def with_consumers(sources: Sequence[Source], plan: Plan) -> tuple[Source, ...]:
    """Return the entries with the functions of the plan that load them, and work on their data."""
    return tuple(replace(source, consumers=tuple(_consumers(source, plan))) for source in sources)


def _consumers(source: Source, plan: Plan) -> Iterator[str]:
    loaders = [
        function for function in plan.functions if _stands_in(source, function.statements, plan)
    ]
    facts = plan.analysis.facts
    for function in plan.functions:
        at_hand = function in loaders
        later = source.direction == "read" and source.variable is not None
        flows = later and any(source.variable in facts[p].datasets for p in function.statements)
        if at_hand or flows:
            yield _qualified(function, plan)
    for definition in plan.definitions:
        if _stands_in(source, [definition.statement], plan):
            module = f"{plan.package}.{definition.module}"
            yield from (f"{module}.{name}" for name in definition.names)


def _qualified(function: Function, plan: Plan) -> str:
    return f"{plan.package}.{function.module}.{function.name}"


def _stands_in(source: Source, positions: Iterable[int], plan: Plan) -> bool:
    origins = (plan.analysis.statements[position].origin for position in positions)
    return any(o.cell == source.cell and o.line <= source.line <= o.end_line for o in origins)
