"""Run a notebook's cells with IPython and write down which files Python opened: NOTEBOOK OUT.

Runs in the notebook's own interpreter and working directory; imports nothing of nb2prod.
"""

import json
import os
import sys
from pathlib import Path

os.environ["MPLBACKEND"] = "Agg"
notebook = json.loads(Path(sys.argv[1]).read_text("utf-8"))
place = str(Path.cwd())
opened = []

from IPython.core.interactiveshell import InteractiveShell  # noqa: E402

shell = InteractiveShell.instance()


def listen(event, arguments):
    """Note the opening of a file by its path, and whether to write."""
    if event == "open" and isinstance(arguments[0], str):
        flags = arguments[2] if isinstance(arguments[2], int) else 0
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR))
        opened.append(["w" if writes else "r", os.path.abspath(arguments[0])])
    elif event == "sqlite3.connect" and isinstance(arguments[0], str):
        opened.append(["r", os.path.abspath(arguments[0])])


cells = notebook.get("cells") or notebook["worksheets"][0]["cells"]
sys.addaudithook(listen)
errors = 0
for cell in cells:
    if cell["cell_type"] == "code":
        source = "".join(cell.get("source", cell.get("input")))
        done = shell.run_cell(source, silent=True, store_history=False)
        errors += not done.success
record = {"log": opened, "errors": errors, "cwd": place}
Path(sys.argv[2]).write_text(json.dumps(record), "utf-8")
