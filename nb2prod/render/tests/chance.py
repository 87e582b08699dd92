"""Which values depend on chance, the time or a changing place: nothing recorded of them holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

from nb2prod.knowledge.tables import Knowledge
from nb2prod.model import Plan

_VARYING = re.compile(
    r"\b(now|today|utcnow|perf_counter|timeit|getpid|uuid\d|getcwd|listdir|scandir|walk|id|hash"
    r"|memory_usage|getsizeof)\(|\btime\.\w+\(|\benviron\b|__version__|\bversion\b"
)
_RANDOM = re.compile(
    r"\b(random|rand|randn|randint|sample|shuffle|choice|permutation|torch|keras|tensorflow|tf|umap)\b"
)
_SEEDS = {"numpy.random.seed": "numpy", "random.seed": "random"}
_STEADY_KINDS = frozenset({"file", "dataset", "model", "figure"})


def uncertain(plan: Plan) -> list[frozenset[str]]:
    """Return for each statement the names whose values may differ from run to run."""
    knowledge = Knowledge()
    analysis = plan.analysis
    sources = {
        name: ast.unparse(analysis.statements[d.statement].node)
        for d in plan.definitions
        for name in d.names
    }
    seeded: set[str] = set()
    tainted: set[str] = set()
    found = []
    for position, statement in enumerate(analysis.statements):
        found.append(frozenset(tainted))
        use, facts = analysis.names[position], analysis.facts[position]
        seeded |= {_SEEDS[call] for call in facts.calls if call in _SEEDS}
        text = ast.unparse(statement.node)
        text += "".join(sources[n] for n in sorted((use.reads | use.late) & sources.keys()))
        changed = use.writes | use.maybe | use.mutates | set(facts.fits)
        read = use.reads | use.late
        if read & tainted or _varies(text, facts.uses) or _draws(text, facts, knowledge, seeded):
            tainted |= changed
        else:
            tainted -= use.writes - use.reads
    return found


def varies(plan: Plan, position: int, before: Collection[str]) -> bool:
    """Say whether what a statement shows may differ from run to run."""
    use = plan.analysis.names[position]
    facts = plan.analysis.facts[position]
    text = ast.unparse(plan.analysis.statements[position].node)
    return (
        bool((use.reads | use.late) & set(before))
        or _varies(text, facts.uses)
        or (_draws(text, facts, Knowledge(), set()))
    )


def _varies(text: str, uses: Collection[object]) -> bool:
    reads = [use for use in uses if getattr(use, "direction", "") == "read"]
    return bool(_VARYING.search(text)) or any(
        getattr(use, "kind", "") not in _STEADY_KINDS for use in reads
    )


def _draws(text: str, facts: object, knowledge: Knowledge, seeded: Collection[str]) -> bool:
    """Say whether a statement draws from a generator that nothing has seeded."""
    if not getattr(facts, "draws", False):
        return False
    generators = set()
    for name in getattr(facts, "calls", ()):
        row = knowledge.call(name)
        owner, _, attribute = name.rpartition(".")
        if row is None and (found := knowledge.method(owner, attribute)):
            row = found[1]
        draws = row.draws if row else ""
        if draws in ("receiver", "argument"):
            draws = str(knowledge.trait(owner, "draws") or "numpy")
        generators |= {draws, str(knowledge.trait(name, "draws") or "")}
    if _RANDOM.search(text):
        generators.add("random" if "numpy" not in seeded else "")
    return bool(generators - {""} - set(seeded))
