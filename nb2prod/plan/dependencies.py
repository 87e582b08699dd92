"""What the package must install, in which versions, and on which Python.

Versions that the notebook's outputs or installs name are pinned. The rest is inferred: from what
people ran at the time (the eras of distributions.toml), narrowed by the calls that only some
versions have and by warnings that only some print. A range never leaves what the Python of the
tests can install: where the two contradict each other, the reason says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nb2prod.knowledge import distributions as known
from nb2prod.model import Program, Requirement
from nb2prod.plan.pins import release
from nb2prod.plan.provided import imported, installed
from nb2prod.plan.recorded import (
    Seen,
    last_run,
    output_text,
    python_version,
    seen_versions,
)
from nb2prod.plan.usage import Usage
from nb2prod.plan.versions import (
    PYTHONS,
    Range,
    installable,
    same_or_later,
    version,
)

_OLDEST, _USUAL = PYTHONS[0], "3.11"
_EXACT = re.compile(r"===?\s*([\w.]+)$")
_PLAIN = re.compile(r"[<>=!~]=?=?[\w.*+!-]+(\s*,\s*[<>=!~]=?=?[\w.*+!-]+)*")


def requirements(program: Program, imports: Collection[str]) -> tuple[Requirement, ...]:
    """Give what the package must install, by name; `imports` are dotted names of what is imported.

    What nobody can name the distribution of is not among it: see `unresolved`.

    A `reason` starts with "seen" or "installed" where the notebook itself names the version, with
    "inferred" where it was concluded.
    """
    setting = _Setting.of(program)
    used = Usage(program)
    named = installed(program)
    wanted = set(imported(program, imports)) | set(named)
    wanted |= _engines(used, wanted)
    found = {name: _requirement(name, setting, used, named.get(name)) for name in sorted(wanted)}
    _add_companions(found, setting, used)
    return tuple(found[name] for name in sorted(found, key=str.lower))


def target_python(program: Program) -> str:
    """Give the minor version of Python for which the versions are chosen: the notebook's own.

    Notebooks of Pythons before 3.9 get 3.9, the nearest; where none is recorded, that of the time
    (3.11 if nobody knows it) or what the recorded versions of libraries need.
    """
    return _target(python_version(program), seen_versions(program), last_run(program))


def is_known(module: str) -> bool:
    """Say whether a module is of Python or a known library, and so no file beside the notebook."""
    return known.is_known(module)


@dataclass(frozen=True, slots=True)
class _Setting:
    """Where the notebook ran, and the Python on which the package is to run."""

    python: str
    era: known.Row
    why: str  # of the era
    seen: Mapping[str, Seen]
    moved: bool  # not all that it ran with can be had
    printed: Sequence[known.Row]  # what only some versions print, as far as its outputs have it

    @classmethod
    def of(cls, program: Program) -> _Setting:
        seen = seen_versions(program)
        recorded, month = python_version(program), last_run(program)
        python = _target(recorded, seen, month)
        printed = [row for row in known.printed() if _is_printed(row, program)]
        era, why = _era(recorded, seen, month, python, printed)
        old = recorded is not None and version(recorded)[:2] != version(python)
        moved = old or any(s.version not in installable(n, python) for n, s in seen.items())
        return cls(python, era, why, seen, moved, printed)

    def fits(self, name: str) -> bool:
        """Say whether the version that was seen can be installed on the Python of the tests."""
        return self.seen[name].version in installable(name, self.python)


def _is_printed(row: known.Row, program: Program) -> bool:
    """Say whether an output has what a row is about; `source` must end the code of the cell."""
    return any(
        (
            re.search(row["pattern"], output_text(cell))
            if "pattern" in row
            else row["text"] in output_text(cell)
        )
        for cell in program.cells
        if cell.outputs and cell.source.rstrip().endswith(row.get("source", ""))
    )


def _target(recorded: str | None, seen: Mapping[str, Seen], month: str | None) -> str:
    if recorded is None:
        usual = next(p for p in _of_month(month)["pythons"] if p in PYTHONS) if month else _USUAL
        candidates = (usual, _USUAL, "3.10", "3.9", "3.12", "3.13", "3.14")
        return max(
            candidates,
            key=lambda python: sum(s.version in installable(n, python) for n, s in seen.items()),
        )
    minor = ".".join(recorded.split(".")[:2])
    if minor in PYTHONS:
        return minor
    return _OLDEST if version(minor) < version(_OLDEST) else PYTHONS[-1]


def _of_month(month: str) -> known.Row:
    return next(era for era in known.eras() if era["until"] >= month)


def _era(
    recorded: str | None,
    seen: Mapping[str, Seen],
    month: str | None,
    python: str,
    printed: Sequence[known.Row],
) -> tuple[known.Row, str]:
    """Choose the set of ranges, and say from what."""
    eras = known.eras()
    fitting = [
        sum(s.version in Range.of(e.get(n, "")) for n, s in seen.items() if n in e) for e in eras
    ]
    earlier = [n for n, s in seen.items() if n in eras[0] and s.version not in Range.of(eras[0][n])]
    if any(fitting):
        era = eras[fitting.index(max(fitting))]
        name = next(
            n for n, s in sorted(seen.items()) if n in era and s.version in Range.of(era[n])
        )
        return era, f"{name} {seen[name].version} in cell {seen[name].cell}"
    if month:
        return _of_month(month), f"its run in {month}"
    if any(n in eras[0] for n in seen) and earlier:
        return eras[0], f"{earlier[0]} {seen[earlier[0]].version}"
    minor = ".".join((recorded or python).split(".")[:2])
    own = next((e for e in eras if minor in e["pythons"]), eras[-1])
    agreeing = [sum(_agrees(e, row) for row in printed) for e in eras]
    if agreeing[eras.index(own)] < max(agreeing):  # an old Python, but later libraries
        return eras[agreeing.index(max(agreeing))], "its outputs"
    return own, f"Python {recorded}" if recorded else ""


def _agrees(era: known.Row, row: known.Row) -> bool:
    return not (Range.of(era.get(row["of"], "")) & Range.of(row["range"])).empty


def _engines(used: Usage, wanted: Collection[str]) -> set[str]:
    """Give what calls need without an import; methods of whatever are taken for those of pandas."""
    return {
        row["needs"]
        for row in known.engines()
        if (use := used.first(row)) and ("pandas" in wanted or not use.name.startswith("."))
    }


def _requirement(
    name: str, setting: _Setting, used: Usage, installed: Requirement | None
) -> Requirement:
    """Pin what is recorded, else infer."""
    lost = ""
    if name in setting.seen:
        seen = setting.seen[name]
        if setting.moved and known.library(name) is None:
            why = f"inferred: {seen.version} in cell {seen.cell}, or what goes with the others"
            return Requirement(name, f">={seen.version}", why)
        if setting.fits(name):
            return Requirement(name, f"=={seen.version}", f"seen in cell {seen.cell}")
        lost = f"{seen.version} in cell {seen.cell} cannot be installed on Python {setting.python}"
    if installed and not lost:
        exact = _EXACT.match(installed.specifier)
        if not exact or exact[1] in installable(name, setting.python):
            if installed.specifier and _PLAIN.fullmatch(installed.specifier):
                return Requirement(
                    name, installed.specifier.replace(" ", ""), "installed by the notebook"
                )
        else:
            lost = f"{exact[1]} cannot be installed on Python {setting.python}"
    return _inferred(name, setting, used, lost)


def _inferred(name: str, setting: _Setting, used: Usage, lost: str) -> Requirement:
    allowed = installable(name, setting.python)
    reasons = [lost] if lost else []
    span = Range.of(setting.era.get(name, ""))
    if str(span):
        reasons.append(f"from {setting.why}" if setting.why else "nothing is recorded, a guess")
    if (span & allowed).empty:
        span = Range()
    others = [Range.of(era.get(name, "")) for era in known.eras()]
    for extra, why in _evidence(name, setting, used):
        narrowed = _narrowed([span, *others, Range()], extra, allowed)
        if narrowed is None:
            reasons.append(f"{why}, which Python {setting.python} cannot install")
        elif narrowed != span:
            span = narrowed
            reasons.append(why)
    span = span & Range(allowed.lower, "") if str(span) else span
    return Requirement(
        name, str(span), "inferred: " + ("; ".join(reasons) or "no version is recorded")
    )


def _narrowed(spans: Iterable[Range], extra: Range, allowed: Range) -> Range | None:
    """Narrow the first range of which something is left: evidence says more than the era."""
    narrowed = (span & extra for span in spans)
    return next((n for n in narrowed if not n.empty and not (n & allowed).empty), None)


def _evidence(name: str, setting: _Setting, used: Usage) -> Iterator[tuple[Range, str]]:
    """Give ranges that calls and warnings prove, each with its reason."""
    for row in setting.printed:
        if row["of"] == name:
            yield Range.of(row["range"]), f"its outputs ({row['range']})"
    for row in known.limits(name):
        use = used.first(row)
        if use:
            bound = Range(row.get("since", ""), row.get("below", ""))
            verb = f"needs {bound.lower}" if bound.lower else f"is gone in {bound.upper}"
            called = ", ".join([use.name.lstrip("."), *(f"{k}=" for k in row.get("keywords", ()))])
            yield bound, f"{called} (cell {use.cell}) {verb}"


def _add_companions(found: dict[str, Requirement], setting: _Setting, used: Usage) -> None:
    """Keep old releases away from later libraries that they were not made for."""
    for row in known.companions():
        needs = row["needs"]
        if "beside" in row and found.keys().isdisjoint(row["beside"]):
            continue
        for name, below in row["of"].items():
            chosen = release(found[name], setting.python) if name in found else None
            if chosen is None or same_or_later(version(chosen), version(below)):
                continue
            reason = f"{name} {chosen} {row['why']}"
            current = found.get(needs)
            if current is None:
                own = _inferred(needs, setting, used, "")
                current = Requirement(needs, own.specifier, f"inferred: {reason}")
                found[needs] = current
            if "==" in current.specifier or "~" in current.specifier:
                continue
            span = Range.of(current.specifier)
            narrowed = span & Range.of(row["range"])
            if narrowed != span and not (narrowed & installable(needs, setting.python)).empty:
                told = current.reason if reason in current.reason else f"{current.reason}; {reason}"
                found[needs] = Requirement(needs, str(narrowed), told)
