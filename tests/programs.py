"""Random small notebooks: programs full of names that are rebound, shared and read late.

A program is a list of cells, a cell the text of some statements. The builder keeps track of what
every name holds, so that most programs run to their end; now and then it forgets, and they raise.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import strategies as st

INTEGERS = ("a", "b", "c", "total", "LIMIT", "config", "floor", "sum")
LISTS = ("xs", "ys", "zs")
FUNCTIONS = ("f", "g", "h")  # each may call those behind it, so that no program recurses for ever
VALUES = ("k", "m")  # functions that are values: closures, lambdas, aliases
_INDENT = "    "
_MAX_DEPTH = 2


def notebook(cells: Iterable[str], **metadata: Any) -> bytes:
    """Return the notebook (nbformat 4) of some cells; those that start with `#!` are markdown."""
    made: list[dict[str, Any]] = []
    for text in cells:
        if text.startswith("#!"):
            made.append({"cell_type": "markdown", "metadata": {}, "source": text[2:].strip()})
            continue
        made.append(
            {
                "cell_type": "code",
                "metadata": {},
                "source": text,
                "outputs": [],
                "execution_count": None,
            }
        )
    document = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(document).encode()


class Builder:
    """Draws statements; `kinds` says what each name holds, `unsure` may be unbound."""

    def __init__(self, number: Callable[[int, int], int]) -> None:
        self.number = number  # draws one of a range, both ends included
        self.kinds: dict[str, str] = {}
        self.unsure: set[str] = set()
        self.careless = self.number(0, 2) == 2  # reads also what may be unbound
        self.depth = 0
        self.loops = 0
        self.local: list[str] = []  # integers local to the function that is being made
        self.rank: int | None = None  # of that function

    # drawing

    def one(self, choices: Iterable[Any]) -> Any:
        known = list(choices)
        return known[self.number(0, len(known) - 1)]

    def rarely(self) -> bool:
        return self.number(0, 19) == 19

    def holding(self, kind: str) -> list[str]:
        unsure = frozenset() if self.careless else self.unsure
        return [n for n, held in self.kinds.items() if held == kind and n not in unsure]

    # expressions

    def integer(self, depth: int = 0) -> str:
        options: list[Callable[[], str]] = [self._literal]
        names = [*self.holding("integer"), *self.local]
        if names:
            options += [lambda: self.one(names)] * 4
        if depth < 2:
            options += [
                lambda: f"({self.integer(depth + 1)} + {self.integer(depth + 1)})",
                lambda: f"({self.integer(depth + 1)} * {self.integer(depth + 1)} % 97)",
                lambda: f"({self.integer(depth + 1)} if {self.condition()} else {self._literal()})",
            ]
            if self.holding("list"):
                options += [lambda: self._of_list(depth)] * 2
            callables = self._callables()
            if callables:
                options += [lambda: f"{self.one(callables)}({self.integer(depth + 1)})"] * 3
            if self.holding("object") and self.rank is None:
                options += [lambda: f"{self.one(self.holding('object'))}.value"]
            if self.holding("imported"):
                options += [
                    lambda: f"{self.one(self.holding('imported'))}({self.integer(depth + 1)} / 2)"
                ]
            if "math" in self.kinds:
                options += [lambda: f"math.floor({self.integer(depth + 1)} / 2)"]
        return self.one(options)()

    def _literal(self) -> str:
        return str(self.number(0, 9))

    def _callables(self) -> list[str]:
        made = self.holding("function")
        if self.rank is not None:
            return [n for n in made if n in FUNCTIONS and FUNCTIONS.index(n) > self.rank]
        return made + self.holding("value")

    def _of_list(self, depth: int) -> str:
        name = self.one(self.holding("list"))
        variable = self.one(["x", "a", "i"])
        forms = [
            f"len({name})",
            f"({name}[0] if {name} else {self.integer(depth + 1)})",
            f"{name}[-1]" if self.rarely() else f"len({name})",
        ]
        if "sum" not in self.kinds:
            forms += [
                f"sum({name})",
                f"sum({variable} + {self.integer(2)} for {variable} in {name})",
            ]
        if self.holding("integer"):
            forms += [f"max([{self.integer(2)}, *{name}])", f"{name}.count({self.integer(2)})"]
        return self.one(forms)

    def condition(self) -> str:
        return f"{self.integer(2)} {self.one(['<', '>', '==', '!='])} {self.integer(2)}"

    def list_value(self) -> str:
        known = self.holding("list")
        items = [self.integer(1) for _ in range(self.number(0, 3))]
        forms = [f"[{', '.join(items)}]"]
        if known:
            name, variable = self.one(known), self.one(["x", "a", "i"])
            forms += [
                name,
                f"{name} + [{self.integer(1)}]",
                f"[{variable} + {self.integer(2)} for {variable} in {name}[:3]]",
                f"sorted({name}, key=lambda p: (p + {self.integer(2)}) % 3)",
                f"list({name})",
            ]
            functions = self._callables()
            if functions:
                forms.append(f"list(map({self.one(functions)}, {name}[:3]))")
        return self.one(forms)

    # statements: each returns lines

    def statements(self, count: int) -> list[str]:
        lines: list[str] = []
        for _ in range(count):
            lines += self.statement()
        return lines

    def statement(self) -> list[str]:
        options: list[Callable[[], list[str]]] = [
            *[self.assign] * 4,
            *[self.assign_list] * 2,
            self.augment,
            *[self.change_list] * 2,
            *[self.show] * 2,
            self.unpack,
        ]
        if self.depth < _MAX_DEPTH:
            options += [self.branch, self.loop, self.attempt, self.while_loop]
        if self.depth == 0:
            options += [
                *[self.define] * 4,
                *[self.function_value] * 2,
                self.delete,
                self.importing,
                self.shadow,
                self.shadow_in_block,
                self.klass,
                self.method,
                self.generator,
                self.consume,
                self.conditional_definition,
                self.decorate,
                self.walrus,
                self.main_guard,
                self.loop_of_functions,
                self.display,
            ]
        return self.one(options)()

    def bind(self, name: str, kind: str) -> bool:
        """Say that `name` holds `kind` from here on; False where a branch must not change that."""
        if self.depth and self.kinds.get(name, kind) != kind:
            return False
        if self.depth and name not in self.kinds:
            self.unsure.add(name)
        if not self.depth:
            self.unsure.discard(name)
        self.kinds[name] = kind
        return True

    def assign(self) -> list[str]:
        name, value = self.one(INTEGERS), self.integer()
        return [f"{name} = {value}"] if self.bind(name, "integer") else self.show()

    def assign_list(self) -> list[str]:
        name, value = self.one(LISTS), self.list_value()
        return [f"{name} = {value}"] if self.bind(name, "list") else self.show()

    def augment(self) -> list[str]:
        names = self.holding("integer")
        if not names:
            return self.assign()
        return [f"{self.one(names)} {self.one(['+=', '-='])} {self.integer()}"]

    def change_list(self) -> list[str]:
        names = self.holding("list")
        if not names:
            return self.assign_list()
        name, other = self.one(names), self.one(names)
        return [
            self.one(
                [
                    f"{name}.append({self.integer()})",
                    f"{name} += [{self.integer()}]",
                    f"{name}.extend({other}[:2])",
                    f"{name}.sort()",
                    f"{name}[:1] = [{self.integer()}]",
                    f"{name}.pop()" if self.rarely() else f"{name}.reverse()",
                ]
            )
        ]

    def show(self) -> list[str]:
        shown = [self.integer()]
        if self.holding("list"):
            shown.append(self.one(self.holding("list")))
        return [f"print({', '.join(shown)})"]

    def display(self) -> list[str]:
        names = self.holding("integer") + self.holding("list")
        return [self.one(names)] if names else self.show()

    def unpack(self) -> list[str]:
        first, second = self.one(INTEGERS), self.one(INTEGERS)
        value = f"{self.integer(1)}, {self.integer(1)}"
        if first == second or not (self.bind(first, "integer") and self.bind(second, "integer")):
            return self.show()
        return [f"{first}, {second} = {value}"]

    def block(self, count: int | None = None) -> list[str]:
        self.depth += 1
        lines = self.statements(self.number(1, 2) if count is None else count)
        self.depth -= 1
        return [_INDENT + line for line in lines]

    def branch(self) -> list[str]:
        lines = [f"if {self.condition()}:", *self.block()]
        if self.number(0, 1):
            lines += ["else:", *self.block()]
        return lines

    def loop(self) -> list[str]:
        variable = self.one(["i", "j", "a", "x"])
        iterables = [f"range({self.number(0, 3)})", f"range({self.integer(1)} % 4)"]
        if self.holding("list"):
            iterables.append(f"{self.one(self.holding('list'))}[:3]")
        head = f"for {variable} in {self.one(iterables)}:"
        self.depth += 1
        fits = self.bind(variable, "integer")
        self.depth -= 1
        if not fits:
            return self.show()
        lines = [head]
        if self.number(0, 3) == 0:
            word = self.one(["break", "continue"])
            self.depth += 1
            lines += [f"{_INDENT}if {self.condition()}:", f"{_INDENT * 2}{word}"]
            self.depth -= 1
        lines += self.block()
        if self.number(0, 5) == 0:
            lines += ["else:", *self.block(1)]
        return lines

    def while_loop(self) -> list[str]:
        self.loops += 1
        counter = f"left{self.loops}"
        return [
            f"{counter} = {self.number(0, 3)}",
            f"while {counter} > 0:",
            f"{_INDENT}{counter} -= 1",
            *self.block(),
        ]

    def attempt(self) -> list[str]:
        risky = self.one(
            ["1 // {}", "[1, 2][{}]", "{{1: 2}}[{}]", "int('x' * ({} % 2) or '7')", "int({})"]
        )
        name = self.one(INTEGERS)
        body = [*self.block(1)]
        if self.kinds.get(name, "integer") == "integer":
            body.append(f"{_INDENT}{name} = {risky.format(self.integer(1))}")
            self.depth += 1
            self.bind(name, "integer")
            self.depth -= 1
        else:
            body.append(f"{_INDENT}print({risky.format(self.integer(1))})")
        # never NameError: a name that is not there is a parameter of the package
        error = self.one(["ArithmeticError", "(ZeroDivisionError, LookupError, ValueError)"])
        handler = self.one([f"except {error}:", f"except {error} as error:"])
        lines = ["try:", *body, handler]
        if handler.endswith("error:"):
            lines.append(f"{_INDENT}print(type(error).__name__)")
        lines += self.block()
        if self.number(0, 3) == 0:
            lines += ["else:", *self.block(1)]
        if self.number(0, 3) == 0:
            lines += ["finally:", *self.block(1)]
        return lines

    # functions and classes

    def function_body(self, rank: int | None) -> list[str]:
        """Return the body of a function of one parameter `p`, which may read and change globals."""
        self.local, self.rank = ["p"], len(FUNCTIONS) if rank is None else rank
        lines: list[str] = []
        if self.number(0, 5) == 0:
            name = self.one(INTEGERS[:4])
            if self.kinds.get(name, "integer") == "integer":
                lines += [f"global {name}", f"{name} = {self.integer(1)}"]
                if name not in self.kinds:
                    self.unsure.add(name)
                    self.kinds[name] = "integer"
        for _ in range(self.number(0, 2)):
            lines += self.one([self._local_assignment, self._change_in_body, self._print_in_body])()
        lines.append(f"return {self.integer()}")
        self.local, self.rank = [], None
        return [_INDENT + line for line in lines]

    def _local_assignment(self) -> list[str]:
        value = self.integer(1)
        self.local.append("q")
        return [f"q = {value}"]

    def _change_in_body(self) -> list[str]:
        names = self.holding("list")
        return [f"{self.one(names)}.append({self.integer(1)})"] if names else []

    def _print_in_body(self) -> list[str]:
        return [f"print({self.integer(1)})"]

    def define(self) -> list[str]:
        name = self.one(FUNCTIONS)
        rank = FUNCTIONS.index(name)
        parameters = self.one(
            ["p", "p", f"p, q={self.integer(1)}", "p, seen=[]", "p, *more, **options"]
        )
        body = self.function_body(rank)
        if "seen" in parameters:
            body.insert(-1, f"{_INDENT}seen.append(p)")
            body.insert(-1, f"{_INDENT}print(seen)")
        late = self.rarely()
        if late:  # reads what may be bound further down
            body.insert(-1, f"{_INDENT}print({self.one(INTEGERS[:4])})")
        self.bind(name, "function")
        return [f"def {name}({parameters}):", *body]

    def conditional_definition(self) -> list[str]:
        name = self.one(FUNCTIONS)
        rank = FUNCTIONS.index(name)
        condition = self.condition()
        bodies = [[_INDENT + line for line in self.function_body(rank)] for _ in range(2)]
        self.bind(name, "function")
        head = f"{_INDENT}def {name}(p):"
        return [f"if {condition}:", head, *bodies[0], "else:", head, *bodies[1]]

    def decorate(self) -> list[str]:
        name = self.one(FUNCTIONS)
        extra = self.integer(1)
        body = self.function_body(FUNCTIONS.index(name))
        self.bind(name, "function")
        return [
            "def traced(function):",
            f"{_INDENT}def wrapper(p):",
            f"{_INDENT * 2}print('call', {self._literal()})",
            f"{_INDENT * 2}return function(p) + {extra}",
            f"{_INDENT}return wrapper",
            "@traced",
            f"def {name}(p):",
            *body,
        ]

    def function_value(self) -> list[str]:
        name = self.one(VALUES)
        self.local, self.rank = ["p"], len(FUNCTIONS)
        inside = self.integer()
        self.local, self.rank = [], None
        forms = [[f"{name} = lambda p: {inside}"]]
        forms.append(
            [
                "def make(n):",
                f"{_INDENT}def inner(p):",
                f"{_INDENT * 2}return n + {inside}",
                f"{_INDENT}return inner",
                f"{name} = make({self.integer(1)})",
            ]
        )
        forms.append(
            [
                "def counter(n):",
                f"{_INDENT}def step(p):",
                f"{_INDENT * 2}nonlocal n",
                f"{_INDENT * 2}n += p",
                f"{_INDENT * 2}return n",
                f"{_INDENT}return step",
                f"{name} = counter({self.integer(1)})",
            ]
        )
        made = self.holding("function")
        if made:
            forms += [[f"{name} = {self.one(made)}"]]
            forms += [[f"{name} = [{self.one(made)}, {self.one(made)}][{self.number(0, 1)}]"]]
            forms += [
                [
                    "from functools import partial",
                    f"{name} = partial({self.one(made)}, {self._literal()})",
                ]
            ] * self.rarely()
        self.bind(name, "value")
        return self.one(forms)

    def loop_of_functions(self) -> list[str]:
        name = self.one(VALUES)
        extra = self.integer(2)
        self.bind("i", "integer")
        self.bind(name, "value")
        return [
            "made = []",
            f"for i in range({self.number(1, 3)}):",
            f"{_INDENT}made.append(lambda p: p + i + {extra})",
            f"{name} = made[0]",
        ]

    def klass(self) -> list[str]:
        attribute, step = self.integer(1), self.integer(1)
        self.local, self.rank = ["p", "self.value"], len(FUNCTIONS)
        inside = self.integer(1)
        self.local, self.rank = [], None
        lines = [
            "class Box:",
            f"{_INDENT}size = {attribute}",
            f"{_INDENT}def __init__(self, value):",
            f"{_INDENT * 2}self.value = value + {step}",
            f"{_INDENT}def grow(self, p):",
            f"{_INDENT * 2}self.value += {inside}",
            f"{_INDENT * 2}return self.value",
            f"box = Box({self.integer(1)})",
        ]
        self.bind("box", "object")
        return lines

    def method(self) -> list[str]:
        boxes = self.holding("object")
        if not boxes:
            return self.klass()
        name = self.one(INTEGERS[:4])
        value = f"{self.one(boxes)}.grow({self.integer(1)})"
        return [f"{name} = {value}"] if self.bind(name, "integer") else [value]

    def generator(self) -> list[str]:
        names = self.holding("list")
        if not names:
            return self.assign_list()
        self.local, self.rank = ["p"], len(FUNCTIONS)
        inside = self.integer(1)
        self.local, self.rank = [], None
        form = self.one(
            [
                f"stream = (p + {inside} for p in {self.one(names)})",
                f"stream = map(lambda p: p + {inside}, {self.one(names)})",
            ]
        )
        self.bind("stream", "iterator")
        return [form]

    def consume(self) -> list[str]:
        if not self.holding("iterator"):
            return self.generator()
        name = self.one(LISTS)
        self.bind(name, "list")
        return [self.one([f"{name} = list(stream)", f"{name} = [next(stream, 0)]"])]

    # names

    def delete(self) -> list[str]:
        names = [n for n, kind in self.kinds.items() if kind in {"integer", "list"}]
        names = [n for n in names if n not in self.unsure]
        if not names:
            return self.assign()
        name = self.one(names)
        del self.kinds[name]
        return [f"del {name}"]

    def importing(self) -> list[str]:
        if self.number(0, 1):
            self.bind("math", "module")
            return ["import math"]
        self.bind("floor", "imported")
        return [self.one(["from math import floor", "from math import ceil as floor"])]

    def shadow(self) -> list[str]:
        """Bind a name over what it is called with: an import, a builtin, a function."""
        functions = [*self.holding("function"), *self.holding("imported")]
        if functions and self.number(0, 1):
            name = self.one(functions)
            value = f"{name}({self.integer(1)})"
            self.bind(name, "integer")
            return [f"{name} = {value}"]
        lists = self.holding("list")
        if lists and "sum" not in self.kinds:
            self.bind("sum", "integer")
            return [f"sum = sum({self.one(lists)})"]
        return self.assign()

    def shadow_in_block(self) -> list[str]:
        """Bind and read in a block what was an import, a function or a builtin until then."""
        known = ["sum", *self.holding("function"), *self.holding("imported")]
        name, value, other = self.one(known), self.integer(1), self.integer(1)
        head = self.one(["for i in range(2):", "if 1:", "try:", "with redirect_stdout(None):"])
        lines = [head, f"{_INDENT}{name} = {value}", f"{_INDENT}print({name} + {other})"]
        if head == "try:":
            lines += ["finally:", f"{_INDENT}print({name})"]
        if head.startswith("with"):
            lines.insert(0, "from contextlib import redirect_stdout")
        if head.startswith("for"):
            self.bind("i", "integer")
        self.kinds[name] = "integer"
        return lines

    def walrus(self) -> list[str]:
        name, value = self.one(INTEGERS[:4]), self.integer(1)
        if not self.bind(name, "integer"):
            return self.show()
        return [f"if ({name} := {value}) > {self._literal()}:", *self.block(1)]

    def main_guard(self) -> list[str]:
        lines = self.statements(1)
        return ['if __name__ == "__main__":', *[_INDENT + line for line in lines]]

    # programs

    def cells(self, most: int) -> list[str]:
        """Return the cells of a program; the last may print what is bound then, as notebooks do."""
        made: list[str] = []
        for _ in range(self.number(1, most)):
            if self.rarely():
                made.append(f"#! ## {self.one(['Load', 'Clean the data', 'Train', 'f'])}")
            made.append("\n".join(self.statements(self.number(1, 4))))
        shown = [*self.holding("integer"), *self.holding("list")][:4]
        if shown and self.number(0, 1):
            made.append(f"print({', '.join(shown)})")
        return made


@st.composite
def programs(draw: Callable[[Any], Any], max_cells: int = 5) -> list[str]:
    """Draw the cells of a program."""
    return Builder(lambda low, high: draw(st.integers(low, high))).cells(max_cells)


def program(seed: int, max_cells: int = 8) -> list[str]:
    """Return the cells of the program of that number: the same on every machine."""
    return Builder(random.Random(seed).randint).cells(max_cells)


# single statements for the oracle of names


_NAMES = st.sampled_from(["a", "b", "c", "d"])


def _expressions() -> st.SearchStrategy[str]:
    def longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        templates = [
            "({0} + {1})",
            "({0} if {1} else {2})",
            "({0} and {1})",
            "({n} := {0})",
            "(lambda {n}={0}: {1})",
            "(lambda: {0})",
            "[{0} for {n} in {1}]",
            "{{{0} for {n} in {1} if {2}}}",
            "{{{n}: {0} for {n}, {m} in {1}}}",
            "[{0} for {n} in {1} for {m} in {2}]",
            "sum({0} for {n} in {1})",
            "({0} for {n} in {1})",
            "{0}[{1}]",
            "{n}.b({0}, {m}={1})",
            "f'{{{n}}}'",
        ]
        return st.builds(
            lambda t, n, m, parts: t.format(*parts, n=n, m=m),
            st.sampled_from(templates),
            _NAMES,
            _NAMES,
            st.lists(inner, min_size=3, max_size=3),
        )

    return st.recursive(st.one_of(_NAMES, st.just("1")), longer, max_leaves=6)


def _block(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))


def statements() -> st.SearchStrategy[str]:
    """Draw the text of one statement; a few are no valid Python."""
    templates = [
        "{n} = {0}",
        "{n}, *{m} = {0}",
        "{n} += {0}",
        "{n}: {0} = {1}",
        "{n}: {0}",
        "{n}[{0}] = {1}",
        "{0}",
        "del {n}",
        "import {n}.{m}",
        "from {n} import {m} as b",
    ]
    simple = st.builds(
        lambda t, n, m, first, second: t.format(first, second, n=n, m=m),
        st.sampled_from(templates),
        _NAMES,
        _NAMES,
        _expressions(),
        _expressions(),
    )

    def longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        blocks = [
            "if {0}:\n{x}\nelse:\n{y}",
            "for {n} in {0}:\n{x}\n{y}",
            "while {0}:\n{x}\nelse:\n{y}",
            "try:\n{x}\nexcept {0} as {n}:\n{y}",
            "try:\n{x}\nfinally:\n{y}",
            "with {0} as {n}:\n{x}\n{y}",
            "match {0}:\n  case [{n}, *{m}]:\n  {x2}\n  case {{'k': {m}}}:\n  {y2}",
            "def {n}({m}={0}):\n{x}\n{y}",
            "def {n}():\n  global {m}\n{x}\n{y}",
            "def {n}(*{m}):\n{x}\n  def {m}():\n  {y2}",
            "def {n}({m}):\n{x}\n  def c():\n    nonlocal {m}\n  {y2}",
            "@{0}\ndef {n}(): return {m}",
            "class {n}({0}):\n{x}\n{y}",
            "class {n}:\n{x}\n  def {m}(self):\n  {y2}",
        ]

        def fill(template: str, n: str, m: str, part: str, x: str, y: str) -> str:
            return template.format(
                part,
                n=n,
                m=m,
                x=_block(x),
                y=_block(y),
                x2=_block(_block(x))[2:],
                y2=_block(_block(y))[2:],
            )

        return st.builds(
            fill, st.sampled_from(blocks), _NAMES, _NAMES, _expressions(), inner, inner
        )

    return st.recursive(simple, longer, max_leaves=6)
