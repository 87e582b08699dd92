"""A notebook's text as nbformat 4 JSON, lenient in all that Jupyter itself forgives."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from nb2prod.errors import InputError
from nb2prod.model import Diagnostic, Secret
from nb2prod.notebook import databricks
from nb2prod.notebook.source import MAX_BYTES, Input, check_markers, decode, get

Json = dict[str, Any]
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_OUTPUTS: dict[str, dict[str, Any]] = {
    "stream": {"name": "stdout", "text": ""},
    "display_data": {"data": {}, "metadata": {}},
    "execute_result": {"data": {}, "metadata": {}, "execution_count": None},
    "error": {"ename": "", "evalue": "", "traceback": []},
}


@dataclass(frozen=True, slots=True)
class Document:
    """A notebook as it was given, and as nbformat 4 JSON.

    `secrets` were taken out of the JSON, `diagnostics` tell of them; `kept` is the notebook as bytes
    without them, None where it is as it was given.
    """

    given: Input
    encoding: str
    json: Json
    secrets: tuple[Secret, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    kept: bytes | None = None


def load(
    source: Path | str | bytes | IO[bytes],
    name: str | None = None,
    max_bytes: int = MAX_BYTES,
    folder: Path | None = None,
) -> Document:
    """Read a notebook from a path, its bytes or a stream; `name` replaces the file's name.

    `folder` is where it lies, for what a path does not say.

    Raises InputError, in one sentence, when it cannot be had or is none.
    """
    given = get(source, name, max_bytes)
    if folder:
        given = replace(given, folder=str(folder.resolve()))
    text, encoding = decode(given.data)
    return Document(given, encoding, parse(text))


def is_notebook(text: str) -> bool:
    """Is it a notebook that only looks like a program, by its ending?"""
    return databricks.is_source(text)


def parse(text: str) -> Json:
    """The notebook that the text holds, in nbformat 4 and valid.

    Raises InputError when it is no notebook.
    """
    if databricks.is_source(text):
        return _complete(databricks.notebook(text))
    value = _json(text)
    if not isinstance(value, dict) or not (
        isinstance(value.get("cells"), list) or isinstance(value.get("worksheets"), list)
    ):
        raise InputError(f"The file is JSON but not a Jupyter notebook: {_lack(value)}.")
    return _complete(value if isinstance(value.get("cells"), list) else _upgrade(value))


def _lack(value: Any) -> str:
    if isinstance(value, dict) and "paragraphs" in value:
        return "it is a Zeppelin note, which needs converting to .ipynb first"
    kind = "an object without `cells`" if isinstance(value, dict) else f"a {type(value).__name__}"
    return f"it holds {kind}; name the .ipynb file itself"


def _json(text: str) -> Any:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        check_markers(text)
        raise InputError(
            f"The file is not JSON (line {error.lineno}, column {error.colno}: {error.msg});"
            " name an .ipynb file, or repair this one."
        ) from None
    except (RecursionError, ValueError) as error:
        raise InputError(f"The file is not JSON that can be read ({error}); repair it.") from None
    return _without_surrogates(value) if _SURROGATE.search(text) else value


def _without_surrogates(value: Any) -> Any:
    """Half of a surrogate pair cannot be written to any file: U+FFFD stands for it."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
    return value


def _upgrade(value: Json) -> Json:
    """nbformat 3 and older in nbformat 4."""
    value.setdefault("nbformat", 3)
    value.setdefault("nbformat_minor", 0)
    value.setdefault("metadata", {})
    try:
        with without_slow_import():
            from nbformat.converter import convert
            from nbformat.reader import reads
        upgraded: Json = json.loads(json.dumps(convert(reads(json.dumps(value)), 4)))
        return upgraded
    except Exception as error:  # whatever a damaged file makes nbformat raise
        raise InputError(
            f"The notebook's old format cannot be read ({type(error).__name__}: {error});"
            " open and save it in Jupyter."
        ) from None


@contextmanager
def without_slow_import() -> Iterator[None]:
    """nbformat's JSON schema checker would build a grammar for a second that no notebook needs."""
    blocked = "rfc3987_syntax" not in sys.modules
    if blocked:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if blocked:
            del sys.modules["rfc3987_syntax"]


def _complete(value: Json) -> Json:
    """What nbformat 4 demands and the notebook lacks is put in; what it forbids goes."""
    cells = [_cell(cell) for cell in value["cells"] if isinstance(cell, dict)]
    minor = value.get("nbformat_minor")
    minor = min(minor, 5) if isinstance(minor, int) and minor >= 0 else 4
    if any("id" in cell for cell in cells):
        minor = 5
    if minor == 5:
        _identify(cells)
    return {
        "cells": cells,
        "metadata": _metadata(value.get("metadata")),
        "nbformat": 4,
        "nbformat_minor": minor,
    }


def _identify(cells: list[Json]) -> None:
    """Every cell gets an id, the same at every reading."""
    seen: set[str] = set()
    for index, cell in enumerate(cells):
        given = cell.get("id")
        if not (isinstance(given, str) and _CELL_ID.fullmatch(given)) or given in seen:
            cell["id"] = f"cell-{index}"
        seen.add(cell["id"])


def _cell(cell: Mapping[str, Any]) -> Json:
    kind = cell.get("cell_type")
    kind = kind if kind in ("code", "markdown") else "raw"
    metadata = dict(cell["metadata"]) if isinstance(cell.get("metadata"), dict) else {}
    tags = metadata.get("tags")
    if tags is not None:
        tags = [tags] if isinstance(tags, str) else tags if isinstance(tags, list) else []
        metadata["tags"] = list(dict.fromkeys(tag for tag in tags if isinstance(tag, str) and tag))
    done: Json = {"cell_type": kind, "metadata": metadata}
    if isinstance(cell.get("id"), str):
        done["id"] = cell["id"]
    if kind == "code":
        count = cell.get("execution_count", cell.get("prompt_number"))
        done["execution_count"] = count if isinstance(count, int) and count >= 0 else None
        outputs = cell.get("outputs")
        outputs = outputs if isinstance(outputs, list) else []
        done["outputs"] = [_output(out) for out in outputs if _is_output(out)]
    elif isinstance(cell.get("attachments"), dict):
        done["attachments"] = cell["attachments"]
    done["source"] = text_of(cell.get("source", cell.get("input")))
    return done


def _is_output(output: Any) -> bool:
    return isinstance(output, dict) and output.get("output_type") in _OUTPUTS


def _output(output: Mapping[str, Any]) -> Json:
    defaults = _OUTPUTS[output["output_type"]]
    done: Json = {"output_type": output["output_type"]}
    for key, default in defaults.items():
        value = output.get(key)
        done[key] = value if isinstance(value, type(default)) or key in _LOOSE else default
    if "text" in done:
        done["text"] = text_of(output.get("text"))
    if done.get("execution_count") is not None and not isinstance(done["execution_count"], int):
        done["execution_count"] = None
    return done


_LOOSE = frozenset({"execution_count"})


def text_of(source: Any) -> str:
    """A multi-line text of a notebook, which may be a list of lines, as one string."""
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _metadata(metadata: Any) -> Json:
    done = dict(metadata) if isinstance(metadata, dict) else {}
    for key, required in (("kernelspec", "name"), ("language_info", "name")):
        value = done.get(key)
        if not (isinstance(value, dict) and isinstance(value.get(required), str)):
            done.pop(key, None)
    if "kernelspec" in done:
        spec = dict(done["kernelspec"])
        if not isinstance(spec.get("display_name"), str):
            spec["display_name"] = spec["name"]
        done["kernelspec"] = spec
    for key, kind in (("title", str), ("authors", list), ("orig_nbformat", int)):
        if key in done and not isinstance(done[key], kind):
            del done[key]
    return done
