"""The reading step: a notebook's bytes become a Program."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from nb2prod.errors import InputError
from nb2prod.model import Cell, Diagnostic, Program
from nb2prod.notebook import calls, databricks, document, kernels, session, source
from nb2prod.notebook.cells import cells
from nb2prod.notebook.code import Code, automagic, understand
from nb2prod.notebook.findings import finding
from nb2prod.notebook.history import with_history
from nb2prod.notebook.quarantine import quarantine
from nb2prod.notebook.scope import Scope
from nb2prod.notebook.statements import statements
from nb2prod.notebook.translate import translate
from nb2prod.secrets.public import public
from nb2prod.secrets.rewrite import reads

_SKIP = "nb2prod:skip"


def read(
    notebook: Path | str | bytes | IO[bytes],
    name: str | None = None,
    max_bytes: int = source.MAX_BYTES,
    folder: Path | None = None,
) -> Program:
    """A notebook as statements in document order.

    `notebook` is a path, or the bytes or a stream of the notebook itself; `name` replaces the
    file's name, or "notebook"; `folder` is where it lies, for what a path does not
    say. Raises InputError, in one sentence, when no package can come of it.
    """
    return understood(public(document.load(notebook, name, max_bytes, folder)))


def understood(notebook: document.Document) -> Program:
    """A notebook's JSON, without its secrets, as statements in document order.

    Raises InputError when no package can come of it.
    """
    program = outline(notebook)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the notebook's code: "\d" in a plain string
        return _with_statements(program)


def outline(notebook: document.Document) -> Program:
    """A notebook's cells, without their statements.

    Raises InputError when it is in another language.
    """
    given, json = notebook.given, notebook.json
    kernels.check_language(json["metadata"])
    python = kernels.python_version(json["metadata"])
    made, diagnostics = cells(json)
    return Program(
        name=given.name,
        cells=made,
        statements=(),
        diagnostics=(*_about(notebook.encoding, python), *notebook.diagnostics, *diagnostics),
        python=python,
        notebook=json,
        source=given.data if notebook.kept is None else notebook.kept,
        folder=given.folder,
        secrets=notebook.secrets,
        original=given.data,
    )


def code_cells(program: Program) -> list[Code]:
    """The code cells as Python before any magic is translated.

    Raises InputError when there is none.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        codes = _codes(program)
        scope = Scope(lambda: [code.tree for code in codes if code.tree], program.folder)
        return [automagic(code, lambda: scope.bindings) for code in codes]


def _about(encoding: str, python: str | None) -> Iterator[Diagnostic]:
    if encoding == "latin-1":
        yield finding("NB112", "the notebook's text is not UTF-8; it is read as Latin-1")
    if python and python.startswith("2"):
        yield finding("NB103", f"the notebook was written for Python {python}")


def _with_statements(program: Program) -> Program:
    codes = _codes(program)
    scope = Scope(lambda: [code.tree for code in codes if code.tree], program.folder)
    scope.secrets += program.secrets
    codes = [automagic(code, lambda: scope.bindings) for code in codes]
    shells = calls.shells(code.tree for code in codes if code.tree and "get_ipython" in code.source)
    names = [secret.name for secret in program.secrets]
    codes = [_with_environment(translate(code, scope, shells), names) for code in codes]
    codes = with_history(codes, program.cells, scope)
    parts = [
        statements(code, shown) for code, shown in zip(codes, session.displays(codes), strict=True)
    ]
    body = session.with_imports([found for found, _ in parts], codes, scope)
    body, left_out, diagnostics = session.without_hosts(body)
    broken = [quarantine(code) for code in codes if code.error]
    skipped = {cell.index for cell in program.cells if _SKIP in cell.tags}
    return replace(
        program,
        statements=tuple(body),
        left_out=tuple(
            sorted(
                (
                    *(part for code in codes for part in code.left_out),
                    *(part for _, never in parts for part in never),
                    *(part for part, _ in broken),
                    *left_out,
                ),
                key=lambda part: (part.origin.cell, part.origin.line),
            )
        ),
        requirements=tuple(dict.fromkeys(r for code in codes for r in code.requirements)),
        secrets=tuple(scope.secrets),
        diagnostics=(
            *program.diagnostics,
            *scope.told,
            *(part for code in codes for part in _said(code)),
            *(said for _, said in broken if said.origin and said.origin.cell not in skipped),
            *diagnostics,
        ),
    )


def _with_environment(code: Code, names: Sequence[str]) -> Code:
    """Code that reads a secret from the environment needs a module that the notebook may not import."""
    return replace(code, imports=code.imports | {"os"}) if reads(code.source, names) else code


def _codes(program: Program) -> list[Code]:
    metadata = program.notebook["metadata"]
    bricks, python_3 = databricks.is_notebook(metadata), kernels.is_python_3(metadata)
    codes = [
        _code(cell, bricks, python_3)
        for cell in program.cells
        if cell.kind == "code" and cell.source.strip()
    ]
    if not any(code.tree and code.tree.body for code in codes):
        raise InputError(_nothing(codes))
    return codes


def _code(cell: Cell, bricks: bool, python_3: bool) -> Code:
    source = databricks.whole_cell(cell.source) if bricks else cell.source
    # A cell that Python 3 refused computed nothing, and must not compute anything in the package.
    code = understand(cell.index, source, modern=not python_3 or _ran(cell))
    return replace(code, source=cell.source)


def _ran(cell: Cell) -> bool:
    """Has it output that is no error? Then it was Python 2 that ran it."""
    return bool(cell.outputs) and all(out.get("output_type") != "error" for out in cell.outputs)


def _nothing(codes: Sequence[Code]) -> str:
    broken = next((code for code in codes if code.error), None)
    if broken is None or broken.error is None:
        return "The notebook has no Python code; there is nothing to convert."
    return (
        f"The notebook has no Python cell that parses (cell {broken.cell}: {broken.error.msg});"
        " check that it is a Python notebook."
    )


def _said(code: Code) -> Iterator[Diagnostic]:
    yield from code.diagnostics
    if code.modernised:
        origin = code.text.origin(code.cell, 0, len(code.text.lines) - 1)
        yield finding("NB102", "the cell is Python 2; it is rewritten in Python 3's syntax", origin)
