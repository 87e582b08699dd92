"""The inventory of one notebook: its cells followed, what they read and write described."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from nb2prod.inventory import ports
from nb2prod.inventory.calls import Calls
from nb2prod.inventory.chains import Entry, follow, unfolded
from nb2prod.inventory.content import Content, Contents
from nb2prod.inventory.masking import masked
from nb2prod.inventory.naming import names
from nb2prod.inventory.tables import Port, Readers
from nb2prod.inventory.texts import is_absolute, is_url
from nb2prod.inventory.uses import Use
from nb2prod.model import Program, Source
from nb2prod.notebook.calls import mentions, shells, sites
from nb2prod.notebook.code import Code
from nb2prod.notebook.read import code_cells
from nb2prod.secrets.personal import personal_columns

_FAR = frozenset({"url", "api", "object store"})
_LONGEST = 500  # characters of what obtained something


@dataclass(frozen=True, slots=True)
class Script:
    """A code cell as Python, its lines those of the cell; commands are calls of `get_ipython()`."""

    cell: int
    tree: ast.Module
    text: str


def scripts(codes: Iterable[Code]) -> tuple[Script, ...]:
    """Return the cells that are Python."""
    found = []
    for code in codes:
        if code.tree is not None:
            code.text.relocate(code.tree)
            found.append(Script(code.cell, code.tree, str(code.text)))
    return tuple(found)


def of_program(program: Program) -> tuple[Source, ...]:
    """Return what a notebook that was read reads and writes; nothing for code without a notebook."""
    cells = scripts(code_cells(program)) if "metadata" in program.notebook else ()
    return inventory(cells, program.folder)


def inventory(cells: Sequence[Script], folder: str | None = None) -> tuple[Source, ...]:
    """Return what the cells of a notebook read and write, in the order of the program.

    `folder` is where the notebook lies: files there are described. Nothing is run, and no
    credential is in what is returned.
    """
    uses = follow_cells(cells)
    entries = list(_entries(uses))
    chains = follow(entries, folder)
    contents = Contents(folder)
    found = [_source(entry, obtained, contents) for entry, obtained in unfolded(entries, chains)]
    found.sort(key=lambda source: (source.cell, source.line))
    return tuple(
        replace(source, name=name) for source, name in zip(found, names(found), strict=True)
    )


def follow_cells(cells: Sequence[Script]) -> list[Use]:
    """Return what following the cells found, in the order of the program."""
    calls = Calls(Readers())
    names_of_shell = shells(cell.tree for cell in cells if mentions(cell.text, ()))
    for cell in cells:
        found = sites(cell.tree, names_of_shell) if mentions(cell.text, names_of_shell) else ()
        calls.commands.sites |= {id(site.expression): site.command for site in found}
    for cell in cells:
        calls.cell = cell.cell
        for node in cell.tree.body:
            try:
                calls.execute(node)
            except RecursionError:
                calls.reset()
    try:
        calls.finish()
    except RecursionError:
        calls.reset()
    return list(calls.uses.values())


def _entries(uses: Sequence[Use]) -> Iterable[Entry]:
    """Yield one entry for each call and place; a place that is not known where the call has no other."""
    seen: set[tuple[object, ...]] = set()
    known = {(use.key, use.direction) for use in uses for place in use.places if ports.plain(place)}
    for use in uses:
        for place in use.places or ("",):
            text = ports.plain(place) if use.places else None
            if not text and (use.key, use.direction) in known:
                continue
            key = (use.key, use.line, use.direction, text, use.location)
            if key not in seen:
                seen.add(key)
                yield Entry(use, text or None)


def _source(entry: Entry, obtained: str | None, contents: Contents) -> Source:
    use, place = entry.use, entry.place
    hint = place if place is not None else (use.places[0] if use.places else None)
    kind = ports.kind_of(use.kind, hint, use.call)
    format_ = ports.format_of(use.call, Port(kind=use.kind, format=use.format), hint)
    content = Content()
    if use.direction == "read" and kind not in _FAR:
        content = contents.of(place, format_)
    columns = _columns(use, content.schema)
    return Source(
        name="",
        direction=use.direction,
        location=masked(use.location),
        resolved=masked(place) if place is not None else None,
        kind=kind,
        format=format_,
        call=use.call,
        cell=use.cell,
        line=use.line,
        variable=use.variable,
        columns=columns,
        external=_is_external(use, kind, hint),
        obtained_by=masked(obtained)[:_LONGEST] if obtained else None,
        bytes=content.bytes,
        sha256=content.sha256,
        rows=content.rows,
        schema=content.schema,
        personal=content.personal or personal_columns(columns),
    )


def _columns(use: Use, schema: Mapping[str, str]) -> tuple[str, ...]:
    if use.direction == "write":
        return ()
    if schema:
        return tuple(name for name in schema if name in use.columns or name in use.attributes)
    return tuple(use.columns)


def _is_external(use: Use, kind: str, place: str | None) -> bool:
    if kind in _FAR or use.fetches:
        return True
    if place is None:
        return False
    if kind == "database" and is_url(place):
        return not place.startswith(("sqlite", "duckdb")) or "////" in place
    return is_url(place) or is_absolute(place)
