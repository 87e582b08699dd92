"""What a run with secrets says and leaves, without them."""

from __future__ import annotations

import gzip
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from nb2prod.model import Evidence, Plan, Secret
from nb2prod.secrets.check import scrubber_of
from nb2prod.secrets.placeholder import placeholder
from nb2prod.secrets.rewrite import reads
from nb2prod.secrets.scrub import Scrubber
from nb2prod.verify.verdict import Row, Verdict

_CALLS = PurePosixPath("tests/golden/calls")
_READS = "it reads a secret from the environment"
_HOLDS = "what it is given or gives holds a secret"
_LARGEST = 20_000_000  # bytes of a packed file that is looked into


def without_secrets(verdict: Verdict, secrets: Sequence[Secret], plan: Plan) -> Verdict:
    """Return a verdict, with its evidence, in which no value of a secret stands."""
    if not secrets:
        return verdict
    scrubber = scrubber_of(secrets)

    def rows(found: tuple[Row, ...]) -> tuple[Row, ...]:
        return tuple(_row(row, scrubber) for row in found)

    return replace(
        verdict,
        values=rows(verdict.values),
        files=rows(verdict.files),
        apart=rows(verdict.apart),
        printed=_row(verdict.printed, scrubber) if verdict.printed else None,
        generators=scrubber.data(verdict.generators),
        error=scrubber.data(verdict.error),
        seconds=scrubber.data(verdict.seconds),
        made_on=scrubber.data(verdict.made_on),
        unrecorded=scrubber.text(verdict.unrecorded),
        evidence=_evidence(verdict.evidence, scrubber, plan) if verdict.evidence else None,
        lineage=scrubber.file(verdict.lineage) if verdict.lineage else None,
    )


def _row(row: Row, scrubber: Scrubber) -> Row:
    return replace(row, name=scrubber.text(row.name), detail=scrubber.text(row.detail))


def _evidence(evidence: Evidence, scrubber: Scrubber, plan: Plan) -> Evidence:
    """Leave out the calls, results and terms that a secret has a part in: without it they are others."""
    reasons = dict.fromkeys(_readers(plan), _READS)
    for path, data in evidence.files.items():
        if path.is_relative_to(_CALLS) and any(map(scrubber.holds, _unpacked(data))):
            reasons.setdefault(path.parts[3], _HOLDS)
    spoiled = {p for p, data in evidence.files.items() if any(map(scrubber.holds, _unpacked(data)))}
    used = {path for path in spoiled if not path.is_relative_to(_CALLS)}
    for path, data in evidence.files.items():  # calls that read a file that goes
        if path.name == "call.json" and any(
            f'"{p.name}"' in data.decode("utf-8", "replace") for p in used
        ):
            reasons.setdefault(path.parts[3], _HOLDS)
    recorded = {path.parts[3] for path in evidence.files if path.is_relative_to(_CALLS)}
    return replace(
        evidence,
        files={
            path: data
            for path, data in evidence.files.items()
            if path not in spoiled
            and not (path.is_relative_to(_CALLS) and path.parts[3] in reasons)
        },
        unrecorded={
            **scrubber.data(evidence.unrecorded),
            **{name: reason for name, reason in reasons.items() if name in recorded},
        },
        results=_clean_items(evidence.results, scrubber),
        contract=_clean_items(evidence.contract, scrubber),
    )


def _clean_items(items: Mapping[str, Any], scrubber: Scrubber) -> dict[str, Any]:
    return {
        name: value
        for name, value in items.items()
        if not scrubber.holds(json.dumps({name: value}, default=str).encode())
    }


def _readers(plan: Plan) -> Iterator[str]:
    """Yield the functions that read a secret, themselves or by a helper that they call."""
    analysis = plan.analysis
    reading = {p for p in range(len(analysis.statements)) if _reads(plan, p)}
    helpers: set[str] = set()
    while True:
        found = {n for d in plan.definitions if d.statement in reading for n in d.names} - helpers
        if not found:
            break
        helpers |= found
        reading |= {p for p, use in enumerate(analysis.names) if (use.reads | use.late) & helpers}
    yield from (f.name for f in plan.functions if reading & set(f.statements))
    yield from helpers


def _reads(plan: Plan, position: int) -> bool:
    program, origin = plan.analysis.program, plan.analysis.statements[position].origin
    source = next(cell.source for cell in program.cells if cell.index == origin.cell)
    text = "\n".join(source.split("\n")[origin.line - 1 : origin.end_line])
    names = [secret.name for secret in program.secrets]
    return reads(text, names) or any(f"${n}" in text or placeholder(n) in text for n in names)


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Yield a file's bytes, and those packed in it."""
    yield data
    try:
        if data.startswith(b"PK"):
            with zipfile.ZipFile(BytesIO(data)) as archive:
                for info in archive.infolist():
                    if info.file_size <= _LARGEST:
                        yield archive.read(info)
        elif data.startswith(b"\x1f\x8b"):
            yield gzip.GzipFile(fileobj=BytesIO(data)).read(_LARGEST)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError):
        return
