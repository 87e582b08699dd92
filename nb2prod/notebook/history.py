"""What IPython keeps of earlier cells (`_`, `_3`, `Out[3]`, `In[3]`) as names that code can have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nb2prod.model import Cell, Diagnostic
from nb2prod.notebook.code import Code, parse
from nb2prod.notebook.findings import finding
from nb2prod.notebook.lines import Edit, Text, column
from nb2prod.notebook.scope import Scope

_NAME = re.compile(r"_{1,3}|_\d+|Out|_oh|In|_ih")
_SURE = (
    ast.Constant,
    ast.BinOp,
    ast.Compare,
    ast.JoinedStr,
    ast.Tuple,
    ast.List,
    ast.Dict,
    ast.Set,
)
_RETURN_VALUES = frozenset(
    "sum len max min sorted abs round list dict set tuple str int float".split()
)


@dataclass(frozen=True, slots=True)
class _Use:
    """An expression that reads the history: of cell `number`, or of the `back`-th result before."""

    node: ast.Name | ast.Subscript
    name: str
    number: int | None = None
    back: int = 0
    source: bool = False


def with_history(codes: Sequence[Code], cells: Sequence[Cell], scope: Scope) -> list[Code]:
    """Name the results that later cells read from IPython's history, and let them read the names.

    What cannot be followed stays: a name that nothing binds, and reported as such.
    """
    if not any(_NAME.fullmatch(name) for name in scope.reads - scope.bindings.keys()):
        return list(codes)
    numbers = _numbers(codes, cells)
    edited = list(codes)
    named: dict[int, str] = {}
    for index, code in enumerate(codes):
        edits = []
        for use in _uses(code, scope):
            value = _value(use, index, codes, numbers, named, scope)
            if value:
                edits.append((use, value))
        if edited[index].tree is not None and edits:
            edited[index] = _read(edited[index], edits)
    for index, name in named.items():
        edited[index] = _bound(edited[index], name)
    return edited


def _numbers(codes: Sequence[Code], cells: Sequence[Cell]) -> dict[int, int]:
    """The position of each cell by its number: as saved where all are, else counted from 1."""
    saved = {cell.index: cell.execution_count for cell in cells}
    counts = [saved.get(code.cell) for code in codes]
    if None in counts or len(set(counts)) < len(counts):
        counts = list(range(1, len(codes) + 1))
    return {count: index for index, count in enumerate(counts) if count is not None}


def _uses(code: Code, scope: Scope) -> Iterator[_Use]:
    if code.tree is None:
        return
    inside: set[int] = set()
    # a function would read the history of the moment when it is called
    for statement in code.tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside |= {id(node) for node in ast.walk(statement)}
    for node in ast.walk(code.tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            use = _item(node, node.value.id)
        elif isinstance(node, ast.Name):
            use = _plain(node)
        else:
            use = None
        if use and isinstance(use.node.ctx, ast.Load) and use.name not in scope.bindings:
            if isinstance(node, ast.Subscript):
                inside.add(id(node.value))
            yield use


def _item(node: ast.Subscript, name: str) -> _Use | None:
    number = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if name not in ("Out", "_oh", "In", "_ih") or not isinstance(number, int):
        return None
    return _Use(node, name, number, source=name in ("In", "_ih"))


def _plain(node: ast.Name) -> _Use | None:
    if not _NAME.fullmatch(node.id) or node.id[-1].isalpha():
        return None
    if node.id[-1].isdigit():
        return _Use(node, node.id, int(node.id[1:]))
    return _Use(node, node.id, back=len(node.id))


def _value(
    use: _Use,
    index: int,
    codes: Sequence[Code],
    numbers: dict[int, int],
    named: dict[int, str],
    scope: Scope,
) -> str:
    """The code that has the value, or ""; `named` learns which cells' results need a name."""
    if use.number is not None:
        source = numbers.get(use.number, index)
        if source >= index:
            return ""
        if use.source:
            return repr(codes[source].source)
        found = [source] if _shown(codes[source]) is not None else []
    else:
        shown = [i for i in range(index) if _shown(codes[i]) is not None][::-1]
        # only what surely is no None has a place in the row of results
        found = shown[use.back - 1 : use.back]
        if not all(_is_sure(_shown(codes[i])) for i in shown[: use.back]):
            return ""
    for source in found:
        return named.setdefault(source, scope.free(f"result_of_cell_{codes[source].cell}"))
    return ""


def _shown(code: Code) -> ast.expr | None:
    """The expression whose value the cell displays."""
    last = code.tree.body[-1] if code.tree is not None and code.tree.body else None
    if not isinstance(last, ast.Expr) or str(code.text).rstrip().endswith(";"):
        return None
    return last.value


def _is_sure(value: ast.expr | None) -> bool:
    """Whether an expression surely has a value that is not None."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in _RETURN_VALUES
    return isinstance(value, _SURE) and not (
        isinstance(value, ast.Constant) and value.value is None
    )


def _read(code: Code, edits: Sequence[tuple[_Use, str]]) -> Code:
    """The cell with each use replaced by its value."""
    lines = list(code.text.lines)
    for use, value in sorted(
        edits, key=lambda edit: (edit[0].node.lineno, -edit[0].node.col_offset)
    ):
        row = use.node.lineno - 1
        if use.node.end_lineno != use.node.lineno:
            return code
        start = column(code.text.lines[row], use.node.col_offset)
        end = column(code.text.lines[row], use.node.end_col_offset or 0)
        lines[row] = lines[row][:start] + value + lines[row][end:]
    words = ", ".join(sorted({f"`{ast.unparse(use.node)}`" for use, _ in edits}))
    message = f"{words}: IPython's history of earlier results; these have names now"
    note = finding("NB114", message, code.text.origin(code.cell, 0, len(lines) - 1))
    return _parsed(code, code.text.with_lines(lines), note)


def _bound(code: Code, name: str) -> Code:
    """The cell with its last expression bound to a name."""
    assert code.tree is not None
    row = code.tree.body[-1].lineno - 1
    start = column(code.text.lines[row], code.tree.body[-1].col_offset)
    line = code.text.lines[row]
    edit = Edit(row, row, (f"{line[:start]}{name} = {line[start:]}",))
    return _parsed(code, code.text.apply([edit]))


def _parsed(code: Code, text: Text, *notes: Diagnostic) -> Code:
    return replace(
        code,
        text=text,
        tree=parse(text),
        diagnostics=(*code.diagnostics, *notes),
    )
