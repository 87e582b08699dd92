"""Recorded calls: what the package's functions were given, and what they gave.

Each folder of golden/calls holds one call: `call.json` says which function it is, what
it is given and what is expected. After an intended change of a function,

    python -m recording.calls FUNCTION ...

in this folder records what it gives now to the same values.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib
import inspect
import io
import json
import os
import pickle
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from recording.differences import PRECISE, difference, is_data
from recording.drawings import drawings, is_drawing, plot_options
from recording.values import read, write

GOLDEN = Path(__file__).parents[1] / "golden"
DATA = GOLDEN / "data"
TEXTS = {".csv", ".tsv", ".txt", ".json", ".jsonl", ".md", ".yaml", ".yml", ".xml"}


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
        found: Callable[..., Any] = getattr(importlib.import_module(module), name)
        return found

    def given(self) -> dict[str, Any]:
        """Read what the function is given, by the names of its parameters."""
        parts = self.record["given"].items()
        return {name: read(spec, self.folder) for name, spec in parts}

    def again(self, place: Path, data: Path = DATA) -> dict[str, Any]:
        """Make the call once more, in a folder with copies of the files it reads."""
        here = place / "a" / "b" / "c"  # room for ../..
        here.mkdir(parents=True)
        for name, kept in self.record["reads"].items():
            target = Path(os.path.normpath(here / name))
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(data / kept, target)
        return observe(self.function(), self.given(), here)

    def differences(
        self, found: dict[str, Any], rel: float = PRECISE
    ) -> dict[str, str]:
        """Say of everything that is expected and not found where it differs first."""
        expected = {
            name: read(spec, self.folder)
            for name, spec in self.record["expected"].items()
        }
        unchanged = {k: v for k, v in self.given().items() if is_data(v)}
        for name, value in unchanged.items():
            expected.setdefault(f"{name} afterwards", value)
        pairs = {k: (found.get(k), v) for k, v in expected.items()}
        told = {k: difference(a, b, k, rel) for k, (a, b) in pairs.items()}
        ignored = self.record.get("ignored", ())
        return {k: text for k, text in told.items() if text and k not in ignored}


def calls() -> list[Call]:
    """Return all recorded calls."""
    return [Call(path.parent) for path in sorted(GOLDEN.glob("calls/*/call.json"))]


def observe(
    function: Callable[..., Any], given: dict[str, Any], place: Path
) -> dict[str, Any]:
    """Call a function; return what it returns, changes, prints, draws and writes."""
    bound = inspect.BoundArguments(inspect.signature(function), given)
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
    """Say where the random generators stand; nothing where nothing was drawn."""
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
    """Return the hash of every file whose bytes say what it means."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest()
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
    call.record["expected"] = {
        k: write(found[k], call.folder, f"expected_{k}") for k in expected
    }
    text = dumped(call.record)
    (call.folder / "call.json").write_text(text, "utf-8")


if __name__ == "__main__":
    for wanted in calls():
        if str(wanted) in sys.argv[1:]:
            record(wanted)
            print(f"{wanted}: recorded")
