"""Answers go into the metadata of the cell that was asked about, in the notebook itself."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from nb2prod.errors import InputError, OutputError
from nb2prod.model import Question


def answer(path: Path, question: Question, text: str) -> None:
    """Write an answer into a notebook, whole or not at all; an empty text takes it back.

    Everything else in the file stays as it was, its indentation too. Raises InputError when the
    notebook has no cells with metadata (nbformat 3), OutputError when it cannot be written.
    """
    before = path.read_text("utf-8")
    notebook = json.loads(before)
    cells = notebook.get("cells")
    if not isinstance(cells, list) or len(cells) <= question.origin.cell:
        raise InputError(f"{path} is in an older format: open and save it in Jupyter, then answer.")
    metadata = cells[question.origin.cell].setdefault("metadata", {})
    answers = metadata.setdefault("nb2prod", {}).setdefault("answers", {})
    answers[question.key] = text
    if not text.strip():
        del answers[question.key]
    found = re.match(r"\{\r?\n([ \t]+)", before)
    after = json.dumps(notebook, indent=found[1] if found else None, ensure_ascii=False)
    _replace(path, after + ("\n" if before.endswith("\n") else ""))


def named(asked: Iterable[Question], key: str) -> Question:
    """Return the question with this key. Raises InputError, naming the keys, when there is none."""
    keys = {question.key: question for question in asked}
    if key not in keys:
        known = "\n  ".join(keys) or "(none)"
        raise InputError(f"There is no question {key!r}; the keys are:\n  {known}")
    return keys[key]


def _replace(path: Path, text: str) -> None:
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=path.parent, delete=False
        ) as fresh:
            fresh.write(text)
        os.chmod(fresh.name, path.stat().st_mode)
        os.replace(fresh.name, path)
    except OSError as error:
        raise OutputError(f"{path} could not be written ({error.strerror}).") from None
