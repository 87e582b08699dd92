"""Programs in percent format as notebooks: percent.py PROGRAM NOTEBOOK.

The format, with its header of `# key: value` lines, is described in tests/traps_format.md.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

MARKER = re.compile(r"^# %%(?P<rest>.*)\n", re.MULTILINE)
COUNT = re.compile(r"\[(\d+)\]")
KEY = re.compile(r"^# (\w+): (.*)$", re.MULTILINE)


def header(text: str) -> dict[str, str]:
    """Return the `# key: value` lines above the first cell of a program."""
    return dict(KEY.findall(MARKER.split(text, maxsplit=1)[0]))


def cells(text: str) -> list[dict[str, Any]]:
    """Return the cells of a program in percent format, as nbformat 4.5 has them."""
    parts = MARKER.split(text)
    return [_cell(n, *parts[n : n + 2]) for n in range(1, len(parts), 2)]


def notebook(text: str) -> dict[str, Any]:
    """Return the notebook (nbformat 4.5, without outputs) of a program in percent format."""
    made = cells(text)
    _count(made)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _cell(number: int, rest: str, body: str) -> dict[str, Any]:
    source = body.rstrip().lstrip("\n")
    common = {"id": f"cell-{number // 2}", "metadata": {}}
    if "[markdown]" in rest:
        prose = re.sub(r"^# ?", "", source, flags=re.MULTILINE)
        return {"cell_type": "markdown", **common, "source": prose}
    count = COUNT.search(rest)
    number_of_run = int(count[1]) if count else None
    code = {"cell_type": "code", **common, "execution_count": number_of_run, "outputs": []}
    return {**code, "source": source}


def _count(made: list[dict[str, Any]]) -> None:
    """Number the code cells as one run from top to bottom does, where no cell has a number."""
    code = [cell for cell in made if cell["cell_type"] == "code"]
    if all(cell["execution_count"] is None for cell in code):
        for number, cell in enumerate(code, 1):
            cell["execution_count"] = number


def main(program: str, target: str) -> None:
    """Write the notebook of a program; `-` is standard output."""
    text = json.dumps(notebook(Path(program).read_text("utf-8")), indent=1, ensure_ascii=False)
    if target == "-":
        print(text)
    else:
        Path(target).write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
