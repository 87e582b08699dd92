"""The questions of a notebook: few, the costliest first, and not those that are answered."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from nb2prod.handover import choice, commented, manual, numbers, origins, rows
from nb2prod.model import Analysis, Question

MOST = 10
_LONGEST_KEY = 40
_SAME_KIND = 4  # of one kind at most, as long as there are others

_KINDS: tuple[Callable[[Analysis], Iterable[Question]], ...] = (
    origins.found,
    manual.found,
    rows.found,
    numbers.found,
    choice.found,
    commented.found,
)


def questions(analysis: Analysis) -> tuple[Question, ...]:
    """Return what only the author can tell, the costliest first, at most MOST; then what is answered.

    Answers are those in the metadata of any cell, by the question's key.
    """
    answers = {k: text for cell in analysis.program.cells for k, text in cell.answers.items()}
    asked = [_with_plain_key(question) for kind in _KINDS for question in kind(analysis)]
    once: dict[str, Question] = {}
    places = set()
    for question in asked:
        place = question.origin.cell, question.origin.line
        if question.key not in once and place not in places:
            once[question.key] = replace(question, answer=answers.get(question.key, ""))
            places.add(place)
    ranked = sorted(once.values(), key=lambda q: (-q.cost, q.origin.cell, q.origin.line))
    unanswered = [q for q in ranked if not q.answer]
    return (*_few(unanswered), *(q for q in ranked if q.answer))


def _with_plain_key(question: Question) -> Question:
    """Return a question with a key that needs no quotes, cut where it is long."""
    key = re.sub(r"[^\w.+-]+", "-", question.key).strip("-")
    if len(key) > _LONGEST_KEY:
        digest = hashlib.sha256(question.key.encode("utf-8", "replace")).hexdigest()[:6]
        key = f"{key[:_LONGEST_KEY]}-{digest}"
    return replace(question, key=key)


def _few(ranked: Sequence[Question]) -> list[Question]:
    """Return the first of each kind, then others, as many as are worth asking, in their order."""
    kinds: dict[str, int] = {}
    first: list[Question] = []
    others: list[Question] = []
    for question in ranked:
        kind = question.key.partition("-")[0]
        kinds[kind] = kinds.get(kind, 0) + 1
        (first if kinds[kind] <= _SAME_KIND else others).append(question)
    chosen = {q.key for q in [*first, *others][:MOST]}
    return [q for q in ranked if q.key in chosen]
