"""Which module-level names a statement reads and binds: definite assignment over its paths.

The rules are those of the language reference, section 4.2 (Naming and binding); the standard
library's `symtable` is the oracle in the tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from nb2prod.analysis.tree import walk
from nb2prod.model import Names

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_QUERY_VARIABLE = re.compile(r"@([^\W\d]\w*)")
# Calls that look up names in the frame that calls them, and how the names stand in their text.
_TEXT_CALLS = {
    "query": _QUERY_VARIABLE,
    "eval": _QUERY_VARIABLE,
    "sql": _IDENTIFIER,
    "sqldf": _IDENTIFIER,
    **dict.fromkeys(
        (
            *("ols", "glm", "logit", "probit", "wls", "gls", "mixedlm", "poisson", "rlm"),
            *("quantreg", "dmatrix", "dmatrices", "from_formula"),
        ),
        _IDENTIFIER,
    ),
}
_IN_PLACE_METHODS = frozenset(
    [
        "append",
        "extend",
        "insert",
        "remove",
        "pop",
        "popitem",
        "clear",
        "update",
        "setdefault",
        "add",
        "discard",
        "sort",
        "reverse",
        "appendleft",
        "popleft",
        "fit",
        "partial_fit",
        "compile",
    ]
)
_NAMESPACES = frozenset({"globals", "locals", "vars"})
# Calls that use up a generator which they are given before they return.
_EAGER = frozenset(
    "sum min max any all list tuple set dict frozenset sorted join Counter OrderedDict deque "
    "fromiter DataFrame Series concat mean median fsum prod extend update writelines".split()
)


def of(node: ast.stmt) -> Names:
    """Return what the top-level statement `node` does with module-level names."""
    visitor = _Statement()
    visitor.visit(node)
    touched = visitor.touched
    return Names(
        reads=frozenset(visitor.reads),
        again=frozenset(visitor.again - visitor.first),
        certain=frozenset(visitor.certain),
        late=frozenset(visitor.late),
        writes=frozenset(visitor.bound),
        maybe=frozenset(touched - visitor.bound),
        deletes=frozenset(visitor.deletes - visitor.bound),
        rebinds=frozenset(visitor.rebinds),
        mutates=frozenset(visitor.mutates),
        mentions=frozenset(visitor.mentions),
        imports=visitor.imports,
        stars=tuple(visitor.stars),
        dynamic=visitor.dynamic,
        awaits=visitor.awaits,
    )


def root_name(node: ast.expr) -> str | None:
    """Return the name that an attribute or subscript chain starts with: `a` of `a.b[c].d`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def import_targets(node: ast.Import | ast.ImportFrom) -> dict[str, str]:
    """Map each name that an import binds to what it stands for; relative imports keep their dots."""
    if isinstance(node, ast.Import):
        return {
            alias.asname
            or alias.name.split(".")[0]: (alias.name if alias.asname else alias.name.split(".")[0])
            for alias in node.names
        }
    module = "." * node.level + (node.module or "")
    return {
        alias.asname or alias.name: f"{module}.{alias.name}"
        for alias in node.names
        if alias.name != "*"
    }


def free_names(node: FunctionNode | ast.ClassDef) -> frozenset[str]:
    """Return the names that the body of a function (or of a class's methods) takes from outside."""
    visitor = _Scope(node)
    return frozenset(visitor.free)


class _Scope(ast.NodeVisitor):
    """Free names of a function, lambda or comprehension body, whatever the order of its statements."""

    def __init__(self, node: ast.AST, body: Iterable[ast.AST] | None = None) -> None:
        self.used: set[str] = set()
        self.local: set[str] = set()
        self.outer: set[str] = set()  # nonlocal
        self.declared: set[str] = set()  # global
        self.beyond: set[str] = set()  # read by inner functions through `global`
        self.rebound: set[str] = set()  # bound by them through `global`
        self.deferred: set[str] = set()  # used by functions that the body makes
        self.mentions: set[str] = set()
        self.dynamic = False
        self.eager: set[int] = set()  # generators that are used up where they are made
        if isinstance(node, FunctionNode):
            arguments = node.args
            parameters = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            self.local.update(argument.arg for argument in parameters)
            self.local.update(a.arg for a in (arguments.vararg, arguments.kwarg) if a)
        if body is None:
            body = [node.body] if isinstance(node, ast.Lambda) else node.body  # type: ignore[attr-defined]
        for part in body:
            self.visit(part)

    @property
    def free(self) -> set[str]:
        """Names that come from outside, of the module where no function around has them."""
        return self._unresolved | self.beyond

    @property
    def _unresolved(self) -> set[str]:
        return (self.used - (self.local - self.declared - self.outer)) | self.outer

    @property
    def late(self) -> set[str]:
        """Free names that are still read after the body ran."""
        return self.free & self.deferred

    @property
    def globals(self) -> set[str]:
        """Names that the body binds through `global`."""
        return (self.declared & self.local) | self.rebound

    def absorb(self, inner: _Scope) -> None:
        self.used |= inner._unresolved - inner.declared
        self.beyond |= (inner._unresolved & inner.declared) | inner.beyond
        self.rebound |= inner.globals
        self.deferred |= inner.late
        self.mentions |= inner.mentions
        self.dynamic |= inner.dynamic

    def visit_Name(self, node: ast.Name) -> None:
        (self.used if isinstance(node.ctx, ast.Load) else self.local).add(node.id)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.used.add(node.target.id)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self.declared.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.outer.update(node.names)

    def _visit_function(self, node: FunctionNode) -> None:
        for outside in _evaluated_at_definition(node):
            self.visit(outside)
        inner = _Scope(node)
        self.absorb(inner)
        self.deferred |= inner.free
        if not isinstance(node, ast.Lambda):
            self.local.add(node.name)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _visit_function

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for outside in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(outside)
        statement = _Statement()
        statement.visit_class_body(node)
        self.used |= statement.reads | statement.late
        self.deferred |= statement.late
        self.mentions |= statement.mentions
        self.rebound |= statement.rebinds | (statement.declared & statement.touched)
        self.dynamic |= statement.dynamic
        self.local.add(node.name)

    def _visit_comprehension(self, node: Comprehension) -> None:
        first, *_ = node.generators
        self.visit(first.iter)
        inner = _Scope(node, _comprehension_parts(node))
        walrus = {n.target.id for n in walk(node) if isinstance(n, ast.NamedExpr)}
        inner.local -= walrus - {
            n.id for g in node.generators for n in walk(g.target) if isinstance(n, ast.Name)
        }
        self.local |= walrus
        self.absorb(inner)
        if isinstance(node, ast.GeneratorExp) and id(node) not in self.eager:
            self.deferred |= inner.free

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehension

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.local.add(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self.local.add(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.local.add(node.rest)
        self.generic_visit(node)

    def _visit_import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.local.update(import_targets(node))

    visit_Import = visit_ImportFrom = _visit_import

    def visit_Call(self, node: ast.Call) -> None:
        self.mentions |= _names_in_text(node)
        self.dynamic |= _is_dynamic(node)
        self.eager |= _used_up(node)
        self.generic_visit(node)


class _Statement(ast.NodeVisitor):
    """Walks a statement along its paths; `bound` holds what is bound on all of them so far."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.first: set[str] = set()
        self.again: set[str] = set()
        self.certain: set[str] = set()
        self.guarded = 0  # inside `try: ... except NameError`
        self.late: set[str] = set()
        self.bound: set[str] = set()
        self.touched: set[str] = set()
        self.deletes: set[str] = set()
        self.rebinds: set[str] = set()
        self.mutates: set[str] = set()
        self.mentions: set[str] = set()
        self.imports: dict[str, str] = {}
        self.stars: list[str] = []
        self.dynamic = False
        self.awaits = False
        self.eager: set[int] = set()  # generators that are used up where they are made
        self.depth = 0  # of branches around: a read there need not happen
        self.declared: set[str] = set()  # global, in the body of a class
        self.is_class = False

    # names

    def read(self, name: str) -> None:
        if name not in self.bound:
            self.reads.add(name)
            (self.again if name in self.touched or self.guarded else self.first).add(name)
            if not self.depth:
                self.certain.add(name)

    def bind(self, name: str) -> None:
        self.bound.add(name)
        self.touched.add(name)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.read(node.id)
        elif isinstance(node.ctx, ast.Store):
            self.bind(node.id)
        else:
            self.read(node.id)
            self.bound.discard(node.id)
            self.deletes.add(node.id)

    def _store(self, target: ast.expr) -> None:
        if isinstance(target, ast.Attribute | ast.Subscript):
            self._mutate(target)
        elif isinstance(target, ast.Tuple | ast.List):
            for element in target.elts:
                self._store(element)
            return
        elif isinstance(target, ast.Starred):
            return self._store(target.value)
        self.visit(target)

    def _mutate(self, target: ast.expr) -> None:
        name = root_name(target)
        if name:
            self.mutates.add(name)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._store(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.read(node.target.id)
            self.mutates.add(node.target.id)
        self.visit(node.value)
        self._store(node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value:
            self.visit(node.value)
            self._store(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.bind(node.target.id)

    def visit_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if not isinstance(target, ast.Name):
                self._mutate(target)
            self.visit(target)

    def _visit_import(self, node: ast.Import | ast.ImportFrom) -> None:
        targets = import_targets(node)
        self.imports.update(targets)
        for name in targets:
            self.bind(name)
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            self.stars.append("." * node.level + (node.module or ""))

    visit_Import = visit_ImportFrom = _visit_import

    # functions, classes, comprehensions

    def _visit_function(self, node: FunctionNode) -> None:
        for outside in _evaluated_at_definition(node):
            self.visit(outside)
        self._absorb(_Scope(node))
        if not isinstance(node, ast.Lambda):
            self.bind(node.name)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _visit_function

    def _absorb(self, scope: _Scope) -> None:
        self.late |= scope.free
        self.rebinds |= scope.globals
        self.mentions |= scope.mentions
        self.dynamic |= scope.dynamic

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for outside in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(outside)
        body = _Statement()
        body.visit_class_body(node)
        for name in body.reads:
            self.read(name)
        self.late |= body.late
        self.mentions |= body.mentions
        self.rebinds |= body.rebinds
        self.dynamic |= body.dynamic
        for name in (*sorted(body.declared & body.touched), node.name):
            self.bind(name)

    def visit_Global(self, node: ast.Global) -> None:
        self.declared.update(node.names)

    def visit_class_body(self, node: ast.ClassDef) -> None:
        """Walk the body in the class's own scope, which its methods do not see."""
        self.is_class = True
        for part in node.body:
            self.visit(part)
        self.late.discard("__class__")

    def _visit_comprehension(self, node: Comprehension) -> None:
        first, *_ = node.generators
        self.visit(first.iter)
        scope = _Scope(node, _comprehension_parts(node))
        targets = {n.id for g in node.generators for n in walk(g.target) if isinstance(n, ast.Name)}
        walrus = {n.target.id for n in walk(node) if isinstance(n, ast.NamedExpr)} - targets
        with self.branch():
            if self.is_class:  # a comprehension does not see the class's names
                self.bound -= scope.free
            for name in scope.free | (scope.used & walrus):
                self.read(name)
        self.touched |= walrus
        self.rebinds |= scope.globals
        self.mentions |= scope.mentions
        self.dynamic |= scope.dynamic
        self.late |= scope.late
        self.awaits |= not isinstance(node, ast.GeneratorExp) and any(
            isinstance(part, ast.Await) or (isinstance(part, ast.comprehension) and part.is_async)
            for part in walk(node)
        )
        if isinstance(node, ast.GeneratorExp) and id(node) not in self.eager:
            self.late |= scope.free

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehension

    def visit_Await(self, node: ast.Await) -> None:
        self.awaits = True
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.mentions |= _names_in_text(node)
        self.dynamic |= _is_dynamic(node)
        if isinstance(node.func, ast.Attribute):
            in_place = any(
                k.arg == "inplace" and not (isinstance(k.value, ast.Constant) and not k.value.value)
                for k in node.keywords
            )
            if in_place or node.func.attr in _IN_PLACE_METHODS:
                self._mutate(node.func.value)
        self.eager |= _used_up(node)
        self.generic_visit(node)

    # paths

    @contextmanager
    def branch(self) -> Iterator[None]:
        """What is bound inside may stay unbound, and what is read inside may stay unread."""
        before = set(self.bound)
        self.depth += 1
        yield
        self.depth -= 1
        self.bound = before & self.bound

    def visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _paths(self, paths: Iterable[tuple[Iterable[ast.AST], bool]]) -> None:
        """Walk alternatives from the same start; a path that does not end normally counts for none."""
        before, ends = set(self.bound), []
        self.depth += 1
        for nodes, falls_through in paths:
            self.bound = set(before)
            self.visit_all(nodes)
            if falls_through:
                ends.append(self.bound)
        self.depth -= 1
        self.bound = set.intersection(*ends) if ends else before

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        self._paths((branch, _falls_through(branch)) for branch in (node.body, node.orelse))

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        self._paths([([node.body], True), ([node.orelse], True)])

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        first, *rest = node.values
        self.visit(first)
        with self.branch():
            self.visit_all(rest)

    def _visit_loop(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        if isinstance(node, ast.AsyncFor):
            self.awaits = True
        if _runs_at_least_once(node):
            self._store(node.target)
            self.visit_all(node.body)
        else:
            with self.branch():
                self._store(node.target)
                self.visit_all(node.body)
        with self.branch():
            self.visit_all(node.orelse)

    visit_For = visit_AsyncFor = _visit_loop

    def visit_While(self, node: ast.While) -> None:
        self.visit(node.test)
        with self.branch():
            self.visit_all(node.body)
        with self.branch():
            self.visit_all(node.orelse)

    def _visit_try(self, node: ast.Try | ast.TryStar) -> None:
        before = set(self.bound)
        guards = any(_catches_name_error(handler) for handler in node.handlers)
        self.depth += 1
        self.guarded += guards
        self.visit_all((*node.body, *node.orelse))
        self.guarded -= guards
        ends = [self.bound] if _falls_through(node.body) else []
        for handler in node.handlers:
            self.bound = set(before)
            if handler.type:
                self.visit(handler.type)
            if handler.name:
                self.bind(handler.name)
            self.visit_all(handler.body)
            if handler.name:  # unbound again where the handler ends
                self.bound.discard(handler.name)
                self.deletes.add(handler.name)
            if _falls_through(handler.body):
                ends.append(self.bound)
        self.depth -= 1
        ended = set.intersection(*ends) if ends else before
        self.bound = set(before)  # at the start of `finally` nothing more is certain
        self.visit_all(node.finalbody)
        self.bound |= ended

    visit_Try = visit_TryStar = _visit_try

    def _visit_with(self, node: ast.With | ast.AsyncWith) -> None:
        if isinstance(node, ast.AsyncWith):
            self.awaits = True
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars:
                self._store(item.optional_vars)
        if any(_suppresses(item.context_expr) for item in node.items):
            with self.branch():
                self.visit_all(node.body)
        else:
            self.visit_all(node.body)

    visit_With = visit_AsyncWith = _visit_with

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        last = node.cases[-1]
        exhaustive = (
            isinstance(last.pattern, ast.MatchAs)
            and last.pattern.pattern is None
            and not last.guard
        )
        cases: list[tuple[Iterable[ast.AST], bool]] = [([case], True) for case in node.cases]
        self._paths(cases if exhaustive else [*cases, ([], True)])

    def _visit_capture(self, node: ast.MatchAs | ast.MatchStar) -> None:
        self.generic_visit(node)
        if node.name:
            self.bind(node.name)

    visit_MatchAs = visit_MatchStar = _visit_capture

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.generic_visit(node)
        if node.rest:
            self.bind(node.rest)


def _evaluated_at_definition(node: FunctionNode) -> Iterator[ast.AST]:
    """Yield decorators, defaults and annotations: they are read where the function is made."""
    if not isinstance(node, ast.Lambda):
        yield from node.decorator_list
        if node.returns:
            yield node.returns
    arguments = node.args
    yield from arguments.defaults
    yield from (default for default in arguments.kw_defaults if default)
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    for argument in (*every, arguments.vararg, arguments.kwarg):
        if argument and argument.annotation:
            yield argument.annotation


def _comprehension_parts(node: Comprehension) -> Iterator[ast.AST]:
    """Yield what a comprehension evaluates in its own scope: all but the first iterable."""
    for position, generator in enumerate(node.generators):
        yield generator.target
        if position:
            yield generator.iter
        yield from generator.ifs
    yield from [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]


def _names_in_text(node: ast.Call) -> set[str]:
    """Return the names that a call looks up from a text: `limit` of `df.query("a > @limit")`."""
    function = node.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    texts = [
        part.value
        for argument in (*node.args, *(k.value for k in node.keywords))
        for part in walk(argument)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    if called in _TEXT_CALLS and isinstance(function, ast.Attribute | ast.Name):
        pattern = _TEXT_CALLS[called]
        if called == "eval" and (isinstance(function, ast.Name) or root_name(function) == "pd"):
            pattern = _IDENTIFIER
        return {name for text in texts for name in pattern.findall(text)}
    return set()


def _is_dynamic(node: ast.Call) -> bool:
    """Whether a call may read or bind any name: exec, eval of a non-literal, the namespace itself."""
    if not isinstance(node.func, ast.Name):
        return False
    if node.func.id in {"exec", "eval"}:
        literal = node.args and isinstance(node.args[0], ast.Constant)
        return node.func.id == "exec" or (not literal and len(node.args) == 1)
    return node.func.id in _NAMESPACES and not node.args


def _used_up(node: ast.Call) -> set[int]:
    """Return the generators that a call consumes before it returns: `sum(x for x in xs)`."""
    function = node.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return {id(part) for part in node.args if called in _EAGER}


def _falls_through(body: Iterable[ast.stmt]) -> bool:
    """Whether the end of `body` can be reached."""
    return not any(isinstance(part, ast.Raise | ast.Return) for part in body)


def _catches_name_error(handler: ast.ExceptHandler) -> bool:
    return handler.type is not None and "NameError" in ast.unparse(handler.type)


def _suppresses(context: ast.expr) -> bool:
    """Whether a context manager may swallow an exception, so that its body may end early."""
    function = context.func if isinstance(context, ast.Call) else context
    return "suppress" in ast.unparse(function) or "raises" in ast.unparse(function)


def _runs_at_least_once(node: ast.For | ast.AsyncFor) -> bool:
    """Whether a loop's whole body runs: over a literal that is not empty, with no way out early."""
    if any(isinstance(part, ast.Break | ast.Continue) for part in walk(node)):
        return False
    iterable = node.iter
    if isinstance(iterable, ast.List | ast.Tuple | ast.Set):
        return any(not isinstance(element, ast.Starred) for element in iterable.elts)
    if isinstance(iterable, ast.Call) and isinstance(iterable.func, ast.Name):
        arguments = iterable.args
        if iterable.func.id == "range" and len(arguments) == 1:
            stop = arguments[0]
            return isinstance(stop, ast.Constant) and isinstance(stop.value, int) and stop.value > 0
    return False
