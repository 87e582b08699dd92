"""Files and folders that the notebook's code mentions, though no reader is known for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.model import Plan

_PATH = re.compile(r"(\.{1,2}/)*[\w -]+([/\\][\w .*?\[\]-]+)+/?|[\w -]*\*[\w.*-]*|[\w -]+\.\w{2,8}")
_ENDINGS = re.compile(
    r"\.(csv|tsv|txt|xlsx?|json|parquet|feather|pkl|pickle|joblib|npy|npz|h5|hdf5|db|sqlite|zip|gz|png|jpe?g|wav|xml)$",
    re.IGNORECASE,
)
_LIKELY = re.compile(rf"[/\\\\]|{_ENDINGS.pattern}", re.IGNORECASE)
_FOLDER_NAMES = re.compile(r"\w*(dir|path|folder|root|data|base)\w*", re.IGNORECASE)
_MOST = 30
_LONGEST = 100  # characters of a path


def mentioned_paths(plan: Plan) -> list[str]:
    """Return the relative paths in the code that may be data, those of known readers left out."""
    uses = [use for facts in plan.analysis.facts for use in facts.uses]
    known = {use.location for use in uses}
    found: dict[str, None] = {}
    for statement in plan.analysis.statements:
        found |= dict.fromkeys(_paths(statement.node))
    return [path for path in found if path not in known][:_MOST]


def _paths(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
            if _FOLDER_NAMES.fullmatch(name) and re.fullmatch(r"[\w -]+/?", text):
                yield text
    shell = "subprocess" in ast.unparse(node)
    for part in ast.walk(node):
        if not isinstance(part, ast.Constant) or not isinstance(part.value, str):
            continue
        for text in part.value.split() if shell else [part.value]:
            if len(text) <= _LONGEST and _PATH.fullmatch(text) and _LIKELY.search(text):
                yield text
