"""What the notebook's authors saw, kept: its saved outputs as files, a page and a script."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from nb2prod.model import Diagnostic, Plan, Program
from nb2prod.render.large import LARGE
from nb2prod.render.page import HtmlPage
from nb2prod.render.passive import is_passive_svg, tables
from nb2prod.render.script import percent_script
from nb2prod.render.written import written_files

__all__ = ["percent_script", "saved_files", "saved_outputs"]

NOTEBOOKS = PurePosixPath("notebooks")
FOLDER = NOTEBOOKS / "outputs"
LONG_TEXT = 2_000  # characters; shorter text is kept in the index
_SIGNATURES = {
    "image/png": (".png", b"\x89PNG\r\n\x1a\n"),
    "image/jpeg": (".jpg", b"\xff\xd8\xff"),
    "image/gif": (".gif", b"GIF8"),
}
_ANSI = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def saved_files(
    program: Program, page: HtmlPage, plan: Plan | None = None
) -> tuple[dict[PurePosixPath, bytes], tuple[Diagnostic, ...]]:
    """Give what is kept of a notebook below notebooks/: outputs, script and, when made, page.

    With `plan`, also the files that the notebook wrote and that lie beside it.
    """
    copies, written = written_files(plan) if plan else ({}, [])
    files = {**saved_outputs(program, written), **copies}
    files[NOTEBOOKS / f"{program.name}.py"] = percent_script(program).encode()
    made = page.result()
    if isinstance(made, Diagnostic):
        return files, (made,)
    files[NOTEBOOKS / f"{program.name}.html"] = made
    return files, ()


def saved_outputs(
    program: Program, written: Sequence[Mapping[str, Any]] = ()
) -> dict[PurePosixPath, bytes]:
    """Give the saved outputs as files below notebooks/outputs/, `index.json` among them.

    Images, tables as passive HTML, long text. What is only an application (JavaScript, widgets) or
    no image after all is named in the index and not kept; what is large, with its hash: it is in
    the notebook. `written` are entries of the index for files that the notebook wrote. Nothing
    when there are no outputs.
    """
    digits = max(2, len(str(len(program.cells) - 1)))
    files: dict[PurePosixPath, bytes] = {}
    index = []
    for cell in program.cells:
        for number, output in enumerate(cell.outputs, start=1):
            entry: dict[str, Any] = {"cell": cell.index, "output": number}
            kind, suffix, data = _content(output)
            entry["type"] = kind
            if len(data) > LARGE:
                digest = hashlib.sha256(data).hexdigest()
                entry |= {"left_out": True, "bytes": len(data), "sha256": digest}
            elif suffix:
                name = f"cell-{cell.index:0{digits}}-{number}{suffix}"
                files[FOLDER / name] = data
                entry["file"] = name
            elif data:
                entry["text"] = data.decode("utf-8")
            else:
                entry["left_out"] = True
            index.append(entry)
    if index or written:
        told = {"outputs": index, **({"written": list(written)} if written else {})}
        listing = json.dumps(told, indent=1, ensure_ascii=False)
        files[FOLDER / "index.json"] = f"{listing}\n".encode("utf-8", "replace")
    return files


def _content(output: Mapping[str, Any]) -> tuple[str, str, bytes]:
    """Choose the best form of an output: its type, the ending of its file or "", the data."""
    if output.get("output_type") == "stream":
        return _text(str(output.get("name", "stdout")), output.get("text"))
    if output.get("output_type") == "error":
        return _text("error", "\n".join(map(str, output.get("traceback") or ())))
    bundle = output.get("data")
    if not isinstance(bundle, Mapping):
        return ("", "", b"")
    for kind, (suffix, signature) in _SIGNATURES.items():
        image = _decoded(bundle.get(kind))
        if image.startswith(signature):
            return (kind, suffix, image)
    svg = _joined(bundle.get("image/svg+xml"))
    if svg and is_passive_svg(svg):
        return ("image/svg+xml", ".svg", svg.encode("utf-8", "replace"))
    kept = tables(_joined(bundle.get("text/html")))
    if kept:
        head = '<!DOCTYPE html>\n<meta charset="utf-8">\n'
        return ("text/html", ".html", f"{head}{kept}\n".encode("utf-8", "replace"))
    plain = bundle.get("text/plain") or bundle.get("text/markdown") or bundle.get("text/latex")
    if plain:
        return _text("text/plain", plain)
    return (", ".join(sorted(map(str, bundle))), "", b"")


def _text(kind: str, text: object) -> tuple[str, str, bytes]:
    """Clean text of colours and overwritten progress bars; a file when it is long."""
    lines = _ANSI.sub("", _joined(text)).replace("\r\n", "\n").split("\n")
    shown = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)
    data = _CONTROL.sub("", shown).encode("utf-8", "replace")
    return (kind, ".txt" if len(shown) > LONG_TEXT else "", data)


def _decoded(value: object) -> bytes:
    try:
        return base64.b64decode(_joined(value), validate=False)
    except (binascii.Error, ValueError):
        return b""


def _joined(value: object) -> str:
    """Give text that nbformat may have split into lines."""
    if isinstance(value, list | tuple):
        return "".join(map(str, value))
    return value if isinstance(value, str) else ""
