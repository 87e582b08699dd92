"""pipeline.py: the calls in the notebook's order, and nothing else."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from nb2prod.model import Function, Plan
from nb2prod.plan.split import sections
from nb2prod.plan.titles import heading_of
from nb2prod.render.code import docstring_text

_COMMENT = 72


def pipeline(plan: Plan) -> str:
    """Return the source of pipeline.py."""
    lines = [f'"""{docstring_text(plan.title)}, in the notebook\'s order."""', ""]
    lines += ["from __future__ import annotations", ""]
    if _asynchronous(plan):
        lines += ["import asyncio", ""]
    if plan.builtins:
        lines += ["import builtins", ""]
    if plan.phases:
        lines.append(f"from {plan.package} import artifacts")
    lines.append(f"from {plan.package}.config import Config")
    lines += [f"from {plan.package}.{f.module} import {f.name}" for f in plan.functions]
    lines += ["", ""]
    lines += _run(plan)
    return "\n".join(lines) + "\n"


def _asynchronous(plan: Plan) -> bool:
    return any(function.asynchronous for function in plan.functions)


def _run(plan: Plan) -> Iterator[str]:
    required = [name for name, needed in plan.parameters.items() if needed]
    optional = [name for name, needed in plan.parameters.items() if not needed]
    parameters = [f"{plan.config}: Config | None = None", "*"]
    parameters += [f"{name}: object" for name in required]
    parameters += [f"{name}: object = None" for name in optional]
    parameters.append("explore: bool = False")
    if plan.phases:
        parameters.append("stage: str | None = None")
    returns = "dict[str, object]"
    if _asynchronous(plan):
        names = [p.partition(":")[0] for p in parameters if p != "*"]
        passed = [plan.config, *(f"{name}={name}" for name in names[1:])]
        yield f"def run({', '.join(parameters)}) -> {returns}:"
        yield '    """Run everything and return the results by name."""'
        yield f"    return asyncio.run(run_asynchronously({', '.join(passed)}))"
        yield ""
        yield ""
        yield f"async def run_asynchronously({', '.join(parameters)}) -> {returns}:"
        yield '    """Run everything in an event loop that is there already."""'
    else:
        yield f"def run({', '.join(parameters)}) -> {returns}:"
        yield from _explanation(plan)
    yield f"    {plan.config} = {plan.config} or Config()"
    yield from (f"    {name} = builtins.{hidden}" for name, hidden in plan.builtins.items())
    if plan.phases:
        yield from _stages(plan)
    else:
        yield from _calls(plan, plan.functions, "    ")
    yield f"    return {_dictionary(plan.results)}"


def _explanation(plan: Plan) -> Iterator[str]:
    if not plan.phases:
        yield '    """Run everything and return the results by name."""'
        return
    yield '    """Run everything, or one `stage` on what the stage before it stored.'
    yield ""
    yield "    Returns the results by name; those of a single stage are stored, too."
    yield '    """'


def _stages(plan: Plan) -> Iterator[str]:
    """Each stage runs when everything does or it is asked for; alone, it loads what it needs."""
    start = 0
    held: list[str] = []
    previous = ""
    results = {name: key for key, name in plan.results.items()}
    last = plan.phases[-1][0]
    for stage, end in plan.phases:
        calls = plan.functions[start:end]
        if previous:
            wanted = [name for name in held if name in _read_by(plan.functions[start:])]
            yield f'    if stage == "{stage}":'
            stored = "stored = " if wanted else ""  # loading sets the state of random draws, too
            yield f'        {stored}artifacts.load({plan.config}, "{previous}")'
            yield from (f'        {name} = stored["{results.get(name, name)}"]' for name in wanted)
            held = wanted
        yield f'    if stage in (None, "{stage}"):'
        yield from _calls(plan, calls, "        ")
        own = [name for call in calls if not call.explore for name in _outputs(call)]
        held += [name for name in dict.fromkeys(own) if name not in held]
        needed = _read_by(plan.functions[end:])
        passed_on = [name for name in held if name in needed or (name in results and name in own)]
        yield f'    if stage == "{stage}":'
        content = _dictionary({results.get(name, name): name for name in passed_on})
        if stage == last:
            yield f"        return {content}"
        else:
            yield f"        passed_on = {content}"
            yield f'        artifacts.save({plan.config}, "{stage}", passed_on)'
            yield "        return passed_on"
        previous, start = stage, end


def _outputs(call: Function) -> tuple[str, ...]:
    return (*call.outputs, *call.shown.values())


def _read_by(calls: Sequence[Function]) -> set[str]:
    """Names that `calls` take before they make them."""
    wanted: set[str] = set()
    for call in reversed(calls):
        wanted -= {*_outputs(call)}
        wanted |= set(call.inputs)
    return wanted


def _calls(plan: Plan, calls: Sequence[Function], indent: str) -> Iterator[str]:
    """Yield the calls, with the notebook's headings as comments where a section begins."""
    statements = plan.analysis.statements
    section_of = sections(plan.analysis.program.cells)
    cells = {cell.index: cell for cell in plan.analysis.program.cells}
    section = None
    exploring = False
    for index, call in enumerate(calls):
        current = section_of[statements[call.statements[0]].origin.cell]
        if current != section:
            if index:
                yield ""
            if current >= 0 and (heading := comment(heading_of(cells[current].source))):
                yield f"{indent}# {heading}"
            exploring = False
        if call.explore and not exploring:
            yield f"{indent}if explore:"
        yield f"{indent}{'    ' if call.explore else ''}{_call(plan, call)}"
        section, exploring = current, call.explore


def comment(text: str) -> str:
    """Return a heading as one line of a comment."""
    line = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return textwrap.shorten(line, _COMMENT, placeholder=" ...")


def _call(plan: Plan, call: Function) -> str:
    arguments = [] if plan.namespace else list(call.inputs)
    if call.config:
        arguments.append(plan.config)
    arguments += [f"{name}={plan.config}.{name}" for name in call.settings]
    outputs = _outputs(call)
    target = f"{', '.join(outputs)} = " if outputs else ""
    wait = "await " if call.asynchronous else ""
    return f"{target}{wait}{call.name}({', '.join(arguments)})"


def _dictionary(names: dict[str, str] | object) -> str:
    assert isinstance(names, dict)
    return "{" + ", ".join(f'"{key}": {name}' for key, name in names.items()) + "}"
