"""Colab's own services, such as mounting Google Drive, which exist nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2prod.model import Diagnostic, LeftOut, Statement
from nb2prod.notebook.findings import finding

_PACKAGE = "google.colab"


def without_services(
    statements: Sequence[Statement],
) -> tuple[list[Statement], list[LeftOut], list[Diagnostic]]:
    """The statements without calls of Colab's services whose values nobody uses.

    What is left out, and a diagnostic for each; imports go when nothing else needs them.
    """
    names = {name for statement in statements for name in _imported(statement.node)}
    if not names:
        return list(statements), [], []
    calls = [s for s in statements if _is_call(s.node, names)]
    rest = [s for s in statements if s not in calls and not _imported(s.node)]
    used = {
        node.id for s in rest for node in ast.walk(s.node) if isinstance(node, ast.Name)
    } & names
    gone = calls + [s for s in statements if _imported(s.node) and not used & _imported(s.node)]
    reason = "a service of Google Colab"
    left_out = [LeftOut(s.origin, ast.unparse(s.node), reason) for s in gone]
    diagnostics = [
        finding("NB110", f"`{ast.unparse(s.node)}` is left out: {reason}", s.origin) for s in calls
    ] + [
        finding("NB111", f"`{name}` of {_PACKAGE} is used outside of Colab too", None)
        for name in sorted(used)
    ]
    return [s for s in statements if s not in gone], left_out, diagnostics


def _imported(node: ast.stmt) -> set[str]:
    """The names that an import of nothing but Colab's package binds."""
    if isinstance(node, ast.ImportFrom):
        inside = (node.module or "").startswith(_PACKAGE)
        whole = node.module == "google" and all(item.name == "colab" for item in node.names)
        return {item.asname or item.name for item in node.names} if inside or whole else set()
    if isinstance(node, ast.Import) and all(i.name.startswith(_PACKAGE) for i in node.names):
        return {item.asname or item.name.split(".")[0] for item in node.names}
    return set()


def _is_call(node: ast.stmt, names: set[str]) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(value, ast.Call):
        return False
    root: ast.expr = value.func
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in names
