"""`%run other.py`: the other file's code in place of the line, where that is the same."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from nb2prod.errors import InputError
from nb2prod.model import Diagnostic, LeftOut, Requirement
from nb2prod.notebook import document, source
from nb2prod.notebook.code import Code, understand
from nb2prod.notebook.magics import Command
from nb2prod.notebook.outcome import Outcome
from nb2prod.notebook.scope import Scope, bindings

Chain = tuple[Path, ...]  # files that are being put in place, the innermost last
_MAX_BYTES = 10_000_000
_ALONE = frozenset({"__file__", "argv", "exit", "quit", "_exit", "__builtins__"})


@dataclass(frozen=True, slots=True)
class Inner:
    """What is to be said of the file's own magics."""

    left_out: tuple[LeftOut, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    requirements: tuple[Requirement, ...] = ()


class _Refusal(Exception):
    """Why a file cannot be put in place."""


def outcome(
    command: Command, scope: Scope, shells: Collection[str], chain: Chain
) -> tuple[Outcome, Inner]:
    """The code of the file that `%run` names, or why the line is left out."""
    try:
        path, shares = _file(command.line, scope.folder, chain)
        codes = _codes(path, scope, shells, chain)
        _check(codes, scope, shares or path.suffix == ".ipynb")
    except (_Refusal, InputError) as error:
        note = ("NB108", f"`{command.text}` is left out: {error}")
        return Outcome(reason=f"cannot be put in place: {error}", notes=(note,)), Inner()
    scope.requests.update(name for code in codes for name in code.imports)
    text = "\n".join(str(code.text).strip("\n") for code in codes if code.tree)
    inner = Inner(
        tuple(part for code in codes for part in code.left_out),
        tuple(part for code in codes for part in code.diagnostics),
        tuple(part for code in codes for part in code.requirements),
    )
    return (Outcome(code=text) if text.strip() else Outcome(reason="an empty file")), inner


def _file(line: str, folder: str | None, chain: Chain) -> tuple[Path, bool]:
    """The file, and whether it is run among the notebook's names (`-i`)."""
    words = line.split()
    shares = "-i" in words
    words = [word.strip("\"'") for word in words if word != "-i"]
    if len(words) != 1 or words[0].startswith("-"):
        raise _Refusal("options or arguments are given to the program")
    if folder is None:
        raise _Refusal("the notebook's folder is not known")
    root = Path(folder).resolve()
    base = chain[-1].parent if chain else root
    for ending in ("", ".py", ".ipynb"):
        path = (base / (words[0] + ending)).resolve()
        if path.is_relative_to(root) and path.suffix in (".py", ".ipynb") and path.is_file():
            if path in chain:
                raise _Refusal(f"{path.name} runs itself")
            return path, shares
    raise _Refusal("there is no such file in the notebook's folder")


def _codes(path: Path, scope: Scope, shells: Collection[str], chain: Chain) -> list[Code]:
    from nb2prod.notebook.translate import translate

    text, _ = source.decode(source.load(path, None, _MAX_BYTES).data)
    if path.suffix == ".ipynb" or document.is_notebook(text):
        sources = [
            cell["source"] for cell in document.parse(text)["cells"] if cell["cell_type"] == "code"
        ]
    else:
        sources = [text]
    codes = [understand(0, source.replace("\r\n", "\n")) for source in sources]
    return [translate(code, scope, shells, (*chain, path)) for code in codes]


def _check(codes: list[Code], scope: Scope, shares: bool) -> None:
    """Raise _Refusal where the code would do something else in place than in its file."""
    broken = next((code.error for code in codes if code.error), None)
    if broken and len(codes) == 1:
        raise _Refusal(f"it does not parse ({broken.msg})")
    trees = [code.tree for code in codes if code.tree]
    used = {
        getattr(node, "id", None) or getattr(node, "attr", None)
        for tree in trees
        for node in ast.walk(tree)
    }
    if used & _ALONE:
        raise _Refusal(f"it uses {', '.join(sorted(map(str, used & _ALONE)))}")
    if not shares:
        _check_names(trees, scope)


def _check_names(trees: list[ast.Module], scope: Scope) -> None:
    """A program has names of its own: its functions would see the notebook's in place."""
    for tree in trees:
        for name, how in bindings(tree):
            if scope.bindings.get(name, {how}) != {how} or (not how and name in scope.bindings):
                raise _Refusal(f"both it and the notebook bind `{name}`")
