"""Random programs: the package prints what the notebook prints and holds the values it holds.

Both run in this process, the package without black and ruff for speed; a few go through all of it.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import importlib
import importlib.abc
import importlib.machinery
import io
import itertools
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from programs import notebook, program, programs

from nb2prod import api
from nb2prod.model import Plan, Setting
from nb2prod.render.code import ModuleWriter
from nb2prod.render.pipeline import pipeline

BUILTINS = frozenset(dir(builtins))
_serial = itertools.count()


@dataclass
class Outcome:
    """How a run ended: what it printed, and its names or the exception."""

    printed: str
    names: Mapping[str, object]
    error: Exception | None = None
    returned: Mapping[str, object] | None = None


# the notebook


def run_cells(cells: Sequence[str]) -> Outcome:
    """Run cells as a notebook does: one namespace, one after the other."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    error = None
    with contextlib.redirect_stdout(printed):
        try:
            for number, cell in enumerate(cells):
                exec(compile(cell, f"cell {number}", "exec"), namespace)
        except Exception as raised:
            error = raised
    del namespace["__name__"], namespace["__builtins__"]
    return Outcome(printed.getvalue(), namespace, error)


# the package


def plan_of(cells: Sequence[str]) -> Plan:
    """Plan a package of a name that no other test uses."""
    program = api.read(notebook(cells), name="notebook")
    return api.make_plan(api.analyse(program), package=f"made{next(_serial)}")


def sources(plan: Plan) -> dict[str, str]:
    """Return the modules of the package by dotted name, without polish and frame."""
    modules = {
        f"{plan.package}.{name}": text for name, text in ModuleWriter(plan).modules().items()
    }
    modules |= {f"{plan.package}.{name.split('.')[0]}": "" for name in modules_in_folders(plan)}
    modules[f"{plan.package}.pipeline"] = pipeline(plan)
    modules[f"{plan.package}.config"] = config(plan.settings)
    modules[f"{plan.package}.artifacts"] = ""
    return modules | {plan.package: ""}


def modules_in_folders(plan: Plan) -> set[str]:
    return {function.module for function in plan.functions if "." in function.module}


def config(fields: Sequence[Setting]) -> str:
    """Return a module with the settings, as the frame would have them."""
    lines = ["class Config:", "    data_root = '.'"]
    return "\n".join([*lines, *(f"    {field.name} = {field.value!r}" for field in fields)])


class _Importer(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports modules from texts in memory."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self.modules = modules

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        if name not in self.modules:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=self.is_package(name))

    def is_package(self, name: str) -> bool:
        return any(other.startswith(f"{name}.") for other in self.modules)

    def get_source(self, name: str) -> str:
        return self.modules[name]


@contextlib.contextmanager
def importable(modules: Mapping[str, str]) -> Iterator[None]:
    """Make modules importable, and forget them afterwards."""
    importer = _Importer(modules)
    sys.meta_path.insert(0, importer)
    try:
        yield
    finally:
        sys.meta_path.remove(importer)
        for name in modules:
            sys.modules.pop(name, None)


def run_package(name: str) -> Outcome:
    """Run a package that can be imported, and look at what run() holds at its end."""
    printed = io.StringIO()
    held: dict[str, object] = {}

    def look(frame: types.FrameType, event: str, _: object) -> None:
        place = frame.f_globals.get("__name__"), frame.f_code.co_name
        if event == "return" and place == (f"{name}.pipeline", "run"):
            held.update(frame.f_locals)

    error = returned = None
    with contextlib.redirect_stdout(printed):
        try:
            run: Callable[..., Any] = importlib.import_module(f"{name}.pipeline").run
            sys.setprofile(look)
            returned = run(explore=True)
        except Exception as raised:
            error = raised
        finally:
            sys.setprofile(None)
    return Outcome(printed.getvalue(), held, error, returned)


# comparison


def picture(value: object, seen: dict[int, int]) -> object:
    """Describe a value so that equal values, shared in the same way, have equal pictures."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, types.FunctionType | functools.partial):
        return "callable"
    if id(value) in seen:
        return f"shared {seen[id(value)]}"
    seen[id(value)] = len(seen)
    if isinstance(value, list | tuple):
        return [type(value).__name__, *(picture(part, seen) for part in value)]
    if isinstance(value, dict):
        return {str(key): picture(part, seen) for key, part in value.items()}
    opaque = callable(value) or isinstance(value, types.ModuleType)
    if hasattr(value, "__dict__") and not opaque:
        return ["object", picture(vars(value), seen)]
    return "callable" if callable(value) else type(value).__name__


def pictures(names: Mapping[str, object], chosen: Sequence[str]) -> dict[str, object]:
    seen: dict[int, int] = {}
    return {name: picture(names[name], seen) for name in chosen}


def current_names(plan: Plan) -> dict[str, str]:
    """Return for each name of the notebook that of its last value in run()."""
    last: dict[str, str] = {}
    for use, change in zip(plan.analysis.names, plan.analysis.renames, strict=True):
        old_of = {new: old for old, new in change.stores.items()}
        for name in use.writes | use.maybe | use.rebinds:
            last[old_of.get(name, name)] = name
    return last


def outdated(plan: Plan) -> set[str]:
    """Return the names whose last value stays in its function, because nothing reads it."""
    stale: dict[str, bool] = {}
    for function in plan.functions:
        for position in function.statements:
            use = plan.analysis.names[position]
            for name in use.writes | use.maybe:
                stale[name] = name not in function.outputs
    return {name for name, is_stale in stale.items() if is_stale}


_ADDRESS = re.compile(r"[\w.<>]+ at 0x[0-9a-f]+")  # of a function, with its qualified name


def assert_same(plan: Plan, original: Outcome, package: Outcome) -> None:
    """Compare two runs; see the module's docstring."""
    assert _ADDRESS.sub("", package.printed) == _ADDRESS.sub("", original.printed)
    assert package.returned is not None
    # a builtin that the notebook might have rebound is itself where it did not
    uncovered = {name for name in BUILTINS if package.returned.get(name) is getattr(builtins, name)}
    # and what a function would bind that nobody calls stays None
    unbound = {name for name, value in package.returned.items() if value is None} | uncovered
    returned = sorted(package.returned.keys() - (unbound - original.names.keys()))
    assert set(returned) <= set(original.names)
    assert pictures(package.returned, returned) == pictures(original.names, returned)
    held = {
        name: package.names[inside]
        for name, inside in current_names(plan).items()
        if inside in package.names and name in original.names and inside != plan.config
        if name not in outdated(plan)
    }
    assert pictures(held, sorted(held)) == pictures(original.names, sorted(held))


def assert_equivalent(cells: Sequence[str]) -> None:
    """Convert, run both, and compare; a failure shows notebook and package."""
    original = run_cells(cells)
    plan = plan_of(cells)
    modules = sources(plan)
    with importable(modules):
        package = run_package(plan.package)
    try:
        _judge(plan, original, package)
    except Exception as failure:
        shown = ["\n# %%\n".join(cells)]
        shown += [f"# {name}\n{text}" for name, text in modules.items() if "def " in text]
        failure.add_note("\n\n".join([*shown, f"the notebook raises {original.error!r}"]))
        raise


def _judge(plan: Plan, original: Outcome, package: Outcome) -> None:
    printed, wanted = _ADDRESS.sub("", package.printed), _ADDRESS.sub("", original.printed)
    if original.error is None:
        if isinstance(package.error, NameError) and plan.parameters:
            return  # a deleted name that a function reads which is passed on and never called
        if package.error is not None:
            raise package.error
        assert_same(plan, original, package)
    elif isinstance(original.error, NameError):
        # Such a notebook never ran from top to bottom. The package may take the name as a parameter
        # of run(), hold None, or have the function that the notebook defines further down.
        assert package.error or printed.startswith(wanted)
    elif isinstance(package.error, NameError):
        # Nor did this one; of its errors, the package may come to a later one first.
        assert wanted.startswith(printed)
    else:
        assert type(package.error) is type(original.error)
        if not isinstance(original.error, RecursionError):  # how deep it gets depends on the caller
            assert printed == wanted


CASES = {
    "lambdas of a comprehension": [
        "a = 1\nfs = [lambda p: p + a for i in [1]]",
        "a = 5",
        "b = fs[0](1)",
    ],
    "a generator behind a lazy call": [
        "a = 1\nxs = [1]",
        "stream = enumerate(p + a for p in xs)",
        "a = 5",
        "print(list(stream))",
    ],
    "global at module level": ["global a\na = 1", "a += 1", "print(a)"],
    "a builtin uncovered for a function": [
        "sum = 1\ndef f(p):\n    return sum",
        "del sum",
        "a = f(3)([1, 2])",
    ],
    "a builtin that may be rebound": [
        "try:\n    sum = {}[1]\nexcept LookupError:\n    a = 1",
        "b = sum([1])",
    ],
    "a builtin read in finally": ["try:\n    sum = {}[1]\nfinally:\n    a = sum"],
    "a wrapper that reads the name that it wraps": [
        "def f(p):\n    return 5 if p < 1 else p",
        "def traced(function):\n    def wrapper(p):\n"
        "        return function(p) + f(p - 1) if p > 0 else 0\n    return wrapper",
        "@traced\ndef f(p):\n    return p",
        "a = f(4)",
    ],
    "a default that prints": [
        "print(1)",
        "def traced(function):\n    def wrapper(p):\n        print(2)\n    return wrapper",
        "@traced\ndef f(p):\n    return p",
        "def g(p=f(3)):\n    return p\na = g()",
    ],
    "a class that prints": ["print(1)", "class A:\n    print(2)", "a = A()"],
    "a decorator that prints": [
        "print(1)",
        "def f(g):\n    print(2)\n    return g",
        "@f\ndef h(): return 1\nb = h()",
    ],
    "a variable below an import of its name": [
        "def g(p):\n    return p\nfloor = g(1)",
        "def f(p):\n    global total\n    total = p\n    floor",
        "floor = 1\nfrom math import ceil as floor",
    ],
    "a name deleted at the end": ["a = 0", "a = 0 if 0 < a else 0\na = 0", "a = 0", "del a"],
    "a global bound by a function behind a decorator": [
        "b = 0\nxs = []\ndef traced(function):\n    def wrapper(p):\n"
        "        return function(p) + b\n    return wrapper",
        "@traced\ndef f(p):\n    global a\n    a = len(xs)\n    return 0\nxs.append(0)",
        "a = 0",
        "a = 0",
        "b = f(0)",
    ],
    "a global of a function in a branch, bound last": [
        "LIMIT = 0\ndef g(p):\n    return LIMIT",
        "if LIMIT:\n    def h(p):\n        return p\nelse:\n    def h(p):\n"
        "        global b\n        b = 0\n        return 2",
        "b = LIMIT + LIMIT",
    ],
    "a builtin read in a method before it is rebound": [
        "zs = [1]\nclass A:\n    def __init__(self, n):\n        self.n = n + sum(zs)",
        "a = A(2)",
        "sum = 3",
        "print(sum, a.n)",
    ],
    "a builtin that a function reads, rebound in finally": [
        "a = 0\ntry:\n    sum = int(a)\nexcept ValueError:\n    pass",
        "def f(p):\n    return p + sum",
        "try:\n    print(f(5))\nfinally:\n    sum, a = 8, 3\nprint(a, sum)",
    ],
    "a function behind a function, redefined and then overwritten by its result": [
        "def h(p):\n    print(p)\n    return p\ndef f(p):\n    return h(p)",
        "ys = [h(3)]",
        "def h(p):\n    ys.append(1)\n    return p",
        "h = h(f(5))\nprint(h, ys)",
    ],
    "a global that a decorated function only binds": [
        "ys = [0, 1]",
        "def traced(function):\n    def wrapper(p):\n        return function(p)\n    return wrapper\n"
        "@traced\ndef g(p):\n    global a\n    a = 1\n    return 0\na = 0",
        "print(0, ys)\nxs = [0, g(0)]",
    ],
    "a name deleted and perhaps bound again": [
        "made = []\nfor i in range(2):\n    pass\nys = [0, 0]",
        "stream = map(lambda p: p + i, ys)",
        "del i",
        "for i in range(sum(ys)):\n    pass",
    ],
    "a name deleted and perhaps bound again beside a closure": [
        "a = 0",
        "made = []\nfor i in range(2):\n    made.append(lambda p: p + i)\nk = made[0]",
        "del a",
        "while sum == i:\n    a = k(2)\nc = k(i)",
        "try:\n    pass\nexcept ValueError:\n    i += 1\nz = [3, k(c)]",
    ],
    "a loop that sets what a function with a default reads": [
        "c = 0",
        "def f(p, q=c):\n    print(c)",
        "for i in range(3):\n    c = i\n    a = f(0)",
    ],
    "a builtin uncovered before a function reads it": [
        "zs = []\nsum = len(zs)",
        "del sum",
        "def g(p):\n    return sum(x + p for x in zs)",
        "b = sum(zs) * g(9)",
    ],
    "a name deleted that a function would still read": [
        "made = []\nfor i in range(2):\n    made.append(lambda p: p + i + LIMIT)",
        "xs = []",
        "def h(p):\n    xs.append(p)",
        "del xs\nif i != i:\n    for i in range(1):\n        pass",
        "def g(p):\n    return i\n\ndef f(p, *more, **options):\n    return h(4)",
    ],
    "a function read by another that is defined before it": [
        "def g(p):\n    return p\na = 1",
        "def f(p):\n    return g(p) + g(p)",
        "def g(p, *more, **options):\n    return a",
        "a = 2\nb = f(0)",
    ],
    "a global that only a function binds": [
        "def g(p):\n    print(b)\ndef h(p):\n    global b\n    b = p * p\n"
        "def counter(n):\n    pass\nk = counter(h(1))",
    ],
    "a name perhaps bound, deleted, and perhaps bound again": [
        "if 1 == 4:\n    pass\nelse:\n    xs = [2]",
        "fs = []\nfor i in range(2):\n    fs.append(lambda p: p + i)",
        "xs = [3]\ndel xs\nstream = map(lambda p: p + len(fs), [1])",
        "try:\n    fs.append(i)\nexcept Exception:\n    xs = [4]",
        "for i in range(3):\n    fs.append(lambda p: p + i)",
    ],
    "a name perhaps bound, for a function that is never called": [
        "try:\n    a = int(0)\nexcept ArithmeticError:\n    c = 1",
        "def traced(function):\n    def wrapper(p):\n        return function(p) + c\n"
        "    return wrapper\n@traced\ndef h(p):\n    return p",
    ],
    "a name deleted beside a class that reads a deleted builtin": [
        "xs = [4]",
        "sum = sum(xs)\nclass Box:\n    def __init__(self, value):\n"
        "        self.value = value + sum\nbox = Box(9)",
        "del xs\ndel sum",
        "config = box.value",
        "try:\n    pass\nexcept (ZeroDivisionError, ValueError) as error:\n    xs = []",
    ],
    "a closure that reads the name of a builtin, bound again later": [
        "sum = sum([1, 2])",
        "def make(n):\n    def inner(p):\n        return n + p * sum\n    return inner",
        "m = make(sum)\nsum = m(2)",
        "print(m(3))",
    ],
    "an import rebound and read in a loop": [
        "from math import ceil as floor",
        "for i in range(3):\n    floor = 3\n    print(floor)",
    ],
    "a function that a text names, of a variable that changes": [
        "import sys\nfrom math import floor\npower = 2",
        "def grow(v):\n    return v**power\ndef dmatrices(text):\n    frame = sys._getframe(1)\n"
        "    return {**frame.f_globals, **frame.f_locals}[text](3)",
        "a = dmatrices('grow')",
        "power = 3",
        "b = dmatrices('grow') + dmatrices('floor')",
    ],
    "a builtin rebound in a block": [
        "try:\n    b = sum\n    sum = 1\nexcept ValueError:\n    pass"
    ],
}


@pytest.mark.parametrize("cells", CASES.values(), ids=CASES)
def test_programs_that_were_wrong_once(cells: list[str]) -> None:
    assert_equivalent(cells)


@given(programs())
@settings(max_examples=40, derandomize=True)
def test_random_programs(cells: list[str]) -> None:
    assert_equivalent(cells)


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(15))
def test_many_random_programs(hundred: int) -> None:
    # numbered, because what Hypothesis draws depends on the modules that happen to be imported
    for seed in range(100 * hundred, 100 * hundred + 100):
        assert_equivalent(program(seed))
