"""Facts of statements: each case in cases/stages is a notebook whose lines say what is to be found.

`# %% STAGE` begins a cell and gives its stage, `# %% [markdown]` one of prose. After `#:` on the first
line of a statement stand its stage, `pure`, `draws`, `name:type`, `-name` (no type is known),
`fits=model`, `from=train+test`, `read=place`, `write=place`; `!` in front denies.
"""

from __future__ import annotations

import ast
import re
import time
from pathlib import Path

import libcst as cst
import pytest

from nb2prod.analysis import names
from nb2prod.analysis.stages import cell_stage, describe, staged
from nb2prod.model import STAGES, Cell, Facts, Names, Origin, Program, Stage, Statement

CASES = sorted((Path(__file__).parent / "cases" / "stages").glob("*.py"))
_PASS = cst.SimpleStatementLine([cst.Pass()])
_CELL = re.compile(r"^# %% *(.*)\n", re.MULTILINE)


def program(sources: list[tuple[str, str]], stage: Stage | None = None) -> Program:
    """Make a program of cells, each a kind and a source; `stage` is the user's for all of them."""
    cells, statements = [], []
    for index, (kind, source) in enumerate(sources):
        cells.append(Cell(index, kind, source, stage=stage))  # type: ignore[arg-type]
        for node in ast.parse(source).body if kind == "code" else ():
            origin = Origin(index, node.lineno, node.end_lineno or node.lineno)
            statements.append(Statement(origin, node, _PASS))
    return Program("case", tuple(cells), tuple(statements))


def facts_of(*sources: str) -> tuple[Facts, ...]:
    """Return the facts of the statements of code cells."""
    return facts(program([("code", source) for source in sources]))


def facts(case: Program) -> tuple[Facts, ...]:
    """Return the facts of a program's statements."""
    suggested = describe(case, case.statements, [names.of(s.node) for s in case.statements])
    return staged(suggested, case.statements, case.cells)


def found(facts: Facts, word: str) -> bool:
    """Return whether a word of a case holds."""
    if word.startswith("!"):
        return not found(facts, word[1:])
    if word in STAGES:
        return facts.stage == word
    if word in ("pure", "draws"):
        return bool(getattr(facts, word))
    if word.startswith("-"):
        return word[1:] not in facts.types
    if ":" in word and "=" not in word:
        name, _, type_ = word.partition(":")
        return facts.types.get(name) == type_
    key, _, value = word.partition("=")
    return found_value(facts, key) == value


def found_value(facts: Facts, key: str) -> str:
    """Return what a statement fits, is made from, reads or writes, as a case writes it."""
    if key == "fits":
        return "+".join(facts.fits)
    if key == "from":
        return "+".join(sorted(facts.datasets))
    return "+".join(str(use.location) for use in facts.uses if use.direction == key)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    _, *rest = _CELL.split(path.read_text())
    heads, sources = rest[::2], rest[1::2]
    kinds = ["markdown" if head == "[markdown]" else "code" for head in heads]
    case = program(list(zip(kinds, map(prose_or_code, kinds, sources), strict=True)))
    known = facts(case)
    wrong = []
    for statement, fact in zip(case.statements, known, strict=True):
        line = sources[statement.origin.cell].split("\n")[statement.origin.line - 1]
        for word in line.partition("#:")[2].split():
            if not found(fact, word):
                wrong.append(f"{line.strip()}: {word}, but {fact}")
    for index, head in enumerate(heads):
        in_cell = [at for at, s in enumerate(case.statements) if s.origin.cell == index]
        stage = cell_stage([known[at] for at in in_cell], [case.statements[at] for at in in_cell])
        if kinds[index] == "code" and stage != head:
            wrong.append(f"cell {index}: {head}, but {stage}")
    assert not wrong, "\n".join(wrong)


def prose_or_code(kind: str, source: str) -> str:
    """Return a cell's source: prose without the comment signs, code without what is expected."""
    if kind == "markdown":
        return re.sub(r"^# ?", "", source, flags=re.MULTILINE)
    return re.sub(r" *#:.*$", "", source, flags=re.MULTILINE)


def test_every_line_of_the_cases_is_checked() -> None:
    """A word that nothing understands would hold for ever."""
    for path in CASES:
        for line in path.read_text().splitlines():
            for word in line.partition("#:")[2].split():
                plain = word.lstrip("!")
                known = plain in STAGES or plain in ("pure", "draws") or plain.startswith("-")
                assert known or ":" in plain or plain.partition("=")[0] in KEYS, (path, word)


KEYS = ("fits", "from", "read", "write")


def test_the_users_stage_wins() -> None:
    case = program([("code", "import pandas as pd\ndf = pd.read_csv('a.csv')")], stage="clean")
    assert {fact.stage for fact in facts(case)} == {"clean"}
    assert facts(case)[0].evidence == "set by the user"


def test_evidence_names_the_call_and_the_column() -> None:
    load, column = facts_of("import pandas as pd\ndf = pd.read_csv('a.csv')\ndf['b'] = df.a + 1")[
        1:
    ]
    assert load.evidence == "pandas.read_csv loads"
    assert column.evidence == "adds a column of df"


def test_names_that_functions_rebind_have_no_type() -> None:
    source = "def change():\n    global a\n    a = 'b'\na = 1\nchange()\nb = a"
    assert facts_of(source)[1].types == {} and facts_of(source)[3].types == {}


def test_code_that_cannot_be_seen_may_change_every_type() -> None:
    known, _, after = facts_of("a = 1\nexec(text)\nb = a")
    assert known.types == {"a": "int"} and after.types == {}


def test_empty_program() -> None:
    assert facts_of("") == ()
    assert cell_stage([], []) == "other"


def test_deep_expressions_are_survived() -> None:
    value: ast.expr = ast.Name("a", ast.Load())
    for _ in range(20000):
        value = ast.BinOp(value, ast.Add(), ast.Constant(1))
    deep = ast.Assign([ast.Name("x", ast.Store())], value)
    case = program([("code", "y = 1")])
    statements = (Statement(Origin(0, 1, 1), deep, _PASS), *case.statements)
    uses = (Names(reads=frozenset("a"), writes=frozenset("x")), Names(writes=frozenset("y")))
    too_deep, after = describe(case, statements, uses)
    assert not too_deep.pure and too_deep.draws
    assert after.types == {"y": "int"}


def test_nested_loops_are_followed_in_time() -> None:
    source = "x = 1\n"
    for depth in range(18):
        source += " " * depth + f"for i{depth} in range(3):\n"
    source += " " * 18 + "x = x + 1"
    assert seconds(source) < 2


@pytest.mark.slow
def test_time_grows_with_the_program() -> None:
    cell = "if flag:\n    df = pd.read_csv('a.csv')\n    v{0} = df['a'].mean()\nfor c in df:\n    print(c)"
    few, many = ([cell.format(i) for i in range(count)] for count in (100, 1000))
    assert seconds(*many) < 25 * seconds(*few)


def seconds(*sources: str) -> float:
    case = program([("code", source) for source in sources])
    uses = [names.of(statement.node) for statement in case.statements]
    begin = time.process_time()
    describe(case, case.statements, uses)
    return time.process_time() - begin
