"""A notebook without its secrets, right after it was read: nothing later ever sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from nb2prod.model import Diagnostic, Origin, Secret
from nb2prod.notebook.document import Document
from nb2prod.notebook.findings import finding
from nb2prod.secrets import allowed as allowances
from nb2prod.secrets import cell as cells
from nb2prod.secrets.find import Finding, Findings, secrets_of
from nb2prod.secrets.forms import texts as forms
from nb2prod.secrets.imports import is_imported, with_import
from nb2prod.secrets.literals import literals
from nb2prod.secrets.notebooks import as_bytes
from nb2prod.secrets.pieces import with_texts
from nb2prod.secrets.placeholder import placeholder
from nb2prod.secrets.rewrite import Span, reads
from nb2prod.secrets.scrub import Scrubber
from nb2prod.secrets.texts import found_in
from nb2prod.secrets.words import can_be, is_distinct, promise

Json = dict[str, Any]


def without_secrets(document: Document) -> Document:
    """Return a notebook whose code reads its secrets from the environment, and texts show none."""
    notebook, name = document.json, document.given.name
    allowed = allowances.settings(document.given.folder)
    findings = secrets_of(notebook, name, allowed)
    told = [finding("NB123", allowed.problem)] if allowed.problem else []
    if not findings.found:
        return replace(document, diagnostics=(*document.diagnostics, *told))
    cleaner = Cleaner(findings)
    cleaned = cleaner.notebook(notebook)
    return replace(
        document,
        json=cleaned,
        secrets=tuple(cleaner.secrets()),
        diagnostics=(*document.diagnostics, *told, *_diagnostics(findings, cleaner.variables)),
        kept=as_bytes(_runnable(cleaned, list(cleaner.variables.values()))),
    )


class Cleaner:
    """Takes the secrets that were found out of a notebook."""

    def __init__(self, findings: Findings, known: Mapping[str, str] | None = None) -> None:
        self.findings = findings
        self.variables = findings.variables(known or {})  # by secret
        self._add_encoded()
        self.distinct = {v: n for v, n in self.variables.items() if is_distinct(v)}
        self.scrubber = Scrubber({name: value for value, name in self.variables.items()})
        self.in_code: set[str] = set()

    def _add_encoded(self) -> None:
        """Code may hold a secret as it is written in an address: a secret of its own."""
        for value, name in list(self.variables.items()):
            others = [
                text for text in forms(value) if text not in self.variables and is_distinct(text)
            ]
            for code in self.findings.codes.values():
                if not any(text in code.source for text in others) or code.tree is None:
                    continue
                for _, text in literals(code.tree):
                    for other in others:
                        if other in text and value not in text and other not in self.variables:
                            self.variables[other] = _free(
                                f"{name}_ENCODED", self.variables.values()
                            )

    def secrets(self) -> Iterator[Secret]:
        """Yield what was taken out, by variable."""
        by_value: dict[str, list[Finding]] = defaultdict(list)
        for each in self.findings.found:
            by_value[each.value].append(each)
        for value, name in sorted(self.variables.items(), key=lambda item: item[1]):
            found = by_value.get(value, [])
            kind = found[0].kind if found else "another form of a secret"
            places = tuple(dict.fromkeys(each.where for each in found))
            yield Secret(name, kind, value, places, name in self.in_code)

    def notebook(self, notebook: Json) -> Json:
        """Return the notebook without secrets."""
        made = []
        for index, cell in enumerate(notebook["cells"]):
            source = cell["source"]
            rest = {key: value for key, value in cell.items() if key not in ("source", "cell_type")}
            source = self.code(index) if index in self.findings.codes else self.text(source, "")
            made.append(
                {**with_texts(rest, self.text), "cell_type": cell["cell_type"], "source": source}
            )
        return {
            **notebook,
            "cells": made,
            "metadata": with_texts(notebook["metadata"], self.text),
        }

    def text(self, text: str, key: str) -> str:
        """Return a text without secrets: those at places where some stand, and known ones anywhere."""
        if text in self.variables and can_be(text, promise(key)):
            return placeholder(self.variables[text])
        for match in reversed(found_in(text) if len(text) >= 8 else []):
            if match.value in self.variables:
                text = (
                    text[: match.start]
                    + placeholder(self.variables[match.value])
                    + text[match.end :]
                )
        return self.scrubber.text(text)

    def code(self, index: int) -> str:
        """Return a code cell's source with look-ups for secrets, and none in its comments."""
        code = self.findings.codes[index]
        own: dict[int, list[Span]] = defaultdict(list)
        here: dict[int, dict[str, str]] = defaultdict(dict)
        for each in self.findings.found:
            if each.cell == index and each.site:
                end = len(each.value) if each.site.end is None else each.site.end
                span = (each.site.start, end, self.variables[each.value])
                if all(span[1] <= a or b <= span[0] for a, b, _ in own[id(each.site.node)]):
                    own[id(each.site.node)].append(span)
            elif each.cell == index and each.command is not None:
                here[each.command][each.value] = self.variables[each.value]
        source = cells.without_secrets(code, self.distinct, own, here)
        cleaned = self._prose(source, code)
        self.in_code |= {name for name in self.variables.values() if _uses(cleaned, name)}
        return cleaned

    def _prose(self, source: str, code: cells.CellCode) -> str:
        """Take secrets out of what code does not run: comments, cells that are no Python."""
        commands = {row for first, last in code.commands for row in range(first, last + 1)}
        if code.tree is None and not commands:
            return self.text(source, "")
        lines = source.split("\n")
        for row, line in enumerate(lines):
            if row not in commands and "#" in line and not line.startswith("%%"):
                at = line.index("#")
                lines[row] = line[:at] + self.text(line[at:], "")
        return self.scrubber.text("\n".join(lines))


def _uses(source: str, name: str) -> bool:
    written = source.lstrip().startswith(("%%writefile", "%%file")) and placeholder(name) in source
    return reads(source, [name]) or f"${name}" in source or written


def _free(name: str, taken: Any) -> str:
    while name in taken:
        name += "_"
    return name


def _runnable(notebook: Json, names: list[str]) -> Json:
    """Return the notebook with `import os` in the first cell that needs it."""
    made = list(notebook["cells"])
    for index, cell in enumerate(made):
        if cell["cell_type"] != "code":
            continue
        if is_imported(cell["source"]):
            break
        if reads(cell["source"], names):
            made[index] = {**cell, "source": with_import(cell["source"])}
            break
    return {**notebook, "cells": made}


def _diagnostics(findings: Findings, variables: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Tell each secret once a cell and kind of place, without a part of its value."""
    told: set[tuple[object, ...]] = set()
    for each in findings.found:
        name = variables[each.value]
        in_code = each.cell in findings.codes and each.line is not None
        place = (name, each.cell, each.line, each.where)
        if place in told:
            continue
        told.add(place)
        origin = (
            Origin(each.cell, each.line or 1, each.line or 1) if each.cell is not None else None
        )
        if in_code:
            yield finding(
                "NB121",
                f"a secret ({each.kind}) is read from the environment variable {name}",
                origin,
            )
        else:
            yield finding(
                "NB122",
                f"a secret ({each.kind}) is taken out of {each.where}; it is that of {name}",
                origin,
            )
