"""Steps between cells that a person does by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2prod.model import Analysis, Origin, Question

_COST = 90
_DONE = r"(edit|label+|typ|enter|correct|clean|check|fill|select|annotat)\w*"
_TOLD = re.compile(
    rf"""\b({_DONE}\s(\w+\s){{0,3}}(by\shand|manually)|(by\shand|manually)\s{_DONE}|
    (in|with)\s(ms\s|microsoft\s)?excel|(in|with)\sgoogle\ssheets?|
    restart\s(the\s|your\s)?(kernel|runtime)|ask\s\w+\sfor\s(access|the|a)\b|
    (run|execute)\s(the|this|that)\s[\w.]{{1,30}}\s([\w.]{{1,30}}\s)?(first|before)\b)|
    ^\W*(upload|copy|paste|move|rename|unzip|download|export)\s(it|this|the|them|your)\b
    .{{0,60}}\b(file|folder|data|csv|xlsx?|json|zip)\b""",
    re.I | re.X,
)
_HEADING = re.compile(r"\s*(#|<h\d)")
_ASKS = frozenset({"builtins.input", "input", "getpass.getpass", "google.colab.files.upload"})
_WHY = "A pipeline stops where a person has to act, or runs on with what was there last time."


def found(analysis: Analysis) -> Iterator[Question]:
    """Yield a question for each text that tells of a step by hand, and each call that waits for one."""
    for cell in analysis.program.cells:
        lines = cell.source.split("\n")
        for number, line in enumerate(lines, 1):
            text = line if cell.kind == "markdown" else line.partition("#")[2]
            if cell.kind == "markdown" and _HEADING.match(line):
                continue
            if match := _TOLD.search(text):
                said = " ".join(text.strip(" #*-").split())[:100]
                asked = f'How is this step done by hand ("{said}"), by whom and when?'
                key = f"manual-{match[0].lower()}-{said[:30]}"
                yield Question(key, asked, _WHY, Origin(cell.index, number, number), _COST)
                break
    for position, (statement, facts) in enumerate(
        zip(analysis.statements, analysis.facts, strict=True)
    ):
        if asking := sorted(_ASKS & set(facts.calls)):
            code = ast.unparse(statement.node).partition("\n")[0][:80]
            asked = f"What is to be entered at `{code}` when nobody sits there?"
            key = f"manual-{asking[0]}"
            yield Question(key, asked, _WHY, statement.origin, _COST, position)
