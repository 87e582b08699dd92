"""Make docs/git-diff.svg: the picture of a real `git diff` of a sample notebook.

python docs/make_git_picture.py
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from nb2prod import api

_DOCS = Path(__file__).parent
_SAMPLE = _DOCS.parent / "sample_notebooks" / "churn" / "churn.ipynb"
_WIDTH = 100
_COMMAND = "git diff"


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for name in ("HOME", "XDG_CONFIG_HOME"):
            os.environ[name] = folder
        _git("init", "-q")
        _git("config", "user.name", "docs")
        _git("config", "user.email", "docs@localhost")
        path = Path("churn.ipynb")
        path.write_bytes(_SAMPLE.read_bytes())
        _git("add", ".")
        _git("commit", "-qm", "first")
        api.install_git(merge=False, production=True)
        path.write_text(json.dumps(_edited(json.loads(_SAMPLE.read_bytes())), indent=1))
        shown = _git("-c", "color.ui=always", "diff")
    (_DOCS / "git-diff.svg").write_text(_svg(shown), "utf-8")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def _edited(notebook: dict[str, Any]) -> dict[str, Any]:
    """Do what people do: run it again, edit a model, split a cell, move one, tag one."""
    cells = notebook["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["execution_count"] = (cell["execution_count"] or 0) + 100
    grid = "".join(cells[29]["source"])
    cells[29]["source"] = grid.replace("[30, 60]", "[30, 60, 120]").replace("cv=3", "cv=5")
    cells[31]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": ["AUC 0.874\n"]},
        *cells[31]["outputs"][1:],
    ]
    lines = "".join(cells[19]["source"]).split("\n")
    cells[19]["source"] = "\n".join(lines[:2])
    second = {**cells[19], "source": "\n".join(lines[2:]), "outputs": []}
    cells.insert(20, {key: value for key, value in second.items() if key != "id"})
    cells.insert(11, cells.pop(9))
    return notebook


def _svg(shown: str) -> str:
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ {_COMMAND}", style="bold"))
    console.print(Text.from_ansi(shown))
    svg = console.export_svg(title="nb2prod git install", theme=MONOKAI, unique_id="nb2prod")
    # no fonts of other hosts: whoever reads the page asks nobody else
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    main()
