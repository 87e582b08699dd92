"""What git waits for: the driver and the filter start without what is slow to import."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nb2prod.git import driver

_SLOW = {"collections", "dataclasses", "difflib", "enum", "json", "re", "subprocess", "typing"}
_DIFF = """
import driver
side = ["0" * 40, "100644"]
driver.write(driver.external_diff(["n.ipynb", {old!r}, *side, {new!r}, *side], driver.Style()))
"""
_CLEAN = """
import clean
print(clean.clean(open({old!r}, "rb").read()).count(b"1 2"))
"""


def _notebook(*sources: str) -> bytes:
    outputs = [{"output_type": "stream", "name": "stdout", "text": ["1 2"]}]
    cells = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {"tags": ["keep_output"]} if number == 1 else {},
            "source": source,
            "outputs": outputs,
            "execution_count": 3,
        }
        for number, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.mark.parametrize("script", [_DIFF, _CLEAN], ids=["diff", "clean"])
def test_an_ordinary_edit_imports_nothing_slow(tmp_path: Path, script: str) -> None:
    old, new = tmp_path / "old.ipynb", tmp_path / "new.ipynb"
    old.write_bytes(_notebook("import pandas\nx = 1\nprint(x)", "y = 1", "z = 1\nz"))
    new.write_bytes(_notebook("import pandas\nx = 2\nprint(x)", "w = 0\ny = 1", "zz = 1\nzzz"))
    code = script.format(old=str(old), new=str(new))
    start = f"import sys; sys.path.append({str(Path(driver.__file__).parent)!r})"
    command = [sys.executable, "-I", "-S", "-c", f"{start}\n{code}\nprint(*sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    *shown, modules = done.stdout.splitlines()
    assert not _SLOW & set(modules.split())
    if script is _CLEAN:
        assert shown == ["1"]
    else:
        assert {"-x = 1", "+x = 2", "+w = 0"} < set(shown)


_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
_TEXTS = st.builds(
    lambda value, start, end, ascii, code: f"{start}{_dumped(value, ascii)}{end}".encode(code),
    _VALUES,
    st.sampled_from(["", " \n", "\ufeff", "\x0b"]),
    st.sampled_from(["", "\n", "{}", "\x00"]),
    st.booleans(),
    st.sampled_from(["utf-8", "utf-8", "utf-16", "utf-32-le"]),
)


def _dumped(value: Any, ascii: bool) -> str:
    return json.dumps(value, ensure_ascii=ascii)


@example(b'{"a": NaN, "b": [1, -Infinity, 1e400, 10]}')
@example(b'"\xed\xa0\x80"')
@given(_TEXTS | st.binary(max_size=20))
def test_data_are_parsed_as_json_parses_them(data: bytes) -> None:
    try:
        expected = repr(json.loads(data))
    except ValueError:
        with pytest.raises(ValueError):
            driver.parsed(data)
    else:
        assert repr(driver.parsed(data)) == expected


def test_every_character_that_a_terminal_obeys_is_made_visible() -> None:
    """Category C: controls, directions, surrogates; Z: separators of lines and paragraphs."""
    unsafe = re.compile(driver.UNSAFE)
    for code in range(0x110000):
        letter = chr(code)
        assert (driver.visible(letter) == letter) is not bool(unsafe.match(letter)), hex(code)
        if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") and letter not in "\t\n":
            assert unsafe.match(letter), hex(code)
