"""Polished code: formatted, no unused names, and the same values."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import PurePosixPath

import pytest
from programs import notebook

from nb2prod import api
from nb2prod.errors import InternalError
from nb2prod.render.blacken import Formatter, black_process, blacken, in_this_process
from nb2prod.render.format import broken_rules, polish

MODULE = PurePosixPath("src/shop/helpers.py")


def polished(source: str, *mentioned: str) -> str:
    files = polish({MODULE: source}, "shop", mentioned=mentioned)()
    assert broken_rules(files, "shop") == {}
    return files[MODULE]


def test_every_unused_binding_of_a_name_is_marked() -> None:
    code = polished("def f(g):\n    ax = g()\n    ax = g()\n    __who__ = 'me'\n    ax = g()\n")
    assert code.count("_ax = g()") == 3
    assert '_who = "me"' in code


def test_a_name_that_is_read_keeps_it() -> None:
    source = "def f(g, h):\n    a = g()\n    h(a)\n    a = g()\n"
    assert polished(source) == source


@pytest.mark.parametrize("text", ['"""select\n  1"""', "f'''{run}\n  x'''", "'one line'"])
def test_a_name_that_a_text_reads_keeps_name_and_value(text: str) -> None:
    source = f"def f(run):\n    limit = {text}\n    return run('a > @limit')\n"
    code = polished(source, "limit")
    assert "# noqa: F841" in code
    assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(source))


@pytest.mark.parametrize(
    "cell", ["a = 1", "import pandas as pd\ndf = pd.read_csv('a.csv')\nRATE = 0.5\nb = df * RATE"]
)
def test_black_leaves_every_file_as_it_is(cell: str) -> None:
    package = api.render(api.make_plan(api.analyse(api.read(notebook([cell]))), package="shop"))
    files = {str(p): text.decode() for p, text in package.files.items() if p.suffix == ".py"}
    assert blacken(files) == files


def test_an_import_that_only_a_text_reads_stays() -> None:
    cells = [
        "import numpy as np\nfrom patsy import dmatrix",
        "a = dmatrix('np.log(x)', {'x': [1]})",
    ]
    package = api.render(api.make_plan(api.analyse(api.read(notebook(cells))), package="shop"))
    (line,) = {
        line
        for path, content in package.files.items()
        if path.parts[0] == "src"
        for line in content.decode().splitlines()
        if "import numpy" in line
    }
    assert line == "import numpy as np  # noqa: F401 (read by its name in a text)"


def test_code_that_does_not_parse_is_a_fault_of_nb2prod() -> None:
    with pytest.raises(InternalError):
        polish({MODULE: "def f(:\n"}, "shop")


@pytest.mark.slow
def test_a_process_formats_like_this_one() -> None:
    first, second = {"a.py": "x = 'é'\n" * 5_000}, {"b.py": "y=1", "c.py": ""}
    with black_process() as black:
        pending = [black(first), black(second)]
        assert [answer() for answer in pending] == [blacken(first), blacken(second)]


@pytest.mark.parametrize("formatter", [black_process, lambda: nullcontext(in_this_process)])
def test_what_black_cannot_read_is_a_fault_of_nb2prod(
    formatter: Callable[[], AbstractContextManager[Formatter]],
) -> None:
    with formatter() as black, pytest.raises(InternalError, match=r"a\.py: .*does not parse"):
        black({"a.py": "def f(:\n"})()
