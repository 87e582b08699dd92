"""What was understood of the last notebooks, for the next look at the same code.

While somebody tries stages in the panel, the same notebook comes again and again with other
metadata: reading and most of the analysis would take two thirds of the time until the new plan.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from nb2prod import api

if TYPE_CHECKING:
    from nb2prod.analysis.analyse import Observed
    from nb2prod.jupyter.request import Request
    from nb2prod.model import Program

_KEPT = 6  # notebooks
_OTHER_FILES = (b"%run", b"%load", b"_magic")  # the program is of other files, too
_recent: OrderedDict[bytes, tuple[Program, Observed]] = OrderedDict()


def understood(request: Request) -> tuple[Program, Observed]:
    """Return a notebook as it is read, and what its code shows; raise InputError when it is none."""
    key, metadata = _key(request)
    if key is None or key not in _recent:
        program = api.read(request.source(), name=request.name, folder=request.beside)
        found = program, api.observe(program)
        if key is None:
            return found
        _recent[key] = found
    _recent.move_to_end(key)
    while len(_recent) > _KEPT:
        _recent.popitem(last=False)
    program, observed = _recent[key]
    return api.restage(program, metadata), observed


def _key(request: Request) -> tuple[bytes | None, list[Any]]:
    """Return what is the same for the same code in the same place, and the cells' metadata.

    None where that is not for sure.
    """
    content = request.content
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list) or not all(_is_plain(cell) for cell in cells):
        return None, []
    metadata = [cell["metadata"] for cell in cells]
    bare = [
        {**cell, "metadata": {k: v for k, v in own.items() if k != "nb2prod"}}
        for cell, own in zip(cells, metadata, strict=True)
    ]
    text = json.dumps([{**content, "cells": bare}, request.path, request.place]).encode()
    if any(word in text for word in _OTHER_FILES):
        return None, []
    return hashlib.sha256(text).digest(), metadata


def _is_plain(cell: Any) -> bool:
    """Has the cell metadata with tags as they should be?"""
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata"), dict):
        return False
    tags = cell["metadata"].get("tags", [])
    return isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)
