"""How often the stage of a cell is the one that people gave it.

    python benchmarks/stages.py cells.jsonl.gz [--wrong TRUE:FOUND]

Each line of the file is a cell that stands alone: {"source": "...", "stage": "clean", ...}. Reported
are the accuracy, that of each stage, and the confusion matrix; `--wrong clean:feature` prints the
cells of one field of it.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import html
import json
import re
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import libcst as cst

from nb2prod.analysis import names
from nb2prod.analysis.stages import cell_stage, describe
from nb2prod.model import STAGES, Cell, Origin, Program, Statement

_PLACEHOLDER = cst.SimpleStatementLine([cst.Pass()])
_BREAK = re.compile(r"<br\s*/?>")
_QUOTED = re.compile(r"""b?(['"])(.*)\1\s*""", re.DOTALL)
_MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
_TAB = re.compile(r"^(\\t)+", re.MULTILINE)


def repaired(source: str) -> Iterator[str]:
    """Yield a cell as it is, then without the residue of its transport: quotes, <br>, escapes."""
    quoted = _QUOTED.fullmatch(source)
    if quoted and "\\n" in source:
        source = quoted[2].replace("\\n", "\n")
    source = html.unescape(_BREAK.sub("\n", source))
    source = _MAGIC.sub(r"\1pass", _TAB.sub("\t", source))
    plain = textwrap.dedent(source.lstrip(" ")).strip("\n")
    yield plain
    yield textwrap.dedent(source)
    yield plain.rstrip().rstrip("'\"")
    yield plain.replace("\\'", "'").replace("\\\\\n", "\\\n").rstrip().rstrip("'\"")


def parsed(source: str) -> list[ast.stmt]:
    """Return the statements of a cell, of a broken one those above the fault."""
    versions = list(repaired(source))
    for version in versions:
        with suppress(SyntaxError, ValueError):
            return ast.parse(version).body
    lines = versions[-1].split("\n")
    while lines:
        try:
            return ast.parse("\n".join(lines)).body
        except (SyntaxError, ValueError) as error:
            fault = getattr(error, "lineno", None) or len(lines)
            lines = lines[: max(min(fault, len(lines)) - 1, 0)]
    return []


def found_stage(source: str) -> str:
    """Return the stage that nb2prod finds for a cell that stands alone."""
    statements = tuple(
        Statement(Origin(0, node.lineno, node.end_lineno or node.lineno), node, _PLACEHOLDER)
        for node in parsed(source)
    )
    program = Program("cell", (Cell(0, "code", source),), statements)
    facts = describe(program, statements, [names.of(s.node) for s in statements])
    return cell_stage(facts, statements)


def labelled(path: Path) -> Iterator[dict[str, object]]:
    """Yield the cells of a file, one JSON object on each line."""
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    yield from map(json.loads, text.splitlines())


def report(confusion: Counter[tuple[str, str]]) -> str:
    """Return accuracy, recall and precision by stage, and the confusion matrix, as text."""
    total = sum(confusion.values())
    right = sum(count for (true, found), count in confusion.items() if true == found)
    lines = [f"accuracy {right / total:.4f} ({right} of {total})", ""]
    lines.append(f"{'true / found':>12} " + "".join(f"{s[:7]:>8}" for s in STAGES) + "  recall")
    for true in STAGES:
        row = [confusion[true, found] for found in STAGES]
        share = confusion[true, true] / max(sum(row), 1)
        lines.append(f"{true:>12} " + "".join(f"{n:8}" for n in row) + f"  {share:.2f}")
    columns = [sum(confusion[true, found] for true in STAGES) for found in STAGES]
    shares = [confusion[s, s] / max(n, 1) for s, n in zip(STAGES, columns, strict=True)]
    lines.append(f"{'precision':>12} " + "".join(f"{share:8.2f}" for share in shares))
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cells", type=Path)
    parser.add_argument("--wrong", default="", metavar="TRUE:FOUND")
    options = parser.parse_args()
    confusion: Counter[tuple[str, str]] = Counter()
    for cell in labelled(options.cells):
        source, true = str(cell["source"]), str(cell["stage"])
        found = found_stage(source)
        confusion[true, found] += 1
        if f"{true}:{found}" == options.wrong:
            sys.stdout.write(f"===== {cell.get('label', '')}\n{source}\n")
    sys.stdout.write(report(confusion) + "\n")


if __name__ == "__main__":
    main()
