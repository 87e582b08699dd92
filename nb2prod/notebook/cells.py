"""Cells of the notebook's JSON as values, with what their metadata ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from nb2prod.model import STAGES, Cell, Diagnostic, Origin, Stage
from nb2prod.notebook import databricks
from nb2prod.notebook.findings import finding

_PREFIX = "nb2prod:"
_SKIP = "skip"


def cells(notebook: Mapping[str, Any]) -> tuple[tuple[Cell, ...], tuple[Diagnostic, ...]]:
    """All cells in document order, and what is wrong with their tags."""
    bricks = databricks.is_notebook(notebook["metadata"])
    made: list[Cell] = []
    diagnostics: list[Diagnostic] = []
    for index, raw in enumerate(notebook["cells"]):
        source = raw["source"].replace("\r\n", "\n").replace("\r", "\n")
        cell, problem = wishes(_cell(index, raw, source, bricks), raw["metadata"])
        made.append(cell)
        diagnostics += [problem] if problem else []
    return tuple(made), tuple(diagnostics)


def wishes(cell: Cell, metadata: Mapping[str, Any]) -> tuple[Cell, Diagnostic | None]:
    """Return a cell with the stage, name and answers that metadata hold, and what is wrong there."""
    stage, wrong = _stage(metadata)
    wished = replace(cell, stage=stage, name=_name(metadata), answers=_answers(metadata))
    if not wrong:
        return wished, None
    message = f"`{wrong}` is no stage; stages are {', '.join(STAGES)}"
    origin = Origin(cell.index, 1, cell.source.count("\n") + 1)
    return wished, finding("NB109", message, origin)


def _cell(index: int, raw: Mapping[str, Any], source: str, bricks: bool) -> Cell:
    tags = frozenset(raw["metadata"].get("tags", ()))
    kind = raw["cell_type"]
    prose = databricks.markdown(source) if bricks and kind == "code" else None
    return Cell(
        index=index,
        kind="markdown" if prose is not None else kind,
        source=source if prose is None else prose,
        execution_count=raw.get("execution_count"),
        outputs=tuple(raw.get("outputs", ())),
        tags=tags,
        parameters="parameters" in tags,
    )


def _own(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    own = metadata.get("nb2prod")
    return own if isinstance(own, dict) else {}


def _stage(metadata: Mapping[str, Any]) -> tuple[Stage | None, str]:
    """The stage that a user gave, and the word that is none."""
    tags = [tag for tag in metadata.get("tags", ()) if tag.startswith(_PREFIX)]
    words = [tag.removeprefix(_PREFIX) for tag in tags if tag != _PREFIX + _SKIP]
    words += [own for own in [_own(metadata).get("stage")] if isinstance(own, str)]
    wrong = next((word for word in words if word not in STAGES), "")
    stage = next((word for word in words if word in STAGES), None)
    return cast("Stage | None", stage), wrong


def _name(metadata: Mapping[str, Any]) -> str | None:
    name = _own(metadata).get("name")
    return name if isinstance(name, str) and name.isidentifier() else None


def _answers(metadata: Mapping[str, Any]) -> Mapping[str, str]:
    answers = _own(metadata).get("answers")
    items = answers.items() if isinstance(answers, dict) else ()
    return {key: text.strip() for key, text in items if isinstance(text, str) and text.strip()}
