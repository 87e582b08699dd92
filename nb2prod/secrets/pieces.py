"""Every text of a notebook, where it stands, and the notebook with other texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf")


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that is no code: `where` it stands, for people; `key` is what holds it in JSON data."""

    text: str
    where: str
    cell: int | None = None
    key: str = ""
    is_source: bool = False


def other_texts(notebook: Json) -> Iterator[Piece]:
    """Yield the texts of a notebook but for the sources of code cells."""
    yield from _leaves(notebook["metadata"], "the notebook's metadata", None)
    for index, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            yield Piece(cell["source"], f"cell {index}", index, is_source=True)
        yield from _leaves(cell["metadata"], f"the metadata of cell {index}", index)
        yield from _leaves(cell.get("attachments", {}), f"an attachment of cell {index}", index)
        yield from _leaves(cell.get("outputs", []), f"an output of cell {index}", index)


def texts_of(value: Any) -> Iterator[str]:
    """Yield all texts in JSON data, such as a cell's outputs, but for pictures."""
    yield from (piece.text for piece in _leaves(value, "", None))


def _leaves(value: Any, where: str, cell: int | None, key: str = "") -> Iterator[Piece]:
    if isinstance(value, str):
        yield Piece(value, where, cell, key)
    elif isinstance(value, list):
        if text := _lines(value):
            yield Piece(text, where, cell, key)
        else:
            for part in value:
                yield from _leaves(part, where, cell, key)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield Piece(str(name), where, cell)
            if name not in _PICTURES:
                yield from _leaves(part, where, cell, str(name))


def _lines(value: list[Any]) -> str:
    """Return the text that nbformat split into lines, or ""."""
    split = all(isinstance(part, str) and part.endswith("\n") for part in value[:-1])
    return "".join(value) if value and split and isinstance(value[-1], str) else ""


def with_texts(value: Any, change: Callable[[str, str], str], key: str = "") -> Any:
    """Return JSON data whose texts, names too, are what `change` makes of them (and of their key)."""
    if isinstance(value, str):
        return change(value, key)
    if isinstance(value, list):
        if text := _lines(value):
            changed = change(text, key)
            return value if changed == text else changed.splitlines(keepends=True)
        return [with_texts(part, change, key) for part in value]
    if isinstance(value, Mapping):
        return {
            change(str(name), ""): (
                part if name in _PICTURES else with_texts(part, change, str(name))
            )
            for name, part in value.items()
        }
    return value
