"""What the notebook's authors saw, kept: its saved outputs as files, as a page, and as a script."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any

from nb2prod.model import Cell, Diagnostic, Program
from nb2prod.render.passive import is_passive_svg, tables

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
_MAGIC = re.compile(r"\s*(%|!|\?)|.*\S\?\??\s*$|\s*[\w, .\[\]'\"]+=\s*(!|%)")


def saved_files(
    program: Program, page: HtmlPage
) -> tuple[dict[PurePosixPath, bytes], tuple[Diagnostic, ...]]:
    """Give what is kept of a notebook below notebooks/: outputs, script and, when made, page."""
    files = saved_outputs(program)
    files[NOTEBOOKS / f"{program.name}.py"] = percent_script(program).encode()
    made = page.result()
    if isinstance(made, Diagnostic):
        return files, (made,)
    files[NOTEBOOKS / f"{program.name}.html"] = made
    return files, ()


def saved_outputs(program: Program) -> dict[PurePosixPath, bytes]:
    """Give the saved outputs as files below notebooks/outputs/, `index.json` among them.

    Images, tables as passive HTML, long text. What is only an application (JavaScript, widgets) or
    no image after all is named in the index and not kept. Nothing when there are no outputs.
    """
    digits = max(2, len(str(len(program.cells) - 1)))
    files: dict[PurePosixPath, bytes] = {}
    index = []
    for cell in program.cells:
        for number, output in enumerate(cell.outputs, start=1):
            entry: dict[str, Any] = {"cell": cell.index, "output": number}
            kind, suffix, data = _content(output)
            entry["type"] = kind
            if suffix:
                name = f"cell-{cell.index:0{digits}}-{number}{suffix}"
                files[FOLDER / name] = data
                entry["file"] = name
            elif data:
                entry["text"] = data.decode("utf-8")
            else:
                entry["left_out"] = True
            index.append(entry)
    if index:
        listing = json.dumps({"outputs": index}, indent=1, ensure_ascii=False)
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
    svg = joined(bundle.get("image/svg+xml"))
    if svg and is_passive_svg(svg):
        return ("image/svg+xml", ".svg", svg.encode("utf-8", "replace"))
    kept = tables(joined(bundle.get("text/html")))
    if kept:
        head = '<!DOCTYPE html>\n<meta charset="utf-8">\n'
        return ("text/html", ".html", f"{head}{kept}\n".encode("utf-8", "replace"))
    plain = bundle.get("text/plain") or bundle.get("text/markdown") or bundle.get("text/latex")
    if plain:
        return _text("text/plain", plain)
    return (", ".join(sorted(map(str, bundle))), "", b"")


def _text(kind: str, text: object) -> tuple[str, str, bytes]:
    """Clean text of colours and overwritten progress bars; a file when it is long."""
    lines = _ANSI.sub("", joined(text)).replace("\r\n", "\n").split("\n")
    shown = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)
    data = _CONTROL.sub("", shown).encode("utf-8", "replace")
    return (kind, ".txt" if len(shown) > LONG_TEXT else "", data)


def _decoded(value: object) -> bytes:
    try:
        return base64.b64decode(joined(value), validate=False)
    except (binascii.Error, ValueError):
        return b""


def joined(value: object) -> str:
    """Give text that nbformat may have split into lines."""
    if isinstance(value, list | tuple):
        return "".join(map(str, value))
    return value if isinstance(value, str) else ""


class HtmlPage:
    """A page that another process is making; ask for it with `result`."""

    def __init__(
        self, process: subprocess.Popen[bytes] | None, page: IO[bytes], log: IO[bytes]
    ) -> None:
        self._process, self._page, self._log = process, page, log

    def result(self, timeout: float = 120) -> bytes | Diagnostic:
        """Wait for the page; give a diagnostic when nbconvert failed or took too long."""
        if self._process is None:
            return _no_page("the process could not be started")
        try:
            status = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.cancel()
            return _no_page(f"it took longer than {timeout:.0f} s")
        page, log = _read(self._page), _read(self._log).decode("utf-8", "replace").strip()
        if status or not page:
            return _no_page(log.splitlines()[-1][:200] if log else f"exit status {status}")
        return page

    def cancel(self) -> None:
        """Stop making the page."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def start_html(notebook: Mapping[str, Any] | bytes) -> HtmlPage:
    """Start to render a notebook of format 4 (its JSON, parsed or not) as a page, in a process.

    The process sees neither the working directory nor modules in it: a stranger's notebook may lie
    beside a stranger's `json.py`.
    """
    source, page, log = (tempfile.TemporaryFile() for _ in range(3))  # noqa: SIM115
    source.write(notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode())
    source.seek(0)
    home = Path(__file__).resolve().parents[2]
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = os.pathsep.join([str(home), *filter(os.path.isabs, given)])
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", "-m", "nb2prod.render.html"],
            stdin=source,
            stdout=page,
            stderr=log,
            cwd=home.anchor,
            env={**os.environ, "PYTHONPATH": path},
        )
    except OSError:
        process = None
    finally:
        source.close()
    return HtmlPage(process, page, log)


def _read(file: IO[bytes]) -> bytes:
    file.seek(0)
    with file:
        return file.read()


def _no_page(reason: str) -> Diagnostic:
    return Diagnostic(
        code="NB701",
        message=f"the notebook's page (notebooks/*.html) was not made: {reason}",
        severity="note",
        hint="Everything else was. `jupyter nbconvert --to html` on the notebook may say more.",
    )


def percent_script(program: Program) -> str:
    """Give the notebook as a plain script of `# %%` cells: text and magics as comments, no outputs.

    The script compiles: a cell that is no Python stands there as a comment.
    """
    parts = [f"# The notebook {_plain(program.name)} as a script; magics are comments.\n"]
    parts.extend(_script_cell(cell) for cell in program.cells)
    script = "\n".join(parts)
    return script if _compiles(script) else "\n".join(_without_future(parts))


def _script_cell(cell: Cell) -> str:
    source = _unix(cell.source)
    if cell.kind != "code":
        return f"# %% [{cell.kind}]\n{_commented(source)}"
    if not _compiles(source):
        plain = "\n".join(_plain_lines(source))
        source = plain if _compiles(plain) else _commented(source).rstrip("\n")
    return f"# %%\n{source}\n" if source else "# %%\n"


def _plain_lines(source: str) -> Iterator[str]:
    """Comment the lines that look like magics, or the whole cell when its magic is no Python's."""
    lines = source.split("\n")
    foreign = re.match(r"\s*%%(?!time\b|timeit\b|capture\b|prun\b)", source)
    for line in lines:
        yield f"# {line}" if line and (foreign or _MAGIC.match(line)) else line


def _commented(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.split("\n"))


def _without_future(parts: list[str]) -> Iterator[str]:
    """Comment `__future__` imports, which no longer stand first, then cells that still fail."""
    yield parts[0]
    for part in parts[1:]:
        changed = re.sub(r"^(from __future__ import)", r"# \1", part, flags=re.MULTILINE)
        yield changed if _compiles(changed) else _commented(part)


def _compiles(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<cell>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _unix(text: str) -> str:
    """Unify line ends, so that no comment ends early; drop what no source may hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.replace("\f", " ").encode("utf-8", "replace").decode("utf-8")


def _plain(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())
