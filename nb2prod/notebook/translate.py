"""The magics of a cell translated, and what is left of `get_ipython()` taken out."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import replace

from nb2prod.model import LeftOut
from nb2prod.notebook import calls, run
from nb2prod.notebook.calls import Site
from nb2prod.notebook.code import Code, parse
from nb2prod.notebook.command import Command, Context
from nb2prod.notebook.findings import finding
from nb2prod.notebook.lines import Span, Text
from nb2prod.notebook.magics import outcome
from nb2prod.notebook.outcome import Outcome
from nb2prod.notebook.rewrite import Decision, indented, rewrite
from nb2prod.notebook.scope import Scope


def translate(code: Code, scope: Scope, shells: Collection[str], chain: run.Chain = ()) -> Code:
    """The cell without any call of `get_ipython()`; `chain` are the files that `%run` is in."""
    code = _with_capture(code, scope)
    if code.tree is None or not calls.mentions(str(code.text), shells):
        return code
    found = list(calls.sites(code.tree, shells))
    decisions: list[Decision] = []
    done = code
    for site in found:
        made, done = _decide(site, done, scope, shells, chain)
        decisions.append((site, made))
    text, left_out = rewrite(code.text, decisions)
    try:
        tree = parse(text)
    except SyntaxError as error:
        return replace(code, tree=None, error=error)
    return replace(
        done,
        text=text,
        tree=tree,
        left_out=(*done.left_out, *(_left_out(code, made, span) for made, span in left_out)),
    )


def _with_capture(code: Code, scope: Scope) -> Code:
    """`%%capture out` as the context manager that it is, where `out` is read later."""
    if code.tree is None or code.captured is None or code.captured[0] not in scope.reads:
        return code
    name, arguments = code.captured
    scope.requests.clear()
    head = f"with {scope.use('capture_output')}({arguments}) as {name}:"
    first = max(code.text.spans[0][0] - 1, 1)
    body = code.text.with_lines(indented("    " + str(code.text), "    "))
    text = Text.at(head, (first, first)) + body
    try:
        tree = parse(text)
    except SyntaxError as error:
        return replace(code, tree=None, error=error)
    return replace(code, text=text, tree=tree, imports=frozenset({"capture_output"}))


def _decide(
    site: Site, code: Code, scope: Scope, shells: Collection[str], chain: run.Chain
) -> tuple[Outcome, Code]:
    """What becomes of one command, and the cell with what is to be said of it."""
    row = site.statement.lineno - 1
    origin = code.text.origin(code.cell, row, (site.statement.end_lineno or row + 1) - 1)
    where = f"in cell {code.cell}"
    scope.requests.clear()
    if site.command.kind == "line" and site.command.name == "run" and site.alone:
        made, inner = run.outcome(site.command, scope, shells, chain)
        inner_left_out = tuple(replace(part, origin=origin) for part in inner.left_out)
        code = replace(
            code,
            left_out=(*code.left_out, *inner_left_out),
            diagnostics=(
                *code.diagnostics,
                *(replace(d, origin=origin) for d in inner.diagnostics),
            ),
            requirements=(*code.requirements, *inner.requirements),
        )
    else:
        made = _outcome(site, Context(scope, where, not site.alone, _target(site)))
    hidden = frozenset() if made.shows else frozenset(range(origin.line, origin.end_line + 1))
    return made, replace(
        code,
        hidden=code.hidden | hidden,
        imports=code.imports | scope.requests,
        diagnostics=(*code.diagnostics, *(finding(n, text, origin) for n, text in made.notes)),
        requirements=(*code.requirements, *made.requirements),
    )


def _target(site: Site) -> str:
    node = site.statement
    if isinstance(node, ast.Assign) and node.value is site.expression and len(node.targets) == 1:
        return node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""
    return ""


def _outcome(site: Site, context: Context) -> Outcome:
    if site.command.kind == "shell":
        return _shell(site)
    made = outcome(site.command, context)
    if made.unknown and site.tried and site.alone:
        return replace(made, code=f"raise NotImplementedError({site.command.text!r})", reason="")
    if made.code is None and hasattr(site.statement, "body"):
        return replace(made, code="None")  # in the head of a block, which stays
    if made.code is not None and context.value and not _is_expression(made.code):
        return _no_value(site.command)
    return made


def _shell(site: Site) -> Outcome:
    """`get_ipython()` itself is None outside of IPython."""
    if site.alone:
        return Outcome(reason="shows the shell of a live session")
    note = ("NB105", "`get_ipython()` is None in a package, as in any script")
    return Outcome(code="None", value=True, notes=(note,))


def _is_expression(code: str) -> bool:
    try:
        ast.parse(code, mode="eval")
    except SyntaxError:
        return False
    return True


def _no_value(command: Command) -> Outcome:
    message = f"`{command.text}` has no value that a package could use"
    return Outcome(reason="has no value outside of IPython", notes=(("NB105", message),))


def _left_out(code: Code, made: Outcome, span: Span) -> LeftOut:
    lines = code.source.split("\n")[span[0] - 1 : span[1]]
    origin = code.text.origin(code.cell, 0, 0)
    return LeftOut(replace(origin, line=span[0], end_line=span[1]), "\n".join(lines), made.reason)
