"""From a call and its row to what it reads and writes, and where."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nb2prod.inventory import paths, queries
from nb2prod.inventory.tables import Port, Row, Slot
from nb2prod.inventory.texts import HERE, HOLE, is_url
from nb2prod.inventory.uses import Direction, Use
from nb2prod.inventory.values import UNKNOWN, Value, combinations, elements, pieces

FORMATS = {
    "csv": "csv",
    "tsv": "csv",
    "txt": "text",
    "log": "text",
    "md": "text",
    "xls": "excel",
    "xlsx": "excel",
    "json": "json",
    "jsonl": "json",
    "ndjson": "json",
    "geojson": "geo",
    "shp": "geo",
    "parquet": "parquet",
    "feather": "feather",
    "orc": "orc",
    "pkl": "pickle",
    "pickle": "pickle",
    "joblib": "joblib",
    "npy": "numpy",
    "npz": "numpy",
    "h5": "hdf",
    "hdf5": "hdf",
    "nc": "netcdf",
    "mat": "matlab",
    "png": "image",
    "jpg": "image",
    "jpeg": "image",
    "gif": "image",
    "tif": "image",
    "tiff": "image",
    "bmp": "image",
    "svg": "image",
    "pdf": "pdf",
    "wav": "audio",
    "mp3": "audio",
    "flac": "audio",
    "mp4": "video",
    "avi": "video",
    "db": "sqlite",
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
    "zip": "zip",
    "gz": "gzip",
    "tar": "tar",
    "tgz": "tar",
    "bz2": "bzip2",
    "html": "html",
    "htm": "html",
    "xml": "xml",
    "yaml": "yaml",
    "yml": "yaml",
    "pt": "torch",
    "pth": "torch",
    "onnx": "onnx",
    "keras": "keras",
    "py": "python",
    "sql": "sql",
}
_SAVED = {"image": "figure", "pdf": "figure", "html": "figure", "hdf": "model", "keras": "model"}
_SAVED |= {"torch": "model", "pickle": "model", "excel": "file"}
_STORES = tuple(
    f"{scheme}:/"
    for scheme in (
        "s3 s3a s3n gs gcs abfs abfss wasb wasbs dbfs hdfs adl az oss r2".split()  # of stores and clusters
    )
)
_WEB = ("http://", "https://", "ftp://", "sftp://")
_COMPRESSED = frozenset({"gz", "bz2", "xz", "zst"})
_PLACES = 400  # of one call: beyond that the rest is one entry that is open


@dataclass(frozen=True, slots=True)
class Called:
    """A call whose arguments are known as far as they are."""

    node: ast.Call
    name: str
    owner: Value = UNKNOWN
    arguments: Sequence[Value] = ()
    keywords: Mapping[str, Value] = field(default_factory=dict)

    def given(self, slot: Slot | None) -> Value | None:
        """Return the argument of a slot, None when it is not given."""
        if slot is None:
            return None
        for name in slot.keyword.split():
            if name in self.keywords:
                return self.keywords[name]
        if slot.arg is not None and slot.arg < len(self.arguments):
            return self.arguments[slot.arg]
        return self.keywords.get("**")

    def written(self, slot: Slot) -> ast.expr | None:
        """Return the argument of a slot as code."""
        for keyword in self.node.keywords:
            if keyword.arg is not None and keyword.arg in slot.keyword.split():
                return keyword.value
        plain = [part for part in self.node.args if not isinstance(part, ast.Starred)]
        if slot.arg is not None and slot.arg < len(plain):
            return plain[slot.arg]
        return None


def direction(row: Row, called: Called) -> Iterator[tuple[Direction, Port]]:
    """Yield the ports of a row that a call uses, by its mode where it has one."""
    if row.mode is not None and (row.reads or row.writes):
        value = called.given(row.mode)
        texts = value.texts if value is not None else ((row.mode.default or "r"),)
        port = row.reads or row.writes
        assert port is not None
        if any(set(text) & set("wax") for text in texts):
            yield "write", port
        if not texts or any("r" in text or not set(text) & set("wax") for text in texts):
            yield "read", port
        return
    if row.reads is not None:
        yield "read", row.reads
    if row.writes is not None:
        yield "write", row.writes


def location(called: Called, port: Port) -> tuple[Value, str] | None:
    """Return what is known of a location, and how it is written; None when none is given."""
    if port.of == "owner":
        node = called.node.func
        written = node.value if isinstance(node, ast.Attribute) else node
        return called.owner, shown(written)
    if port.bundled:
        return Value(constants=(bundled(called.name),)), shown(called.node)
    if port.of:
        return _INDIRECT[port.of](called, port)
    value = called.given(port.slot)
    node_ = called.written(port.slot)
    if value is None:
        default = Value(constants=(port.default,)) if port.default else UNKNOWN
        return (default, shown(called.node)) if port.needed else None
    return value, shown(node_ if node_ is not None else called.node)


def _listing(called: Called, port: Port) -> tuple[Value, str]:
    name = called.name.rpartition(".")[2]
    return Value(constants=paths.listed(called.owner, name, called.arguments)), shown(called.node)


def _connection(called: Called, port: Port) -> tuple[Value, str] | None:
    """Return the place of a connection: of its own uses, or of a URL."""
    node = called.node.func
    written: ast.AST = node.value if isinstance(node, ast.Attribute) else called.node
    value = called.owner
    if not port.slot.keyword and port.arg is None and not called.owner.uses and not port.needed:
        return value, shown(written)
    given = called.given(port.slot)
    if given is not None:
        value, written = given, called.written(port.slot) or written
    texts = dict.fromkeys((*value.texts, *(place for use in value.uses for place in use.places)))
    return Value(constants=tuple(texts)), shown(written)


def _tables(called: Called, port: Port) -> tuple[Value, str] | None:
    value = called.given(port.slot)
    if value is None:
        return None
    found = [
        queries.tables(text) or ((text,) if " " not in text.strip() else ()) for text in value.texts
    ]
    places = tuple(dict.fromkeys(name for names in found for name in names))
    return Value(constants=places), shown(called.written(port.slot) or called.node)


def _object(called: Called, port: Port) -> tuple[Value, str]:
    """Return an object in a bucket as `s3://bucket/key`."""
    parts = []
    for offset, name in enumerate(port.keyword.split()):
        position = None if port.arg is None else port.arg + offset
        parts.append(called.given(Slot(position, name)) or UNKNOWN)
    rows = combinations([pieces(part) for part in parts])
    return Value(constants=tuple(f"s3://{bucket}/{key}" for bucket, key in rows)), shown(
        called.node
    )


_INDIRECT = {"listing": _listing, "connection": _connection, "tables": _tables, "object": _object}


def shown(node: ast.AST) -> str:
    """Return code in one line."""
    try:
        return " ".join(ast.unparse(node).split())[:300]
    except (ValueError, RecursionError):
        return ""


def bundled(name: str) -> str:
    """Return the data set that a call is named after: `load_iris`, `mnist.load_data`, `datasets.MNIST`."""
    *rest, last = name.split(".")
    verb, underscore, noun = last.partition("_")
    if last in (
        "load",
        "load_data",
        "load_pandas",
        "data",
        "words",
        "sents",
        "raw",
        "fileids",
        "__call__",
    ):
        return rest[-1] if rest else last
    return noun if underscore and verb in ("load", "fetch", "get", "download") else last


def places(value: Value, depth: int = 2) -> tuple[str, ...]:
    """Return the texts that a location may come to, those of each element of a list among them."""
    found = [str(part) for part in value.constants if isinstance(part, str)]
    inner = (elements(value) if value.items is not None else None) or (
        [value.each] if value.each else []
    )
    if depth:
        for part in inner:
            found += places(part, depth - 1)
    return tuple(dict.fromkeys(found))[:_PLACES]


def format_of(call: str, port: Port, place: str | None) -> str:
    """Return the format: the row's, that of a name as `read_parquet`, or of the file's ending."""
    if port.format == "name":
        return call.rpartition(".")[2].rpartition("_")[2]
    found = _by_ending(place) if place else ""
    if port.format and not (port.format.endswith("?") and found):
        return port.format.rstrip("?")
    return found


def _by_ending(place: str) -> str:
    plain = place.partition("?")[0].partition("#")[0].lower() if is_url(place) else place.lower()
    stem, ending = posixpath.splitext(plain)
    inner = posixpath.splitext(stem)[1].lstrip(".")
    ending = ending.lstrip(".")
    if ending in _COMPRESSED and inner in FORMATS:
        ending = inner
    return FORMATS.get(ending, "")


def kind_of(kind: str, place: str | None, call: str = "") -> str:
    """Return the kind of a place: a table's `file` may turn out to be on the network.

    What is saved by a method that many libraries have is told by the ending.
    """
    lower = (place or "").lower()
    if kind in ("model", "figure") and call.endswith("save"):
        kind = _SAVED.get(_by_ending(lower), kind)
    if kind in ("file", "model", "figure", "url", "api") and lower.startswith(_STORES):
        return "object store"
    if kind == "file" and lower.startswith(_WEB):
        return "url"
    if kind == "api" and lower.startswith(_WEB) and _by_ending(lower) not in ("", "html", "python"):
        return "url"
    return kind


def plain(text: str) -> str | None:
    """Return a text that is known in full."""
    return None if HOLE in text else text.replace(f"{HERE}/", "").replace(HERE, ".")


def use_of(
    called: Called, direction: Direction, port: Port, found: tuple[Value, str], cell: int
) -> Use:
    """Return the use that a call makes of a place."""
    value, written = found
    texts = places(value)
    return Use(
        key=id(called.node),
        direction=direction,
        cell=cell,
        line=called.node.func.end_lineno or called.node.lineno,  # of a chain: where its name is
        call=called.name,
        kind=port.kind,
        format=port.format,
        location=written,
        places=texts,
        within=value.uses,
    )
