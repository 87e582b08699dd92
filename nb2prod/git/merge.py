"""The merge driver: git runs `python -P -m nb2prod.git.merge %O %A %B %L %P` for a notebook.

%O, %A and %B are files with the common ancestor, ours and theirs, %L is the length of conflict markers
and %P the notebook's path. The result goes into %A; status 1 tells git of a conflict: gitattributes(5).
`-P` keeps modules of the repository from being imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from nb2prod.git.layout import Style, read, write
from nb2prod.git.lines import merge_files
from nb2prod.git.notebooks import Json, merge_notebooks


def main(arguments: Sequence[str]) -> int:
    """Merge the files that git names; return 0, or 1 where a person has to look at the result.

    What is no notebook of nbformat 4 is merged by line, as git would.
    """
    if len(arguments) < 3:
        print("usage: python -m nb2prod.git.merge %O %A %B [%L [%P]]", file=sys.stderr)
        return 129
    # A second for jsonschema, which nbdime imports, to check addresses that no notebook has.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    base, ours, theirs = arguments[:3]
    marker = int(arguments[3]) if arguments[3:] and arguments[3].isdigit() else 7
    name = arguments[4] if arguments[4:] else ours
    try:
        return _merge(base, ours, theirs, marker, name)
    except Exception as error:  # whatever it is, git's own merge is better than none
        _say(f"{name}: merged as text ({error})")
        merge_files(ours, base, theirs, marker)
        return 1


def _merge(base: str, ours: str, theirs: str, marker: int, name: str) -> int:
    before = _notebook(base)[0] if os.path.getsize(base) else None
    (left, style), (right, _) = _notebook(ours), _notebook(theirs)
    merged, conflicts = merge_notebooks(before, left, right, marker)
    _replace(ours, write(merged, style))
    for conflict in conflicts:
        _say(f"{name}: conflict in {conflict}")
    return 1 if conflicts else 0


def _notebook(path: str) -> tuple[Json, Style]:
    """Read a notebook. Raises ValueError for what is none."""
    with open(path, "rb") as file:
        notebook, style = read(file.read())
    cells = notebook.get("cells")
    if notebook.get("nbformat") != 4 or not isinstance(cells, list):
        raise ValueError("no notebook of format 4")
    if not all(isinstance(cell, dict) for cell in cells):
        raise ValueError("a cell is not an object")
    return notebook, style


def _say(text: str) -> None:
    """Tell the person; names come from the repository, and a terminal would obey what is in them."""
    from nb2prod.git.driver import visible

    print(f"nb2prod: {visible(text)}".replace("\n", "\\n"), file=sys.stderr)


def _replace(path: str, data: bytes) -> None:
    """Write all or nothing: git takes what is there, even when this process was ended."""
    with open(f"{path}.merged", "wb") as file:
        file.write(data)
    os.replace(file.name, path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
