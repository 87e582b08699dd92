"""Values as files: what a recorded call is given, and what is expected of it.

Tables are csv, arrays npy, plain values JSON. What no open format can carry is a pickle
with its hash and the versions of the libraries that it needs.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import importlib
import json
import math
import pickle
import pickletools
import sys
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from recording.differences import difference

MISSING = "NaN"  # in csv
LETTERS = "-_."  # of file names, besides letters and digits


class Stale(Exception):
    """A pickle was made with other versions than are installed."""


def read(spec: Any, folder: Path) -> Any:
    """Read a value that `write` wrote; raises Stale for a pickle of other versions."""
    if not isinstance(spec, dict):
        return spec
    (kind,) = [key for key in spec if key in READERS]
    return READERS[kind](spec, folder)


def _read_json(spec: Any, folder: Path) -> Any:
    return copy.deepcopy(spec["json"])


def _read_float(spec: Any, folder: Path) -> Any:
    return float(spec["float"])


def _read_list(spec: Any, folder: Path) -> Any:
    return [read(part, folder) for part in spec["list"]]


def _read_tuple(spec: Any, folder: Path) -> Any:
    return tuple(read(part, folder) for part in spec["tuple"])


def _read_set(spec: Any, folder: Path) -> Any:
    return {read(part, folder) for part in spec["set"]}


def _read_dict(spec: Any, folder: Path) -> Any:
    return {read(key, folder): read(value, folder) for key, value in spec["dict"]}


def _read_number(spec: Any, folder: Path) -> Any:
    import numpy as np

    return np.dtype(spec["number"]).type(read(spec["value"], folder))


def _read_config(spec: Any, folder: Path) -> Any:
    module, _, name = spec["config"].rpartition(".")
    values = {key: read(value, folder) for key, value in spec["values"].items()}
    return getattr(importlib.import_module(module), name)(**values)


def _read_array(spec: Any, folder: Path) -> Any:
    import numpy as np

    return np.load(folder / spec["array"], allow_pickle=False)


def _read_sparse(spec: Any, folder: Path) -> Any:
    from scipy import sparse

    return sparse.load_npz(folder / spec["sparse"])


def _read_series(spec: Any, folder: Path) -> Any:
    return _read_table({**spec, "table": spec["series"]}, folder).iloc[:, 0]


def _read_table(spec: Any, folder: Path) -> Any:
    import pandas as pd

    text = pd.read_csv(
        folder / spec["table"],
        dtype=str,
        keep_default_na=False,
        na_values=[MISSING],
        header=0,
    )
    named = isinstance(spec["columns"], dict)
    own = [*spec["columns"].values()] if named else spec["dtypes"]
    dtypes = [*spec.get("index", {}).get("dtypes", ()), *own]
    columns = [_typed(text.iloc[:, n], dtype) for n, dtype in enumerate(dtypes)]
    first = len(dtypes) - len(own)
    frame = pd.concat(columns[first:], axis=1) if columns[first:] else text[[]]
    frame.columns = _labels(spec, folder)
    if "range" in spec:
        frame.index = pd.RangeIndex(*spec["range"])
    elif first == 1:
        frame.index = pd.Index(columns[0])
    else:
        frame.index = pd.MultiIndex.from_arrays(columns[:first])
    frame.index.names = spec.get("index", {}).get("names", [None] * frame.index.nlevels)
    return frame


def _read_pickle(spec: Any, folder: Path) -> Any:
    data = (folder / spec["pickle"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != spec["sha256"]:
        raise ValueError(f"{folder / spec['pickle']} is not the file that was recorded")
    for name, version in spec["versions"].items():
        found = getattr(importlib.import_module(name), "__version__", "none")
        if found != version:
            raise Stale(f"recorded with {name} {version}, {found} is installed")
    return pickle.loads(data)


def _labels(spec: Any, folder: Path) -> Any:
    """Read the labels of the columns: texts with their types, or anything else."""
    import pandas as pd

    if isinstance(spec["columns"], dict):
        return pd.Index(list(spec["columns"]))
    if isinstance(spec["columns"], int):
        return pd.RangeIndex(spec["columns"])
    return pd.Index(read(spec["labels"], folder), name=spec["columns"])


def _typed(column: Any, dtype: Any) -> Any:
    """Give a column of texts the type that it had."""
    import pandas as pd

    if isinstance(dtype, dict):  # a category
        categories = _typed(pd.Series(dtype["categories"], dtype=object), dtype["of"])
        held = _typed(column, dtype["of"])
        return pd.Series(
            pd.Categorical(held, categories, ordered=dtype["ordered"]),
            index=column.index,
        )
    if dtype == "bool":
        return column == "True"
    if dtype.startswith(("datetime64", "timedelta64")):
        convert = pd.to_datetime if dtype.startswith("date") else pd.to_timedelta
        return convert(column).astype(dtype)
    if dtype.startswith("float"):
        return column.map(float, na_action="ignore").astype(dtype)
    return column.astype(dtype)


READERS: dict[str, Callable[[Any, Path], Any]] = {
    "json": _read_json,
    "float": _read_float,
    "list": _read_list,
    "tuple": _read_tuple,
    "set": _read_set,
    "dict": _read_dict,
    "number": _read_number,
    "config": _read_config,
    "array": _read_array,
    "sparse": _read_sparse,
    "series": _read_series,
    "table": _read_table,
    "pickle": _read_pickle,
}


def write(value: Any, folder: Path, name: str) -> Any:
    """Write a value below a folder, and return how to read it.

    Every form is read again at once: where that does not give the same value, the next
    one is taken. Raises what pickling raises.
    """
    name = "".join(c if c.isalnum() or c in LETTERS else "_" for c in name)
    for attempt in (_write_json, _write_plain, _write_table, _write_array):
        with contextlib.suppress(Exception):  # any library's objects
            spec = attempt(value, folder, name)
            if spec is not NotImplemented and same(read(spec, folder), value):
                return spec
    for path in folder.glob(f"{name}.*"):
        path.unlink()
    data = pickle.dumps(value, protocol=4)
    (folder / f"{name}.pickle").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    return {
        "pickle": f"{name}.pickle",
        "sha256": digest,
        "versions": versions_in(data),
    }


def same(one: Any, other: Any) -> bool:
    """Say whether two values are the same to the last digit."""
    return difference(one, other, "", 0.0) is None


def versions_in(data: bytes) -> dict[str, str]:
    """Return the versions of the libraries that a pickle names."""
    texts = [part for _, part, _ in pickletools.genops(data) if isinstance(part, str)]
    roots = {text.partition(".")[0].partition(" ")[0] for text in texts}
    loaded = {root: sys.modules[root] for root in sorted(roots) if root in sys.modules}
    found = {
        root: getattr(module, "__version__", "") for root, module in loaded.items()
    }
    return {
        root: text for root, text in found.items() if isinstance(text, str) and text
    }


def _write_json(value: Any, folder: Path, name: str) -> Any:
    if not isinstance(value, (list, dict)):
        return NotImplemented
    return {"json": json.loads(json.dumps(value, allow_nan=False))}


def _write_plain(value: Any, folder: Path, name: str) -> Any:
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"float": str(value)}
    if type(value) in (list, tuple):
        parts = [write(v, folder, f"{name}_{n}") for n, v in enumerate(value)]
        return {type(value).__name__: parts}
    if type(value) is set:
        return {
            "set": [
                write(v, folder, f"{name}_{n}") for n, v in enumerate(sorted(value))
            ]
        }
    if type(value) is dict:
        pairs = enumerate(value.items())
        return {
            "dict": [
                [write(k, folder, f"{name}_key_{n}"), write(v, folder, f"{name}_{k}")]
                for n, (k, v) in pairs
            ]
        }
    if is_dataclass(value) and not isinstance(value, type):
        values = {k: write(v, folder, f"{name}_{k}") for k, v in asdict(value).items()}
        kind = type(value)
        return {"config": f"{kind.__module__}.{kind.__name__}", "values": values}
    return NotImplemented


def _write_table(value: Any, folder: Path, name: str) -> Any:
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(value, (pandas.DataFrame, pandas.Series)):
        return NotImplemented
    kind = "table" if isinstance(value, pandas.DataFrame) else "series"
    frame = value if kind == "table" else value.to_frame(value.name)
    spec: dict[str, Any] = {kind: f"{name}.csv"}
    labels = list(frame.columns)
    dtypes = [_dtype(frame.iloc[:, n]) for n in range(frame.shape[1])]
    if set(map(type, labels)) == {str} and len(set(labels)) == len(labels):
        spec["columns"] = dict(zip(labels, dtypes))
    else:
        is_range = isinstance(frame.columns, pandas.RangeIndex)
        spec["columns"] = len(labels) if is_range else frame.columns.name
        spec["labels"] = write(labels, folder, f"{name}_columns")
        spec["dtypes"] = dtypes
    index = frame.index
    if isinstance(index, pandas.RangeIndex):
        spec["range"] = [index.start, index.stop, index.step]
    else:
        levels = [index.get_level_values(n) for n in range(index.nlevels)]
        spec["index"] = {"dtypes": [_dtype(level.to_series()) for level in levels]}
    if any(part is not None for part in index.names):
        spec.setdefault("index", {})["names"] = list(index.names)
    frame.to_csv(folder / f"{name}.csv", index="range" not in spec, na_rep=MISSING)
    return spec


def _write_array(value: Any, folder: Path, name: str) -> Any:
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return NotImplemented
    if isinstance(value, numpy.generic):
        return {
            "number": str(value.dtype),
            "value": write(value.item(), folder, name),
        }
    sparse = sys.modules.get("scipy.sparse")
    if sparse is not None and sparse.issparse(value):
        sparse.save_npz(folder / f"{name}.npz", value)
        return {"sparse": f"{name}.npz"}
    if type(value) is numpy.ndarray and not value.dtype.hasobject:
        numpy.save(folder / f"{name}.npy", value, allow_pickle=False)
        return {"array": f"{name}.npy"}
    return NotImplemented


def _dtype(column: Any) -> Any:
    if str(column.dtype) != "category":
        return str(column.dtype)
    categories = column.cat.categories
    return {
        "categories": [str(part) for part in categories],
        "of": str(categories.dtype),
        "ordered": bool(column.cat.ordered),
    }
