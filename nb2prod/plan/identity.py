"""What a project is called: the package, after the notebook's name, and the title of its README."""

from __future__ import annotations

import keyword
import re
import sys

from nb2prod.knowledge.words import is_foreign, short, words_of
from nb2prod.model import Analysis
from nb2prod.plan.titles import heading_of

# A heading that says how every notebook begins: no title.
_CHORE = re.compile(
    r"(import|load|read|install|set ?up|requir)\w*\W+(\w+\W+){0,3}"
    r"(librar|package|modul|depend|data|file)\w*\W*$",
    re.IGNORECASE,
)
# What editors call a notebook that nobody gave a name: "Untitled1", "Untitled (2)".
_UNTITLED = re.compile(r"untitled[\W\d]*(copy[\W\d]*)?", re.IGNORECASE)
_CLAUSE = re.compile(r"[:;,(|]|\s[-–—]\s")
_MOST_WORDS = 4  # of a heading, in a package's name
_TAKEN = frozenset(["src", "tests", "notebooks"])  # folders of the project


def title_of(analysis: Analysis) -> str:
    """Return the first heading above the code, or else the notebook's name as words."""
    name = re.sub(r"[_\-\s]+", " ", analysis.program.name).strip().capitalize()
    return _heading(analysis) or name or "Notebook"


def package_name(analysis: Analysis) -> str:
    """Return the notebook's name as that of a package that hides nothing the notebook imports.

    A notebook without a name of its own, "Untitled1", has that of its heading if there is one.
    """
    given = analysis.program.name
    name = (_of_heading(analysis) if _UNTITLED.fullmatch(given.strip()) else "") or _plain(given)
    name = name or "notebook"
    imported = {t.split(".")[0] for use in analysis.names for t in use.imports.values()}
    imported |= {t.split(".")[0] for use in analysis.names for t in use.stars}
    clash = keyword.iskeyword(name) or name in sys.stdlib_module_names or name in imported
    return f"{name}_pipeline" if clash or name in _TAKEN else name


def _plain(name: str) -> str:
    plain = re.sub(r"\W+", "_", name, flags=re.A).strip("_").lower()
    return re.sub(r"^[\d_]+|^copy_of_|(_ipynb)+$", "", plain)


def _of_heading(analysis: Analysis) -> str:
    heading = _CLAUSE.split(_heading(analysis))[0]
    return "" if is_foreign(heading) else _plain(short(words_of(heading), _MOST_WORDS))


def _heading(analysis: Analysis) -> str:
    first_code = next((c.index for c in analysis.program.cells if c.kind == "code"), 0)
    for cell in analysis.program.cells[:first_code]:
        heading = heading_of(cell.source) if cell.kind == "markdown" else ""
        if heading and not _CHORE.match(heading):
            return " ".join(heading.split()).rstrip(":. ")[:100]
    return ""
