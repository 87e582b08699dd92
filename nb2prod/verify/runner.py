"""Runs a notebook or a package and describes every value that it leaves.

    runner.py notebook JOB     run the cells as IPython would
    runner.py package JOB      run `pipeline.run()` as often as the job says: whole, stages apart
    runner.py confirm JOB      make recorded calls again
    runner.py compare JOB      compare results, and write a verdict

One file without imports of its own project: it runs inside the notebook's own interpreter,
Python 3.9 or newer. A JOB is JSON; each of its `runs` names the `folder` to run in, below `root`,
and the `place` for what it leaves: `result`, a pickle of plain values and arrays, and `told.json`.
A value is described by tuples, so that two processes can be compared without sharing classes.
The runs of a package start from one import of it: libraries take longer to load than to use.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import functools
import hashlib
import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import inspect
import io
import json
import math
import os
import pickle
import re
import signal
import subprocess
import sys
import time
import traceback
import types
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Description = tuple[Any, ...]
TOLERANCE = 1e-9
PAUSE = 0.02  # seconds between two looks at processes

# ---------------------------------------------------------------- description of values

ATOMS = (bool, int, str, bytes, complex, type(None), type(Ellipsis))
CALLABLES = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    functools.partial,
    type,
    type(functools.lru_cache(lambda: None)),
)
OPAQUE = (types.ModuleType, types.GeneratorType, types.CoroutineType, io.IOBase)
# drawings of other libraries and sessions
OPAQUE_MODULES = ("matplotlib.", "seaborn.", "plotly.", "IPython.", "ipywidgets.", "altair.")
# how long scikit-learn took, and an `id()` that it keeps
TIMES = re.compile(r"(mean_|std_)?(fit|score|refit)_time_?|_stop_words_id")


class Describer:
    """Turns one value into tuples; objects that contain themselves are cut at the repetition.

    `folder`, where the run takes place, is left out of texts: every run has its own.
    """

    folder = "\0"

    def __init__(self) -> None:
        self.open: dict[int, int] = {}
        self.done: dict[int, tuple[Any, Description]] = {}

    def describe(self, value: Any) -> Description:
        """Return the description of a value."""
        if type(value) is str:
            return ("atom", "str", self.text(value))
        if type(value) in ATOMS:
            return ("atom", type(value).__name__, value)
        if type(value) is float:
            return ("float", value)
        key = id(value)
        if key in self.open:
            return ("cycle", len(self.open) - self.open[key])
        if key not in self.done:
            self.open[key] = len(self.open)
            try:
                # the value is kept alive: a freed id could be given to another object
                self.done[key] = (value, self._compound(value))
            finally:
                del self.open[key]
        return self.done[key][1]

    def _compound(self, value: Any) -> Description:
        if callable_or_class(value):
            return ("callable",)
        if opaque(value):
            return ("opaque", type(value).__name__)
        for fits, describe in KINDS:
            if fits(value):
                return describe(self, value)
        return self._object(value)

    def sequence(self, kind: str, values: list[Any]) -> Description:
        """Describe items in their order; lists of one plain type stay as they are."""
        found = set(map(type, values))
        if found == {float}:
            return (kind, "floats", values)
        if found == {str}:
            return (kind, "str", [self.text(value) for value in values])
        if len(found) == 1 and found <= set(ATOMS):
            return (kind, found.pop().__name__, values)
        return (kind, "items", [self.describe(v) for v in values])

    def text(self, value: str) -> str:
        """Return a text without the folder of this run."""
        return value.replace(self.folder, "(folder)") if self.folder in value else value

    def mapping(self, value: Any) -> Description:
        """Describe a dictionary: keys and values in their order, and what a subclass adds."""
        kept = {k: v for k, v in value.items() if not (type(k) is str and TIMES.fullmatch(k))}
        keys, values = list(kept), list(kept.values())
        name = type(value).__name__
        return ("dict", name, self.sequence("keys", keys), self.sequence("values", values))

    def unordered(self, value: Any) -> Description:
        """Describe a set: its elements in the order of their descriptions."""
        return ("set", type(value).__name__, sorted(map(self.describe, value), key=repr))

    def listed(self, value: Any) -> Description:
        """Describe a list, tuple or deque, subclasses by their name (but IPython's list is one)."""
        name = type(value).__name__
        return self.sequence("list" if name == "SList" else name, list(value))

    def _object(self, value: Any) -> Description:
        """Describe any other object by what pickle would keep of it."""
        name = type(value).__name__
        try:
            reduced = value.__reduce_ex__(4)
        except Exception:  # an object may refuse in any way it likes
            return self._unpicklable(name, value)
        if isinstance(reduced, str):
            return ("global", name, reduced)
        maker, arguments, *rest = reduced
        state, items, pairs = (*rest, None, None, None)[:3]
        return (
            "object",
            name,
            getattr(maker, "__name__", ""),
            self.sequence("arguments", list(arguments)),
            self.describe(state),
            self.sequence("items", list(items or ())),
            self.sequence("pairs", list(pairs or ())),
        )

    def _unpicklable(self, name: str, value: Any) -> Description:
        if hasattr(value, "__dict__"):
            return ("attributes", name, self.mapping(vars(value)))
        return ("opaque", name)

    # ------------------------------------------------ numpy, pandas, scipy

    def array(self, value: Any) -> Description:
        """Describe an array by dtype, shape and items."""
        dtype = str(value.dtype)
        if value.dtype.hasobject:
            return ("objects", dtype, value.shape, self.sequence("flat", value.ravel().tolist()))
        import numpy

        return ("array", dtype, value.shape, numpy.array(value))

    def scalar(self, value: Any) -> Description:
        """Describe a numpy scalar; its type counts."""
        return ("scalar", type(value).__name__, self.describe(value.item()))

    def frame(self, value: Any) -> Description:
        """Describe a frame: index, columns and every column with its dtype."""
        columns = [self.values(value.iloc[:, n]) for n in range(value.shape[1])]
        return ("frame", self.index(value.index), self.index(value.columns), columns)

    def series(self, value: Any) -> Description:
        """Describe a series."""
        return ("series", self.describe(value.name), self.index(value.index), self.values(value))

    def index(self, value: Any) -> Description:
        """Describe an index, its names and its items."""
        names = self.sequence("names", list(value.names))
        return ("index", type(value).__name__, names, self.values(value))

    def values(self, value: Any) -> Description:
        """Describe the items of a series, index or pandas array with their dtype."""
        import numpy

        dtype = value.dtype
        if hasattr(dtype, "categories"):
            held = value.cat if hasattr(value, "cat") else value
            return ("category", dtype.ordered, self.index(dtype.categories), held.codes.tolist())
        if isinstance(dtype, numpy.dtype) and not dtype.hasobject:
            return self.array(numpy.asarray(value))
        return ("values", str(dtype), self.sequence("items", list(value)))

    def sparse(self, value: Any) -> Description:
        """Describe a sparse matrix by its sorted entries."""
        rows = value.tocsr().copy()
        rows.sum_duplicates()
        parts = [self.array(part) for part in (rows.data, rows.indices, rows.indptr)]
        return ("sparse", value.shape, value.format, parts)

    # ------------------------------------------------ matplotlib

    def figure(self, value: Any) -> Description:
        """Describe a figure by what is drawn in its axes."""
        drawn(value)
        return ("figure", [self.describe(axes) for axes in value.get_axes()])

    def axes(self, value: Any) -> Description:
        """Describe axes by their texts, limits and the data of what is drawn."""
        import numpy

        drawn(value.figure)
        held = numpy.ma.getdata
        legend = value.get_legend()
        texts = [value.get_title(), value.get_xlabel(), value.get_ylabel()]
        texts += [text.get_text() for text in value.texts]
        texts += [text.get_text() for text in legend.get_texts()] if legend else []
        shapes = [self.array(held(line.get_xydata())) for line in value.lines]
        shapes += [
            self.array(patch.get_path().transformed(patch.get_patch_transform()).vertices)
            for patch in value.patches
        ]
        shapes += [self.array(held(points.get_offsets())) for points in value.collections]
        shapes += [self.array(held(image.get_array())) for image in value.images]
        limits = [*value.get_xlim(), *value.get_ylim()]
        return ("axes", self.sequence("texts", texts), shapes, self.sequence("limits", limits))


def drawn(figure: Any) -> None:
    """Let a figure find its limits, as it does when it is shown."""
    with contextlib.suppress(Exception):
        getattr(figure, "draw_without_rendering", figure.canvas.draw)()


def of(module: str, *names: str) -> Callable[[Any], bool]:
    """Return a test for instances of classes of a library, if that library is loaded at all."""

    def fits(value: Any) -> bool:
        loaded = sys.modules.get(module)
        classes = tuple(getattr(loaded, name) for name in names if hasattr(loaded, name))
        return bool(classes) and isinstance(value, classes)

    return fits


def is_drawing(value: Any) -> bool:
    """Return whether a value is a figure or axes of matplotlib."""
    return of("matplotlib.figure", "Figure")(value) or of("matplotlib.axes", "Axes")(value)


def is_sparse(value: Any) -> bool:
    """Return whether a value is a sparse matrix of scipy."""
    loaded = sys.modules.get("scipy.sparse")
    return loaded is not None and bool(loaded.issparse(value))


def plain_list(value: Any) -> bool:
    """Return whether a value is a sequence that is described by its items alone."""
    return isinstance(value, (list, tuple)) or type(value).__name__ == "deque"


KINDS: tuple[tuple[Callable[[Any], bool], Callable[[Describer, Any], Description]], ...] = (
    (of("pandas", "DataFrame"), Describer.frame),
    (of("pandas", "Series"), Describer.series),
    (of("pandas", "Index"), Describer.index),
    (of("pandas", "Categorical"), Describer.values),
    (of("numpy", "ndarray"), Describer.array),
    (of("numpy", "generic"), Describer.scalar),
    (is_sparse, Describer.sparse),
    (of("matplotlib.figure", "Figure"), Describer.figure),
    (of("matplotlib.axes", "Axes"), Describer.axes),
    (lambda v: isinstance(v, dict), Describer.mapping),
    (lambda v: isinstance(v, (set, frozenset)), Describer.unordered),
    (plain_list, Describer.listed),
)


def callable_or_class(value: Any) -> bool:
    """Return whether a value is code rather than data."""
    return isinstance(value, CALLABLES) or of("numpy", "ufunc")(value)


def opaque(value: Any) -> bool:
    """Return whether a value cannot be compared: drawings, streams, modules, generators."""
    module = getattr(type(value), "__module__", "") + "."
    if type(value).__name__ == "SList" or is_drawing(value):
        return False
    return isinstance(value, OPAQUE) or module.startswith(OPAQUE_MODULES)


def describe(value: Any) -> Description:
    """Describe a value on its own; whatever goes wrong makes it incomparable, not the run."""
    try:
        return Describer().describe(value)
    except Exception as error:
        return ("opaque", f"{type(value).__name__}: {type(error).__name__}")


def describe_all(
    namespace: dict[str, Any], known: dict[int, bytes] | None = None
) -> dict[str, bytes]:
    """Describe every value of a namespace; pickled one by one, so that one failure costs one.

    `known` holds descriptions by the `id` of their values, which somebody has to keep alive.
    """
    known = {} if known is None else known
    for value in namespace.values():
        if id(value) not in known:
            known[id(value)] = packed(describe(value))
    return {name: known[id(value)] for name, value in namespace.items()}


def packed(description: Description) -> bytes:
    """Return a description as bytes; one that cannot be pickled is incomparable."""
    try:
        return pickle.dumps(description, protocol=4)
    except Exception as error:
        return pickle.dumps(("opaque", f"description: {error}"), protocol=4)


# ---------------------------------------------------------------- files

IGNORED_FOLDERS = {"__pycache__", ".ipynb_checkpoints", ".git", ".ipython"}
PICKLES = {".pkl", ".pickle", ".joblib", ".sav", ".model", ".bin", ".p"}


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of every file below a folder: what changes, changes one of them."""
    found = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not IGNORED_FOLDERS & set(inside.parts):
            stat = path.stat()
            found[inside.as_posix()] = (stat.st_size, stat.st_mtime_ns)
    return found


def content_hash(path: Path) -> str:
    """Return the hash of what a file says: of an archive's members, without their times."""
    digest = hashlib.sha256()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name != "docProps/core.xml":  # when and by whom a spreadsheet was written
                    digest.update(name.encode() + archive.read(name))
    else:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def changes(before: dict[str, tuple[int, int]], folder: Path) -> dict[str, Any]:
    """Return what was written, by its hash, and by its value where it is a pickle."""
    after = snapshot(folder)
    written = [name for name, seen in after.items() if before.get(name) != seen]
    hashes = {name: content_hash(folder / name) for name in written}
    hashes.update({name: "deleted" for name in before if name not in after})
    values = {name: unpickled(folder / name) for name in written if Path(name).suffix in PICKLES}
    return {"hashes": hashes, "values": {k: v for k, v in values.items() if v is not None}}


def unpickled(path: Path) -> bytes | None:
    """Describe what a pickle holds: its bytes may differ where its value does not."""
    for load in (_load_joblib, _load_pickle):
        with contextlib.suppress(Exception):
            return packed(Describer().describe(load(path)))
    return None


def _load_pickle(path: Path) -> Any:
    with path.open("rb") as handle:
        return pickle.load(handle)


def _load_joblib(path: Path) -> Any:
    import joblib

    return joblib.load(path)


def generators() -> dict[str, bytes]:
    """Describe the state of the global random generators."""
    import random

    states: dict[str, Any] = {"random": random.getstate()}
    if "numpy" in sys.modules:
        states["numpy.random"] = sys.modules["numpy"].random.get_state()
    return describe_all(states)


# ---------------------------------------------------------------- progress and limits


class Progress:
    """Tells the file that a job names what runs, and keeps how long it took."""

    def __init__(self, place: str) -> None:
        # open for the whole run: else it would be among the files that the run writes
        self.file = os.open(Path(place, "progress"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.seconds: dict[str, float] = {}
        self.started: dict[str, float] = {}

    def begin(self, name: str, number: int = 0, of: int = 0) -> None:
        """Say that a cell or function starts."""
        self.started[name] = time.perf_counter()
        line = json.dumps({"name": name, "number": number, "of": of}) + "\n"
        os.write(self.file, line.encode())

    def end(self, name: str) -> None:
        """Say that it ended."""
        seconds = time.perf_counter() - self.started[name]
        self.seconds[name] = round(self.seconds.get(name, 0.0) + seconds, 4)

    @contextlib.contextmanager
    def step(self, name: str, number: int, of: int) -> Iterator[None]:
        """Time a cell."""
        self.begin(name, number, of)
        try:
            yield
        finally:
            self.end(name)


LOCAL = re.compile(r"localhost|127\.[\d.]+|::1|0\.0\.0\.0|")


def stay_offline(event: str, arguments: tuple[Any, ...]) -> None:
    """Audit hook: refuse to look up or connect to other machines."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    if not LOCAL.fullmatch(text):
        raise OSError(f"no network here, so not {text}: `--allow-network` gives it")


PR_SET_PDEATHSIG = 1
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
LOOPBACK_UP = b"lo".ljust(16, b"\0") + b"\x41".ljust(24, b"\0")  # ifreq: IFF_UP, IFF_RUNNING
SIOCSIFFLAGS = 0x8914
CAPABILITIES = 0x20080522  # version 3


def isolated() -> bool:
    """Leave the network, with every program started from here, where the system has namespaces.

    Another process tries it first: to get half the way, a user without a number, is no state to
    run in. Only the loopback of its own remains: some libraries talk to themselves.
    """
    if not sys.platform.startswith("linux"):
        return False
    child = os.fork()
    if not child:
        status = 1
        with contextlib.suppress(Exception):
            enter_namespace()
            status = 0
        os._exit(status)
    if os.waitpid(child, 0)[1]:
        return False
    enter_namespace()
    return True


def end_with(parent: int) -> None:
    """End when the process does that wants the results, however it ends, where Linux sees to it.

    Entering a namespace, and being doubled, end this.
    """
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:
            os._exit(1)


def enter_namespace() -> None:
    """Enter a network namespace, if need be in a user namespace with the same user.

    Raises OSError where that is not allowed.
    """
    import ctypes
    import fcntl
    import socket

    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWNET):
        if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "no namespaces")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, SIOCSIFFLAGS, LOOPBACK_UP)
    if user:  # what it may do in there it could not do outside: unwritable files would be writable
        header = CAPABILITIES.to_bytes(4, sys.byteorder) + bytes(4)
        if libc.capset(header, bytes(24)):
            raise OSError(ctypes.get_errno(), "privileges cannot be given up")


def limit_memory(size: int) -> None:
    """Let this process have so many bytes, where the system can say so."""
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


# ---------------------------------------------------------------- the notebook's side

SHELL_NAMES = re.compile(r"_+|_i+|_i?\d+|_[od]h|_ih|_exit_code|In|Out|exit|quit|open|get_ipython")
INSTALL = re.compile(r"\b(pip3?|conda|mamba|apt|apt-get|brew|npm)\b.*\binstall\b")
STAR = re.compile(r"^\s*from\s+([\w.]+)\s+import\s+\*|^\s*%(pylab)", re.M)
LOUD_MAGICS = {"time", "timeit", "capture", "run", "bash", "sh", "script", "system", "sx", "!"}
LOUD_MAGICS |= {"prun", "python", "python3", "perl", "ruby"}


def make_shell() -> Any:
    """Return an IPython shell that shows nothing and installs nothing."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell

    class Silent(DisplayHook):
        """Keeps `_` and `Out`, formats and writes nothing."""

        def compute_format_data(self, result: Any) -> Any:
            return {}, {}

        def write_output_prompt(self) -> None:
            """Write no prompt."""

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            """Write no value."""

        def finish_displayhook(self) -> None:
            """Write no line end."""
            self._is_active = False

    class Unpublished(DisplayPublisher):
        """Drops what `display` publishes."""

        def publish(self, *arguments: Any, **options: Any) -> None:
            """Publish nothing."""

    class Shell(InteractiveShell):
        """A shell without terminal, display or drawings."""

        def enable_gui(self, gui: Any = None) -> None:
            """Start no event loop."""

        def enable_matplotlib(self, gui: Any = None) -> Any:
            return super().enable_matplotlib("inline")

        def showtraceback(self, *arguments: Any, **options: Any) -> None:
            """The error is in the cell's result."""

        showsyntaxerror = showtraceback

        def system(self, cmd: str) -> None:
            """Run a command without a terminal: its output is what a program would see."""
            text = self.var_expand(cmd, depth=1)
            self.user_ns["_exit_code"] = 0 if INSTALL.search(text) else shell_out(text)

        def find_line_magic(self, magic_name: str) -> Any:
            return quiet(magic_name, super().find_line_magic(magic_name))

        def find_cell_magic(self, magic_name: str) -> Any:
            return quiet(magic_name, super().find_cell_magic(magic_name))

    Shell.displayhook_class = Silent
    Shell.display_pub_class = Unpublished
    return configured(Shell)


def configured(shell_class: Any) -> Any:
    """Return the shell of a class, without history file, with installs that do nothing."""
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    shell = shell_class.instance(config=config)
    for name in ("pip", "conda", "mamba"):
        shell.register_magic_function(lambda line: None, "line", name)
    return shell


def shell_out(command: str) -> int:
    """Run a shell command with this process's output, and return its status."""
    sys.stdout.flush()
    return subprocess.call(command, shell=True)


def quiet(name: str, magic: Any) -> Any:
    """Return a magic that does what it did, but does not tell, where its output is no result."""
    if magic is None or name in LOUD_MAGICS:
        return magic

    @functools.wraps(magic)
    def silent(*arguments: Any, **options: Any) -> Any:
        with contextlib.redirect_stdout(io.StringIO()):
            return magic(*arguments, **options)

    return silent


def code_cells(notebook: dict[str, Any], order: str) -> list[tuple[int, str]]:
    """Return position and source of the cells to run, in document or execution order."""
    cells = notebook.get("cells")
    if cells is None:  # nbformat 3
        cells = [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]
    code = [(n, cell) for n, cell in enumerate(cells) if cell["cell_type"] == "code"]
    if order == "execution":
        code = [c for c in code if count_of(c[1]) is not None]
        code.sort(key=lambda c: count_of(c[1]))  # type: ignore[arg-type,return-value]
    return [(n, "".join(cell.get("source", cell.get("input", "")))) for n, cell in code]


def count_of(cell: dict[str, Any]) -> int | None:
    """Return a cell's execution count, in nbformat 4 or 3."""
    return cell.get("execution_count", cell.get("prompt_number"))


def parses(shell: Any, source: str) -> bool:
    """Return whether a cell is Python once IPython has translated it."""
    try:
        compile(
            shell.transform_cell(source),
            "cell",
            "exec",
            ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST,
        )
    except (SyntaxError, ValueError):
        return False
    return True


def run_notebook(job: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
    """Run the cells of a notebook and describe its final namespace."""
    sys.path.insert(0, "")
    # Jupyter's own: it closes the figures at the end of a cell and in plt.show()
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    notebook = json.loads(Path(job["notebook"]).read_text("utf-8"))
    shell = make_shell()
    before = set(shell.user_ns)
    exec(job.get("given", ""), shell.user_ns)
    broken, error = [], None
    progress = Progress(run["place"])
    cells = code_cells(notebook, job["order"])
    for number, (position, source) in enumerate(cells):
        if not parses(shell, source):
            broken.append(position)
            continue
        with progress.step(f"cell {position}", number, len(cells)):
            error = failure(shell.run_cell(source, store_history=True))
        if error:
            error["cell"] = position
            break
    names = {k: v for k, v in shell.user_ns.items() if k not in before}
    names = {k: v for k, v in names.items() if not SHELL_NAMES.fullmatch(k)}
    starred = star_imported(notebook)
    names = {k: v for k, v in names.items() if not (k in starred and starred[k] is v)}
    names = {k: v for k, v in names.items() if not imported(v)}
    return {
        "names": describe_all(names),
        "broken": broken,
        "error": error,
        "seconds": progress.seconds,
    }


def imported(value: Any) -> bool:
    """Return whether a value is a module, or a function or class of one."""
    if isinstance(value, types.ModuleType):
        return True
    home = getattr(value, "__module__", None)
    return isinstance(value, (type, types.FunctionType)) and home != "__main__"


def star_imported(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return what star imports of loaded modules bind: theirs, not the notebook's."""
    found: dict[str, Any] = {}
    text = "\n".join(source for _, source in code_cells(notebook, "document"))
    for name, magic in STAR.findall(text):
        module = sys.modules.get(name or magic)
        found.update(vars(module) if module else {})
    return found


def failure(result: Any) -> dict[str, Any] | None:
    """Return the error that a cell ended with."""
    error = result.error_before_exec or result.error_in_exec
    return None if error is None else told(error)


def told(error: BaseException) -> dict[str, Any]:
    """Return an error's kind and the last lines of its traceback."""
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    text = "".join(lines).strip().splitlines()
    return {"kind": type(error).__name__, "message": str(error)[:500], "traceback": text[-12:]}


# ---------------------------------------------------------------- the package's side


WATCH = "__nb2prod_watch__"  # how the watched functions call the watch: a builtin


class Watch:
    """Keeps the local names of `run` and of the functions that it calls, as they end.

    The functions say so themselves: they are compiled with a `finally` around their body. A profile
    function would be called for every function of every library, which takes as long as the run.
    """

    locals = staticmethod(builtins.locals)

    progress: Progress

    def __init__(self, package: str, src: Path) -> None:
        self.package, self.src = package, src
        self.pipeline = f"{package}.pipeline"
        self.run: dict[str, Any] = {}
        self.inner: dict[str, Any] = {}
        self.functions = self._called_by_run()

    def _called_by_run(self) -> dict[str, set[str]]:
        """Return by module the functions that the pipeline imports, and its own that calls them."""
        tree = ast.parse((self.src / self.package / "pipeline.py").read_text("utf-8"))
        awaits = any(getattr(node, "name", "") == "run_asynchronously" for node in tree.body)
        found = {self.pipeline: {"run_asynchronously" if awaits else "run"}}
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module:
                found.setdefault(node.module, set()).update(alias.name for alias in node.names)
        return {name: names for name, names in found.items() if name.startswith(self.package)}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Find a module of the package, to be compiled with watched functions."""
        if name not in self.functions:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.origin:
            spec.loader = WatchedLoader(name, spec.origin, self.functions[name])
        return spec

    def begin(self, name: str) -> None:
        """Note that a function starts."""
        self.progress.begin(name)

    def end(self, name: str, values: dict[str, Any]) -> None:
        """Note that a function ends, with these local values."""
        self.progress.end(name)
        if name.startswith(f"{self.pipeline}.run"):
            self.run = dict(values)
        else:
            self.inner.update(values)


class WatchedLoader(importlib.machinery.SourceFileLoader):
    """Compiles a module so that some of its functions tell the watch when they begin and end."""

    def __init__(self, name: str, path: str, functions: set[str]) -> None:
        super().__init__(name, path)
        self.functions = functions

    def get_code(self, fullname: str) -> Any:
        """Return the module's code, made of its source in any case."""
        tree = ast.parse(self.get_data(self.path))
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        for node in tree.body:
            if isinstance(node, kinds) and node.name in self.functions:
                self._watch(node, f"{fullname}.{node.name}")
        return compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)

    @staticmethod
    def _watch(node: Any, name: str) -> None:
        first = 0 if ast.get_docstring(node) is None else 1
        begin = ast.parse(f"{WATCH}.begin({name!r})").body
        end = ast.parse(f"{WATCH}.end({name!r}, {WATCH}.locals())").body
        body = ast.Try(
            body=node.body[first:] or [ast.Pass()], handlers=[], orelse=[], finalbody=end
        )
        node.body = [*node.body[:first], *begin, body]


def load_package(job: dict[str, Any]) -> Watch:
    """Import the pipeline, its functions watched."""
    sys.path.insert(0, job["src"])
    sys.path.append("")  # `python -m package` finds what lies in the working directory, too
    silence_display(Path(job["src"]))
    watch = Watch(job["package"], Path(job["src"]))
    setattr(builtins, WATCH, watch)
    sys.meta_path.insert(0, watch)
    importlib.import_module(watch.pipeline)
    return watch


def run_package(watch: Watch, job: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
    """Run a package's pipeline and describe what it returns and the locals of `run`."""
    watch.progress = Progress(run["place"])
    error, returned = None, {}
    recorder = recording(job, run) if run["record"] else None
    try:
        with lineage(job, run) as record:
            returned = called(sys.modules[watch.pipeline].run, job, run)
            if record and isinstance(returned, dict):
                record.results(returned)
    except BaseException as caught:
        error = told(caught)
    if not isinstance(returned, dict):
        returned = {}
    if recorder and not error:
        recorder.finish(returned)
    described: dict[int, bytes] = {}  # most results are local names of `run`, too
    names = describe_all({str(k): v for k, v in returned.items()}, described)
    found: dict[str, Any] = {
        "names": names,
        "run": describe_all(watch.run, described),
        "inner": describe_all(watch.inner, described),
        "error": error,
        "seconds": watch.progress.seconds,
    }
    if run["lineage"]:  # the run that others are held against
        found["fragile"] = [k for k, v in returned.items() if fragile(v, names[str(k)])]
        found["distributions"] = distributions()
    return found


def fragile(value: Any, description: bytes) -> bool:
    """Return whether an object so described is another one once it was stored and read."""
    described = pickle.loads(description)
    if described[0] not in ("object", "attributes"):
        return False
    try:
        again = describe(pickle.loads(pickle.dumps(value, pickle.HIGHEST_PROTOCOL)))
    except Exception:  # any library's objects
        return True
    return differs(described, again) is not None


def distributions() -> dict[str, str]:
    """Return the versions of what is installed and imported, by name."""
    roots = {name.partition(".")[0] for name in sys.modules}
    found = {}
    for installed in importlib.metadata.distributions():
        listed = (installed.read_text("top_level.txt") or "").split()
        if not listed:
            files = (str(path).split("/") for path in installed.files or ())
            listed = [parts[0].partition(".py")[0] for parts in files if parts[-1].endswith(".py")]
        if roots.intersection(listed) - {"__pycache__"}:
            found[installed.metadata["Name"]] = installed.version
    return found


def lineage(job: dict[str, Any], run: dict[str, Any]) -> Any:
    """Return what records where the results of a run come from, where the package can."""
    if not run["lineage"] or not Path(job["src"], job["package"], "lineage").is_dir():
        return contextlib.nullcontext()
    config = importlib.import_module(f"{job['package']}.config").Config
    module = importlib.import_module(f"{job['package']}.lineage")
    return module.recording(config(), "verify", target=Path(run["place"], "lineage.json"))


def recording(job: dict[str, Any], run: dict[str, Any]) -> Any:
    """Put the package's functions under watch, so that small calls of them are recorded."""
    contract = beside(job, "contract")
    places = Path(run["record"]), Path(run["root"]).resolve()
    recorder = beside(job, "recorder").Recorder(job["package"], contract, *places)
    if not job["keep_personal"]:
        recorder.personal, recorder.pseudonyms = beside(job, "personal"), beside(job, "pseudonyms")
    recorder.watch()
    return recorder


def beside(job: dict[str, Any], name: str) -> Any:
    """Import one of the files that record; they use the code of the package's own tests."""
    sys.path.insert(0, job["tests"])
    spec = importlib.util.spec_from_file_location(f"nb2prod_{name}", job["beside"][name])
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    sys.path.remove(job["tests"])
    return module


def called(function: Callable[..., Any], job: dict[str, Any], run: dict[str, Any]) -> Any:
    """Call `run` with what it asks for, and wait for it when it is asynchronous."""
    options: dict[str, Any] = {"explore": run["explore"], "stage": run["stage"]}
    exec(job["given"], {}, options)
    if run["artifacts"]:
        config = importlib.import_module(f"{job['package']}.config").Config
        options["config"] = config(artifacts_root=run["artifacts"])
    parameters = inspect.signature(function).parameters
    result = function(**{name: value for name, value in options.items() if name in parameters})
    return asyncio.run(result) if inspect.iscoroutine(result) else result


def silence_display(src: Path) -> None:
    """Let `display` show nothing, as on the notebook's side, where the package uses it."""
    if any("IPython" in path.read_text("utf-8") for path in src.rglob("*.py")):
        with contextlib.suppress(ImportError):
            import IPython.display

            IPython.display.display = lambda *values, **options: None


# ---- comparison of descriptions


def close(a: float, b: float) -> bool:
    """Return whether two numbers are equal up to the tolerance, NaN being equal to NaN."""
    return a == b or (a != a and b != b) or math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=1e-12)


def differs(a: Any, b: Any, path: str = "") -> str | None:
    """Return where two descriptions differ, or None when they do not."""
    if type(a) is not type(b):
        return f"{path}: {short(a)} is not {short(b)}"
    if isinstance(a, float):
        return None if close(a, b) else f"{path}: {a!r} is not {b!r}"
    if isinstance(a, (tuple, list)):
        with contextlib.suppress(ValueError):  # arrays inside have no truth; look closer
            if a == b:
                return None
        return _items_differ(a, b, path)
    if hasattr(a, "dtype"):
        return _arrays_differ(a, b, path)
    return None if a == b else f"{path}: {short(a)} is not {short(b)}"


def blobs_differ(a: bytes, b: bytes, path: str = "") -> str | None:
    """Return where two pickled descriptions differ; the same bytes need no second look."""
    return None if a == b else differs(pickle.loads(a), pickle.loads(b), path)


def _items_differ(a: Any, b: Any, path: str) -> str | None:
    if len(a) != len(b):
        return f"{path}: {len(a)} items, not {len(b)}"
    for number, (left, right) in enumerate(zip(a, b)):  # noqa: B905  (Python 3.9)
        found = differs(left, right, f"{path}/{number}")
        if found:
            return found
    return None


def _arrays_differ(a: Any, b: Any, path: str) -> str | None:
    import numpy

    if a.shape != b.shape or a.dtype != b.dtype:
        return f"{path}: array {a.dtype}{a.shape} is not {b.dtype}{b.shape}"
    if a.dtype.names:  # not byte by byte: the gaps between fields hold anything
        fields = (_arrays_differ(a[name], b[name], f"{path}/{name}") for name in a.dtype.names)
        return next((found for found in fields if found), None)
    if a.dtype.kind not in "fc":
        equal = a.tobytes() == b.tobytes()
    else:
        equal = bool(numpy.allclose(a, b, rtol=TOLERANCE, atol=1e-12, equal_nan=True))
    return None if equal else f"{path}: array items differ"


def short(value: Any) -> str:
    """Return a text of at most 80 characters for a message."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


# ---------------------------------------------------------------- verdict


class Verdict:
    """Compares a run of a package with two or more runs of its notebook."""

    def __init__(self, package: dict[str, Any], first: dict[str, Any], *again: dict[str, Any]):
        self.package, self.first, self.again = package, first, again

    def values(self) -> list[dict[str, str]]:
        """Return a row for each name of the notebook: `name`, `status` and `detail`."""
        rows = []
        for name, blob in sorted(self.first["names"].items()):
            status, detail = self._judged(name, blob)
            rows.append({"name": name, "status": status, "detail": detail})
        return rows

    def _judged(self, name: str, blob: bytes) -> tuple[str, str]:
        value = pickle.loads(blob)
        if value[0] == "callable":
            return "not comparable", "a function or class"
        if value[0] == "opaque":
            return "not comparable", f"a {value[1]}"
        for run in self.again:
            other = run["names"].get(name)
            if other is None or blobs_differ(blob, other):
                return "not reproducible", "differs between two runs of the notebook"
        return self._compared(name, blob, value)

    def _compared(self, name: str, blob: bytes, value: Description) -> tuple[str, str]:
        """Compare with what run() returns, with its local names, or with theirs that it calls."""
        outer = [self.package[k][name] for k in ("names", "run") if name in self.package[k]]
        reasons = [blobs_differ(blob, other, name) for other in outer]
        inside = self.package["inner"].get(name)
        within = inside is not None and blobs_differ(blob, inside) is None
        if outer:
            if not any(reasons):
                return "equal", ""
            if name not in self.package["names"] and within:
                return "equal", "inside a function; run() holds an earlier value that nobody reads"
            return "different", next(reason for reason in reasons if reason)
        if within:
            return "equal", "inside a function, which does not return it"
        other = self._elsewhere(value)
        if other:
            return "equal", f"as {other}"
        return "absent", "another value has that name inside a function" if inside else ""

    def _elsewhere(self, value: Description) -> str | None:
        """Return a name of the package that the notebook does not have, with this very value."""
        if value[0] == "atom" and value[1] in ("bool", "NoneType"):
            return None
        return next((name for name, own in self._own() if not differs(value, own)), None)

    @functools.lru_cache(maxsize=None)  # noqa: B019, UP033  (Python 3.9; one verdict a process)
    def _own(self) -> list[tuple[str, Description]]:
        """Return what has a name that the notebook does not have."""
        held = [self.package[key] for key in ("run", "names", "inner")]
        pairs = [(str(name), blob) for names in held for name, blob in names.items()]
        return [(n, pickle.loads(blob)) for n, blob in pairs if n not in self.first["names"]]

    def files(self) -> list[dict[str, str]]:
        """Return a row for each file that was written: `name`, `status` and `detail`."""
        rows = []
        written = self.package["files"]["hashes"]
        for name in sorted(self.first["files"]["hashes"]):
            status, detail = "equal", ""
            if not all(self._same_file(name, self.first, run) for run in self.again):
                status, detail = "not reproducible", "differs between two runs of the notebook"
            elif name not in written:
                status, detail = "absent", "the package does not write it"
            elif not self._same_file(name, self.first, self.package):
                status, detail = "different", "its content differs"
            rows.append({"name": name, "status": status, "detail": detail})
        known = {name for run in (self.first, *self.again) for name in run["files"]["hashes"]}
        rows += [
            {"name": name, "status": "extra", "detail": "only the package writes it"}
            for name in sorted(set(written) - known)
        ]
        return rows

    def _same_file(self, name: str, a: dict[str, Any], b: dict[str, Any]) -> bool:
        if a["files"]["hashes"].get(name) == b["files"]["hashes"].get(name):
            return True
        left, right = (run["files"]["values"].get(name) for run in (a, b))
        if left is None or right is None:
            return False
        return blobs_differ(left, right) is None

    def generators(self) -> dict[str, str]:
        """Return for each global random generator whether it ended in the same state."""
        found = {}
        for name, blob in self.first["generators"].items():
            state = pickle.loads(blob)
            others = [pickle.loads(run["generators"].get(name, blob)) for run in self.again]
            if not any(differs(state, other) for other in others):
                last = pickle.loads(self.package["generators"].get(name, blob))
                found[name] = "different" if differs(state, last) else "equal"
        return found

    def report(self) -> dict[str, Any]:
        """Return everything that was found."""
        return {
            "values": self.values(),
            "files": self.files(),
            "generators": self.generators(),
            "broken_cells": self.first.get("broken", []),
        }


def parts_differ(whole: dict[str, Any], parts: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return a row for each result of one run that the runs of parts, in their order, give, too."""
    found: dict[str, bytes] = {}
    for part in parts:
        found.update(part["run"])  # what a later part changed, and does not return again
        found.update(part["names"])
    rows = []
    for name, blob in sorted(whole["names"].items()):
        if name in found:
            reason = blobs_differ(blob, found[name], name)
            status = "different" if reason else "equal"
            if reason and name in whole["fragile"]:
                status, reason = "not comparable", "it is another object once it was stored"
            rows.append({"name": name, "status": status, "detail": reason or ""})
    return rows


# ---------------------------------------------------------------- commands


def prepare(job: dict[str, Any]) -> None:
    """Set the limits of all runs, and note whether the system keeps them off the network."""
    sys.path[:] = [p for p in sys.path if p not in ("", str(Path(__file__).resolve().parent))]
    sys.setrecursionlimit(max(5000, sys.getrecursionlimit()))
    if job["memory"]:
        limit_memory(job["memory"])
    if not job["network"]:
        alone = job.get("isolated") or isolated()
        job["isolated"] = alone
        for run in job.get("runs", ()):
            run["isolated"] = alone
        sys.addaudithook(stay_offline)  # says what to do about it, too
    end_with(job["parent"])


def notebook(job: dict[str, Any]) -> None:
    """Run the notebook, in this process."""
    prepare(job)
    (run,) = job["runs"]
    in_folder(run, lambda: run_notebook(job, run))


def package(job: dict[str, Any]) -> None:
    """Import the package once, and make every run in a process of its own."""
    prepare(job)
    start = time.perf_counter()
    try:
        watch = load_package(job)
    except BaseException as caught:
        for run in job["runs"]:
            leave(run, {"error": told(caught)}, start)
        return
    if len(job["runs"]) == 1:
        (run,) = job["runs"]
        in_folder(run, lambda: run_package(watch, job, run), start)
        return
    importing = time.perf_counter() - start
    waiting = list(job["runs"])
    running: dict[int, tuple[dict[str, Any], float]] = {}
    while waiting or running:
        chains = {run["chain"] for run, _ in running.values()}
        ready = next((run for run in waiting if run["chain"] not in chains), None)
        if ready and len(running) < job["together"]:
            waiting.remove(ready)
            running[started(watch, job, ready, importing)] = ready, time.monotonic()
            continue
        time.sleep(PAUSE)
        for process, (run, since) in list(running.items()):
            late = time.monotonic() - since > job["timeout"]
            if late:
                os.kill(process, signal.SIGKILL)
            done, status = os.waitpid(process, 0 if late else os.WNOHANG)
            if done:
                del running[process]
                how = {"late": late, "signal": status & 127}
                Path(run["place"], "ended.json").write_text(json.dumps(how), "utf-8")


def started(watch: Watch, job: dict[str, Any], run: dict[str, Any], importing: float) -> int:
    """Start one run of the package in a process of its own, and return that process."""
    if not forks():
        alone = Path(run["place"], "job.json")
        alone.write_text(json.dumps({**job, "runs": [run], "parent": os.getpid()}), "utf-8")
        with output(run, "stdout") as out, output(run, "stderr") as err:
            command = [sys.executable, "-u", __file__, "package", str(alone)]
            return subprocess.Popen(command, stdout=out, stderr=err, cwd=run["folder"]).pid
    sys.stdout.flush()
    parent = os.getpid()
    process = os.fork()
    if not process:
        try:
            end_with(parent)
            for number, name in ((1, "stdout"), (2, "stderr")):
                with output(run, name) as handle:
                    os.dup2(handle.fileno(), number)
            start = time.perf_counter() - importing
            in_folder(run, lambda: run_package(watch, job, run), start)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)
    return process


def output(run: dict[str, Any], name: str) -> Any:
    """Open the file for what a run prints."""
    return open(Path(run["place"], name), "ab")


def forks() -> bool:
    """Return whether this process can be doubled: it must be sure to have no second thread."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def in_folder(
    run: dict[str, Any], compute: Callable[[], dict[str, Any]], start: Any = None
) -> None:
    """Run one side in its folder, and leave its result with what it did to files."""
    start = time.perf_counter() if start is None else start
    Describer.folder = run["root"]
    root = Path(run["root"]).resolve()
    os.chdir(run["folder"])
    before = snapshot(root)
    result = compute()
    os.chdir(run["folder"])
    result["generators"] = generators()
    result["files"] = changes(before, root)
    leave(run, result, start)


def leave(run: dict[str, Any], result: dict[str, Any], start: float) -> None:
    """Write the result of a run, and what needs no unpickling apart from it."""
    place = Path(run["place"])
    with open(place / "result", "wb") as handle:
        pickle.dump(result, handle, protocol=4)
    seconds = result.get("seconds", {})
    duration = time.perf_counter() - start
    brief = {"error": result["error"], "seconds": seconds, "duration": duration}
    brief["distributions"] = result.get("distributions", {})
    brief["isolated"] = run.get("isolated")
    (place / "told.json").write_text(json.dumps(brief), "utf-8")


def confirm(job: dict[str, Any]) -> None:
    """Make the recorded calls once more, and forget those that give something else now."""
    prepare(job)
    sys.path.insert(0, job["src"])
    folder = Path(job["folder"])
    told = beside(job, "recorder").confirm(folder)
    (folder / "confirmed.json").write_text(json.dumps(told), "utf-8")


def compare(job: dict[str, Any]) -> None:
    """Compare a package's run with its notebook's and with its own parts; write the verdict."""
    prepare(job)
    sys.setrecursionlimit(20000)
    keys = ("package", "notebooks", "parts", "again")
    (whole,), notebooks, parts, again = (loaded(job[key]) for key in keys)
    found = Verdict(whole, *notebooks).report()
    found["parts"] = parts_differ(whole, parts)
    found["again"] = parts_differ(whole, again)
    Path(job["verdict"]).write_text(json.dumps(found, indent=1), "utf-8")


def loaded(paths: list[str]) -> list[dict[str, Any]]:
    """Read results."""
    return [pickle.loads(Path(path).read_bytes()) for path in paths]


if __name__ == "__main__":
    commands = {"notebook": notebook, "package": package, "confirm": confirm, "compare": compare}
    commands[sys.argv[1]](json.loads(Path(sys.argv[2]).read_text("utf-8")))
