"""`%run other.py`: the other file's code in place of the line, else a call that runs the file."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from nb2prod.errors import InputError
from nb2prod.model import Diagnostic, LeftOut, Requirement
from nb2prod.notebook import document, source
from nb2prod.notebook.code import Code, understand
from nb2prod.notebook.command import Command
from nb2prod.notebook.expand import quoted
from nb2prod.notebook.outcome import Outcome
from nb2prod.notebook.scope import Scope, bindings
from nb2prod.secrets.modules import without_secrets

Chain = tuple[Path, ...]  # files that are being put in place, the innermost last
_MAX_BYTES = 10_000_000
_OWN = frozenset({"__file__", "argv", "globals", "locals", "__builtins__"})
_ENDS = frozenset({"exit", "quit", "_exit"})


@dataclass(frozen=True, slots=True)
class Inner:
    """What is to be said of the file's own magics."""

    left_out: tuple[LeftOut, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    requirements: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class _File:
    """What `%run` runs: `written` is its path as code can use it, `shares` the option `-i`."""

    path: Path
    written: str
    arguments: tuple[str, ...]
    shares: bool


class _Refusal(Exception):
    """Why a file's code cannot be had."""


class _NotInPlace(_Refusal):
    """Why a file's code would do something else in place than as a program of its own."""


def outcome(
    command: Command, scope: Scope, shells: Collection[str], chain: Chain
) -> tuple[Outcome, Inner]:
    """The code for a `%run` line, or why it is left out."""
    try:
        file = _file(command.line, scope.folder, chain)
        codes = _codes(file, scope, shells, chain)
        try:
            return _in_place(file, codes, scope)
        except _NotInPlace:
            return _as_program(file, codes, scope), Inner()
    except (_Refusal, InputError) as error:
        note = ("NB108", f"`{command.text}` is left out: {error}")
        return Outcome(reason=f"cannot be put in place: {error}", notes=(note,)), Inner()


def _file(line: str, folder: str | None, chain: Chain) -> _File:
    words = [word.strip("\"'") for word in line.split()]
    shares = words[:1] == ["-i"]
    name, *arguments = words[shares:] or [""]
    if name.startswith("-") or not name:
        raise _Refusal("it has options that nb2prod does not know")
    if folder is None:
        raise _Refusal("the notebook's folder is not known")
    root = Path(folder).resolve()
    bases = [root, *(file.parent for file in chain[-1:])]
    for base, ending in product(bases, ("", ".py", ".ipynb")):
        written = name + ending
        path = (base / written).resolve()
        if path.is_relative_to(root) and path.suffix in (".py", ".ipynb") and path.is_file():
            if path in chain:
                raise _Refusal(f"{path.name} runs itself")
            return _File(path, written, tuple(arguments), shares)
    raise _Refusal("there is no such file in the notebook's folder")


def _codes(file: _File, scope: Scope, shells: Collection[str], chain: Chain) -> list[Code]:
    """The file's cells; a program is one."""
    from nb2prod.notebook.translate import translate

    text, _ = source.decode(source.get(file.path, None, _MAX_BYTES).data)
    if file.path.suffix == ".ipynb" or document.is_notebook(text):
        cells = document.parse(text)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    else:
        sources = [text]
    sources = [_without_secrets(each.replace("\r\n", "\n"), file, scope) for each in sources]
    codes = [understand(0, each) for each in sources]
    codes = [translate(code, scope, shells, (*chain, file.path)) for code in codes]
    if not any(code.tree for code in codes):
        raise _Refusal("it does not parse")
    return codes


def _without_secrets(text: str, file: _File, scope: Scope) -> str:
    cleaned, secrets, told = without_secrets(text, file.written, scope.secrets, scope.folder)
    scope.secrets += secrets
    scope.told += told
    return cleaned


def _in_place(file: _File, codes: list[Code], scope: Scope) -> tuple[Outcome, Inner]:
    trees = [code.tree for code in codes if code.tree]
    if file.arguments or _words(trees) & (_OWN | _ENDS):
        raise _NotInPlace
    if file.path.suffix == ".py" and not file.shares and _common(trees, scope):
        raise _NotInPlace  # its functions would see the notebook's variables
    scope.requests.update(name for code in codes for name in code.imports)
    text = "\n".join(str(code.text).strip("\n") for code in codes if code.tree)
    inner = Inner(
        tuple(part for code in codes for part in code.left_out),
        tuple(part for code in codes for part in code.diagnostics),
        tuple(part for code in codes for part in code.requirements),
    )
    return (Outcome(code=text) if text.strip() else Outcome(reason="an empty file")), inner


def _words(trees: Sequence[ast.Module]) -> set[str]:
    """All names, attributes and literal strings in the code."""
    found: set[object] = set()
    for tree in trees:
        for node in ast.walk(tree):
            found |= {getattr(node, field, None) for field in ("id", "attr")}
            if isinstance(node, ast.Constant):
                found.add(node.value)
    return {word for word in found if isinstance(word, str)}


def _common(trees: Sequence[ast.Module], scope: Scope) -> bool:
    """Do both the file and the notebook bind a name, other than by the same import?"""
    return any(
        name in scope.bindings and (not how or scope.bindings[name] != {how})
        for tree in trees
        for name, how in bindings(tree)
    )


def _as_program(file: _File, codes: list[Code], scope: Scope) -> Outcome:
    """A call that runs the file by itself, and takes over what the notebook reads of its names."""
    trees = [code.tree for code in codes if code.tree]
    words = _words(trees)
    if file.path.suffix != ".py" or document.is_notebook(codes[0].source):
        raise _Refusal("what a notebook does with its own names cannot be kept in another")
    if words & _ENDS:
        raise _Refusal("it ends the program")
    bound = {name for tree in trees for name, _ in bindings(tree)}
    sure = {name for tree in trees for name in _surely_bound(tree.body)}
    taken = sorted(bound & scope.reads & _outer(trees))
    if set(taken) - sure:
        raise _Refusal(f"it may leave {', '.join(sorted(set(taken) - sure))} unbound")
    given = sorted(words & set(scope.bindings) - sure) if file.shares else []
    result = scope.free("ran")
    call = _call(file, result, given, "argv" in words, scope)
    names = [f'{name} = {result}["{name}"]' for name in taken]
    note = ("NB113", f"{file.written} is run as it is, from the working directory")
    return Outcome(code="\n".join([call, *names]), notes=(note,))


def _call(
    file: _File, result: str, given: Sequence[str], reads_arguments: bool, scope: Scope
) -> str:
    place = quoted(file.written)
    names = f", {{{', '.join(f'{quoted(name)}: {name}' for name in given)}}}" if given else ""
    call = f'{result} = {scope.use("runpy")}.run_path({place}{names}, run_name="__main__")'
    if not reads_arguments:
        return call
    arguments = ", ".join(map(quoted, (file.written, *file.arguments)))
    head = f'with {scope.use("patch")}.object({scope.use("sys")}, "argv", [{arguments}]):'
    return f"{head}\n    {call}"


def _outer(trees: Sequence[ast.Module]) -> set[str]:
    """Names that the code binds outside of functions and classes."""
    found: set[str] = set()
    todo: list[ast.AST] = list(trees)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        if not isinstance(node, ast.Lambda):
            todo += ast.iter_child_nodes(node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {name for name, _ in bindings(node)}
    return found


def _surely_bound(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Names that the statements bind on every path."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.With):
            yield from _surely_bound(node.body)
        elif not hasattr(node, "body"):
            yield from (name for name, _ in bindings(node))
