"""Modules beside the notebook, and programs that it runs, without their secrets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nb2prod.model import Diagnostic, Secret
from nb2prod.notebook.findings import finding
from nb2prod.secrets.allowed import settings
from nb2prod.secrets.document import Cleaner
from nb2prod.secrets.find import secrets_of
from nb2prod.secrets.imports import is_imported, with_import
from nb2prod.secrets.rewrite import reads


def without_secrets(
    source: str, file: str, known: Sequence[Secret], folder: str | None
) -> tuple[str, tuple[Secret, ...], tuple[Diagnostic, ...]]:
    """Return a module's source that reads its secrets from the environment, those found, what to say.

    `known` are secrets of the notebook and of other modules.
    """
    cell = {"cell_type": "code", "source": source, "metadata": {}}
    findings = secrets_of({"metadata": {}, "cells": [cell]}, file, settings(folder))
    values = {secret.value: secret.name for secret in known}
    cleaner = Cleaner(findings, values)
    if not findings.found and not cleaner.scrubber.names_in(source):
        return source, (), ()
    cleaned = cleaner.code(0)
    names = list(cleaner.variables.values())
    if reads(cleaned, names) and not is_imported(cleaned):
        cleaned = with_import(cleaned)
    made, told = [], []
    for secret in cleaner.secrets():
        lines = sorted(
            {int(line) for place in secret.places for line in re.findall(r"line (\d+)", place)}
        )
        if lines and secret.value not in values:
            where = f"{file}, line {lines[0]}"
            made.append(replace(secret, places=(where,)))
            message = f"a secret ({secret.kind}) in {where} is read from the environment"
            told.append(finding("NB121", f"{message} variable {secret.name}"))
    return cleaned, tuple(made), tuple(told)
