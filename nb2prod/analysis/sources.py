"""Which data outside the program a statement reads and writes, where that is plain to see."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator

from nb2prod.analysis.reading import Call, Reading
from nb2prod.analysis.tree import walk
from nb2prod.knowledge.tables import Port
from nb2prod.model import DataUse

_FORMATS = {
    "csv": "csv",
    "tsv": "csv",
    "txt": "text",
    "xls": "excel",
    "xlsx": "excel",
    "json": "json",
    "parquet": "parquet",
    "pkl": "pickle",
    "pickle": "pickle",
    "npy": "numpy",
    "npz": "numpy",
    "h5": "hdf",
    "png": "image",
    "jpg": "image",
    "jpeg": "image",
    "svg": "image",
    "pdf": "image",
    "db": "sqlite",
    "sqlite": "sqlite",
}


def data_uses(node: ast.stmt, reading: Reading) -> tuple[DataUse, ...]:
    """Return the reads and writes of a statement whose location is a constant."""
    moving = [call for call in reading.calls() if call.row and (call.row.reads or call.row.writes)]
    if not moving:
        return ()
    receives = _receivers(node)
    return tuple(use for call in moving for use in _uses(call, receives))


def _uses(call: Call, receives: dict[int, str]) -> Iterator[DataUse]:
    if call.row is None or not isinstance(call.node, ast.Call):
        return
    if call.row.reads is not None and not _opened_to_write(call):
        use = _use(call, call.node, call.row.reads, receives.get(id(call.node)))
        if use is not None:
            yield use
    port = call.row.writes or (call.row.reads if _opened_to_write(call) else None)
    if port is not None:
        use = _use(call, call.node, port, _giver(call.node), writes=True)
        if use is not None:
            yield use


def _use(
    call: Call, node: ast.Call, port: Port, variable: str | None, *, writes: bool = False
) -> DataUse | None:
    location = _location(call, port)
    if location is None:
        return None
    return DataUse(
        direction="write" if writes else "read",
        kind="url" if "://" in location and port.kind == "file" else port.kind,
        format=_format(call.name, port, location),
        call=call.name,
        argument=_argument(node, port),
        location=location,
        variable=variable,
    )


def _location(call: Call, port: Port) -> str | None:
    """Return the text of the location: of an argument, or the bundled set that the call is named after."""
    value = call.argument(port.arg, port.keyword)
    if value is None:
        bundled = port.kind == "dataset"
        return call.name.rpartition(".")[2].partition("_")[2] if bundled else None
    return value.constant if isinstance(value.constant, str) else None


def _argument(node: ast.Call, port: Port) -> ast.expr | None:
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg == port.keyword:
            return keyword.value
    if port.arg is not None and port.arg < len(node.args):
        return node.args[port.arg]
    return None


def _format(name: str, port: Port, location: str) -> str:
    """Return the format: the table's, that of a name such as `read_parquet`, or of the file's ending."""
    if port.format == "name":
        return name.rpartition("_")[2]
    ending = posixpath.splitext(location.partition("?")[0])[1].lstrip(".").lower()
    return port.format or _FORMATS.get(ending, "")


def _opened_to_write(call: Call) -> bool:
    """Return whether the call is an `open` for writing."""
    if call.row is None or call.row.verb != "open":
        return False
    mode = call.argument(1, "mode")
    return (
        mode is not None
        and isinstance(mode.constant, str)
        and bool(set(mode.constant) & set("wax"))
    )


def _receivers(node: ast.stmt) -> dict[int, str]:
    """Map the calls that a statement assigns, by id of the node, to the names that receive them."""
    receivers: dict[int, str] = {}
    for part in walk(node):
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            receivers.update(_chain(part.value, part.targets[0].id))
        elif isinstance(part, ast.withitem) and isinstance(part.optional_vars, ast.Name):
            receivers.update(_chain(part.context_expr, part.optional_vars.id))
    return receivers


def _chain(node: ast.expr, name: str) -> Iterator[tuple[int, str]]:
    """Yield the calls of a chain such as `read_csv("a").dropna()` with the name that receives it."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Call):
            yield id(node), name
            node = node.func
        else:
            node = node.value


def _giver(node: ast.Call) -> str | None:
    """Return the name whose data a call writes: of its receiver, or of its first argument."""
    inner: ast.expr = node
    while isinstance(inner, ast.Call | ast.Attribute | ast.Subscript):
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    first = node.args[0] if node.args else None
    candidate = first if isinstance(first, ast.Name) else inner
    return candidate.id if isinstance(candidate, ast.Name) else None
