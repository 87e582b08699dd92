"""Recorded calls: what the package's functions were given, and what they gave.

Each folder of golden/calls holds one call: `call.json` says which function it is, what it is given
and what is expected. Tables are csv, arrays npy; what no open format can carry is a pickle, with
its hash and the versions of the libraries that it needs. After an intended change of a function,

    python tests/golden_calls.py FUNCTION ...

records what it gives now to the same values.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import hashlib
import importlib
import inspect
import io
import json
import math
import os
import pickle
import pickletools
import random
import re
import shutil
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

CALLS = Path(__file__).with_name("golden") / "calls"
DATA = Path(__file__).with_name("golden") / "data"
MISSING = "NaN"  # in csv
PRECISE = 1e-6  # relative; another processor may round otherwise
TIMES = re.compile(r"(mean_|std_)?(fit|score|refit)_time_?")  # of a search's fits
TEXTS = {".csv", ".tsv", ".txt", ".json", ".jsonl", ".md", ".yaml", ".yml", ".xml"}
FEW = 20  # items of which each is summarised
LETTERS = "-_."  # of file names, besides letters and digits


class Stale(Exception):
    """A pickle was made with other versions than are installed."""


class Call:
    """One recorded call, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.record = json.loads((folder / "call.json").read_text("utf-8"))

    def __str__(self) -> str:
        return self.folder.name

    def function(self) -> Callable[..., Any]:
        """Import the function that is called."""
        module, _, name = self.record["function"].rpartition(".")
        return getattr(importlib.import_module(module), name)

    def given(self) -> dict[str, Any]:
        """Read what the function is given, by the names of its parameters."""
        parts = self.record["given"].items()
        return {name: read(spec, self.folder) for name, spec in parts}

    def again(self, place: Path, data: Path = DATA) -> dict[str, Any]:
        """Make the call once more, in a folder with copies of the files that it reads."""
        for name in self.record["reads"]:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(data / name, place / name)
        return observe(self.function(), self.given(), place)

    def differences(self, found: dict[str, Any]) -> dict[str, str]:
        """Say of everything that is expected and not found where it differs first."""
        expected = {
            name: read(spec, self.folder)
            for name, spec in self.record["expected"].items()
        }
        unchanged = {k: v for k, v in self.given().items() if is_data(v)}
        for name, value in unchanged.items():
            expected.setdefault(f"{name} afterwards", value)
        pairs = {k: (found.get(k), v) for k, v in expected.items()}
        told = {k: difference(a, b, k, PRECISE) for k, (a, b) in pairs.items()}
        ignored = self.record.get("ignored", ())
        return {k: text for k, text in told.items() if text and k not in ignored}


def calls() -> list[Call]:
    """Return all recorded calls."""
    return [Call(path.parent) for path in sorted(CALLS.glob("*/call.json"))]


# ---- a call, and everything that can be seen of it


def observe(
    function: Callable[..., Any], given: dict[str, Any], place: Path
) -> dict[str, Any]:
    """Call a function in a folder; return what it returns, changes, prints, draws and writes."""
    bound = inspect.BoundArguments(inspect.signature(function), given)  # type: ignore[arg-type]
    before = contents(place)
    seed()
    with contextlib.ExitStack() as stack:
        stack.enter_context(working_in(place))
        drawn = stack.enter_context(drawings())
        options = stack.enter_context(plot_options())
        printed = stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        returned = function(*bound.args, **bound.kwargs)
        if inspect.iscoroutine(returned):
            returned = asyncio.run(returned)
    after = contents(place)
    seen = {f"{name} afterwards": value for name, value in given.items()}
    parts = {"returned": returned}
    if type(returned) is tuple:  # several results, each for itself
        parts = {f"returned {n}": part for n, part in enumerate(returned)}
    seen.update({name: part for name, part in parts.items() if not is_drawing(part)})
    seen["printed"] = printed.getvalue().replace(str(place), "(folder)")
    seen["drawn"] = drawn
    seen["draws"], seen["options"] = draws(), options
    seen["written"] = {k: v for k, v in after.items() if before.get(k) != v}
    return seen


def seed() -> None:
    """Let all random draws start at the same place."""
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)


def draws() -> str:
    """Say where the random generators stand; nothing where they stand as they were seeded."""
    drawn = generators()
    seed()
    return "" if drawn == generators() else drawn


def generators() -> str:
    """Return a hash of the states of the random generators."""
    states: list[Any] = [random.getstate()]
    if "numpy" in sys.modules:
        states.append(sys.modules["numpy"].random.get_state())
    return hashlib.sha256(pickle.dumps(states, protocol=4)).hexdigest()[:16]


def contents(folder: Path) -> dict[str, str]:
    """Return the hash of every file in a folder, where equal content means equal bytes."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (
            _hash(path.read_text("utf-8", "replace"))
            if path.suffix.lower() in TEXTS
            else "written"
        )
        for path in files
    }


@contextlib.contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Make a folder the working directory for a while."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def drawings() -> Iterator[list[Any]]:
    """Collect what is drawn; figures are looked at before they are closed, shown or not."""
    found: list[Any] = []
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        yield found
        return
    close, show = pyplot.close, pyplot.show
    close("all")

    def look(*_: Any, **__: Any) -> None:
        for number in pyplot.get_fignums():
            found.extend(axes_drawn(axes) for axes in pyplot.figure(number).axes)
        close("all")

    pyplot.close = pyplot.show = look
    try:
        yield found
    finally:
        look()
        pyplot.close, pyplot.show = close, show


@contextlib.contextmanager
def plot_options() -> Iterator[dict[str, str]]:
    """Collect the options of matplotlib that are changed from its own, and take that back."""
    changed: dict[str, str] = {}
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None:
        yield changed
        return
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        before = matplotlib.rcParams.copy()
        yield changed
        after = matplotlib.rcParams
        changed.update((k, str(v)) for k, v in after.items() if v != before[k])


def axes_drawn(axes: Any) -> dict[str, Any]:
    """Describe axes by texts, limits, and each shape by its points and how it looks."""
    texts = [axes.get_title(), axes.get_xlabel(), axes.get_ylabel()]
    texts += [text.get_text() for text in axes.texts]
    if axes.get_legend():
        texts += [text.get_text() for text in axes.get_legend().get_texts()]
    shapes = [(line, [line.get_xydata()]) for line in axes.lines]
    shapes += [
        (patch, [patch.get_path().transformed(patch.get_patch_transform()).vertices])
        for patch in axes.patches
    ]
    shapes += [
        (part, [part.get_offsets(), *(path.vertices for path in part.get_paths())])
        for part in axes.collections
    ]
    shapes += [(part, [part.get_array()]) for part in axes.images]
    return {
        "texts": texts,
        "limits": [*map(float, axes.get_xlim()), *map(float, axes.get_ylim())],
        "size": [float(inches) for inches in axes.figure.get_size_inches()],
        "shapes": [[*points(data), *looks(artist)] for artist, data in shapes],
    }


def points(data: list[Any]) -> list[Any]:
    """Describe points by their number, middle and spread."""
    import numpy as np

    numbers = np.concatenate([np.ma.getdata(part).ravel().astype(float) for part in data])
    known = numbers[np.isfinite(numbers)]
    middle, spread = (float(known.mean()), float(known.std())) if known.size else (0.0, 0.0)
    return [len(numbers), middle, spread]


def looks(artist: Any) -> list[Any]:
    """Describe the colour, width, marker and so on of a shape."""
    wanted = ("color", "facecolor", "edgecolor", "linewidth", "linestyle", "marker", "alpha")
    return [
        str(getattr(artist, f"get_{name}")())
        for name in (*wanted, "label")
        if hasattr(artist, f"get_{name}")
    ]


def is_drawing(value: Any) -> bool:
    """Say whether a value is of a library that draws: it is compared by what is drawn."""
    parts = value if isinstance(value, (tuple, list)) else [value]
    roots = {type(part).__module__.partition(".")[0] for part in parts}
    return bool(roots & {"matplotlib", "seaborn", "plotly"})


def is_data(value: Any) -> bool:
    """Say whether a value is data, which a function could change."""
    return isinstance(value, (list, dict, set)) or hasattr(value, "dtype") or is_frame(value)


def is_frame(value: Any) -> bool:
    """Say whether a value is a table of pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame)


# ---- values as files


def read(spec: Any, folder: Path) -> Any:
    """Read a value as `write` described it; raises Stale for a pickle of other versions."""
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


def _read_pickle(spec: Any, folder: Path) -> Any:
    data = (folder / spec["pickle"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != spec["sha256"]:
        raise ValueError(f"{folder / spec['pickle']} is not the file that was recorded")
    for name, version in spec["versions"].items():
        found = getattr(importlib.import_module(name), "__version__", "none")
        if found != version:
            raise Stale(f"recorded with {name} {version}, {found} is installed")
    return pickle.loads(data)


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
    """Write a value below a folder, and return how to read it; raises what pickling raises.

    Every form is read again at once: where it does not give the same value, the next one is taken.
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
    found = {root: getattr(module, "__version__", "") for root, module in loaded.items()}
    return {root: text for root, text in found.items() if isinstance(text, str) and text}


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
        return {"set": [write(v, folder, f"{name}_{n}") for n, v in enumerate(sorted(value))]}
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


def _dtype(column: Any) -> Any:
    if str(column.dtype) != "category":
        return str(column.dtype)
    categories = column.cat.categories
    return {
        "categories": [str(part) for part in categories],
        "of": str(categories.dtype),
        "ordered": bool(column.cat.ordered),
    }


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


# ---- summaries of values that are too large to keep


def summary(value: Any) -> Any:
    """Return what tells a value from another: kind, size, and middle and spread of its numbers."""
    if isinstance(value, (bool, int, str, type(None))):
        return value if not isinstance(value, str) or len(value) < 200 else _hash(value)
    if isinstance(value, float):
        return write(float(value), Path(), "")
    if is_frame(value):
        columns = range(value.shape[1])
        parts = {str(value.columns[n]): summary(value.iloc[:, n]) for n in columns}
        return {"rows": len(value), "columns": parts}
    if hasattr(value, "dtype") and hasattr(value, "__array__"):
        return _array_summary(value)
    if isinstance(value, (list, tuple)) and len(value) <= FEW:
        return [summary(part) for part in value]
    if isinstance(value, dict) and len(value) <= FEW:
        return {str(key): summary(part) for key, part in value.items()}
    size = {"items": len(value)} if isinstance(value, (list, tuple, dict, set)) else {}
    return {"type": type(value).__name__, **size}


def _array_summary(value: Any) -> Any:
    import numpy as np

    array = np.asarray(value)
    if array.dtype.kind in "biuf":
        return {"shape": list(array.shape), "numbers": _spread(array)}
    return {"shape": list(array.shape), "texts": _hash(" ".join(map(str, array.ravel())))}


def _spread(numbers: Any) -> list[Any]:
    import numpy as np

    array = np.asarray(numbers, dtype=float).ravel()
    known = array[np.isfinite(array)]
    if not known.size:
        return [int(array.size), 0.0, 0.0]
    return [int(array.size), float(known.mean()), float(known.std())]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


# ---- comparison


def difference(found: Any, expected: Any, where: str, rel: float) -> str | None:
    """Say where two values differ first; None when they do not."""
    return _difference(found, expected, where, rel, set())


def _difference(
    found: Any, expected: Any, where: str, rel: float, seen: set[tuple[int, int]]
) -> str | None:
    if type(found) is not type(expected):
        return f"{where}: {type(found).__name__} is not {type(expected).__name__}"
    if isinstance(expected, float):
        close = found == expected or math.isclose(found, expected, rel_tol=rel, abs_tol=rel * 1e-3)
        return None if close or found != found and expected != expected else _told(where, found, expected)
    if expected is None or isinstance(expected, (bool, int, str, bytes, complex)):
        if isinstance(expected, str) and rel:
            return _texts_differ(found, expected, where, rel)
        return None if found == expected else _told(where, found, expected)
    pair = (id(found), id(expected))
    if pair in seen:
        return None
    seen.add(pair)
    if isinstance(expected, NAMED):
        same_name = getattr(found, "__qualname__", 0) == getattr(expected, "__qualname__", 0)
        return None if same_name else _told(where, found, expected)
    if isinstance(expected, (set, frozenset)):
        return None if found == expected else _told(where, found, expected)
    if isinstance(expected, (list, tuple)):
        return _items_differ(list(found), list(expected), where, rel, seen)
    if isinstance(expected, dict):
        keys = _items_differ(list(found), list(expected), f"{where} keys", rel, seen)
        parts = (
            _difference(found[key], value, f"{where}[{key!r}]", rel, seen)
            for key, value in expected.items()
            if not (isinstance(key, str) and TIMES.fullmatch(key))
        )
        return keys or next((text for text in parts if text), None)
    if hasattr(expected, "dtype") and hasattr(expected, "__array__"):
        return _arrays_differ(found, expected, where, rel, seen)
    if is_frame(expected):
        return _frames_differ(found, expected, where, rel, seen)
    return _difference(state(found), state(expected), f"{where}.", rel, seen)


NAMED = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.ModuleType,
    type,
)


def state(value: Any) -> Any:
    """Return what makes up an object: its attributes, or what pickle would keep of it."""
    try:
        _, arguments, *rest = value.__reduce_ex__(4)
    except (TypeError, ValueError, AttributeError, pickle.PicklingError):
        return dict(getattr(value, "__dict__", {}))
    return [list(arguments), *(list(p) if isinstance(p, Iterator) else p for p in rest)]


def _told(where: str, found: Any, expected: Any) -> str:
    return f"{where}: {found!r:.80} is not {expected!r:.80}"


def _items_differ(
    found: list[Any], expected: list[Any], where: str, rel: float, seen: set[tuple[int, int]]
) -> str | None:
    if len(found) != len(expected):
        return f"{where}: {len(found)} items, not {len(expected)}"
    parts = (
        _difference(a, b, f"{where}[{n}]", rel, seen)
        for n, (a, b) in enumerate(zip(found, expected))
    )
    return next((text for text in parts if text), None)


def _texts_differ(found: str, expected: str, where: str, rel: float) -> str | None:
    """Compare texts word by word, numbers as numbers."""
    words, wanted = found.split(), expected.split()
    if found == expected or len(words) == len(wanted) and all(map(_alike, words, wanted)):
        return None
    return _told(where, found, expected)


def _alike(word: str, wanted: str) -> bool:
    if word == wanted:
        return True
    try:
        return math.isclose(float(word.strip("[],()%")), float(wanted.strip("[],()%")), rel_tol=PRECISE)
    except ValueError:
        return False


def _arrays_differ(
    found: Any, expected: Any, where: str, rel: float, seen: set[tuple[int, int]]
) -> str | None:
    import numpy as np

    if hasattr(expected, "index") and hasattr(expected, "name"):  # a series
        if (found.name, found.dtype) != (expected.name, expected.dtype):
            return _told(where, (found.name, found.dtype), (expected.name, expected.dtype))
        text = _arrays_differ(found.index, expected.index, f"{where} index", rel, seen)
        return text or _values_differ(found, expected, where, rel, seen)
    if str(found.dtype) != str(expected.dtype):
        return f"{where}: {found.dtype} is not {expected.dtype}"
    if hasattr(expected, "names") and list(found.names) != list(expected.names):
        return _told(f"{where} names", list(found.names), list(expected.names))
    if np.shape(found) != np.shape(expected):
        return f"{where}: shape {np.shape(found)} is not {np.shape(expected)}"
    return _values_differ(found, expected, where, rel, seen)


def _values_differ(
    found: Any, expected: Any, where: str, rel: float, seen: set[tuple[int, int]]
) -> str | None:
    import numpy as np

    one, other = np.asarray(found), np.asarray(expected)
    if one.shape != other.shape:
        return f"{where}: {one.shape} is not {other.shape}"
    if other.dtype.names:
        parts = (_values_differ(one[n], other[n], f"{where}.{n}", rel, seen) for n in other.dtype.names)
        return next((text for text in parts if text), None)
    if other.dtype.kind in "fc":
        close = np.isclose(one, other, rtol=rel, atol=rel * 1e-3, equal_nan=True)
    elif other.dtype.kind in "mM":
        close = (one == other) | (np.isnat(one) & np.isnat(other))
    elif other.dtype.kind == "O":
        return _items_differ(one.ravel().tolist(), other.ravel().tolist(), where, rel, seen)
    else:
        close = one == other
    if bool(np.all(close)):
        return None
    place = tuple(int(n) for n in np.argwhere(~np.atleast_1d(close))[0])
    at = place if one.ndim else ()
    return _told(f"{where}{list(place)}", one[at], other[at])


def _frames_differ(
    found: Any, expected: Any, where: str, rel: float, seen: set[tuple[int, int]]
) -> str | None:
    text = _arrays_differ(found.columns, expected.columns, f"{where} columns", rel, seen)
    text = text or _arrays_differ(found.index, expected.index, f"{where} index", rel, seen)
    if text:
        return text
    parts = (
        _arrays_differ(found.iloc[:, n], expected.iloc[:, n], f"{where}[{name!r}]", rel, seen)
        for n, name in enumerate(expected.columns)
    )
    return next((part for part in parts if part), None)


def dumped(record: dict[str, Any]) -> str:
    """Return a record as JSON, a value a line."""
    lines = []
    for key, value in record.items():
        if isinstance(value, dict) and value:
            parts = (f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
            text = "{\n" + ",\n".join(parts) + "\n }"
        else:
            text = json.dumps(value)
        lines.append(f" {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def record(call: Call) -> None:
    """Write what a call gives now as what is expected of it."""
    with tempfile.TemporaryDirectory() as place:
        found = call.again(Path(place))
    expected = call.record["expected"]
    call.record["expected"] = {k: write(found[k], call.folder, f"expected_{k}") for k in expected}
    text = dumped(call.record)
    (call.folder / "call.json").write_text(text, "utf-8")


if __name__ == "__main__":
    for wanted in calls():
        if str(wanted) in sys.argv[1:]:
            record(wanted)
            print(f"{wanted}: recorded")
