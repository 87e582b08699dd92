"""Edits of the user's code: names, calls of lifted functions, locations. LibCST keeps the rest."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst

from nb2prod.model import CstStatement


@dataclass(frozen=True, slots=True)
class Edits:
    """What to change in a statement; names are those of the notebook's module scope."""

    loads: Mapping[str, str] = field(default_factory=dict)
    stores: Mapping[str, str] = field(default_factory=dict)
    captured: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # keywords for each callee
    locations: Mapping[str, str] = field(default_factory=dict)  # path literal -> expression
    wrapped: Mapping[str, str] = field(default_factory=dict)  # source of an argument -> template
    nonlocals: frozenset[str] = frozenset()  # `global` names that live in the enclosing function
    close: str = ""  # code after every show() in a block: it closes the figures in Jupyter
    siblings: Collection[str] = ()  # modules that move into `package`
    package: str = ""
    namespace: bool = False  # exec and locals() work on the module's names

    def __bool__(self) -> bool:
        return bool(
            self.loads
            or self.stores
            or self.captured
            or self.locations
            or self.wrapped
            or self.nonlocals
            or self.close
            or self.siblings
            or self.namespace
        )


def rewrite(tree: CstStatement, edits: Edits) -> CstStatement:
    """Return the statement with the edits made."""
    if not edits:
        return tree
    result = tree.visit(_Rewriter(edits))
    assert isinstance(result, cst.SimpleStatementLine | cst.BaseCompoundStatement)
    return result


def with_keyword_parameters(tree: CstStatement, names: Sequence[str]) -> CstStatement:
    """Return a function definition with keyword-only parameters added."""
    if not names or not isinstance(tree, cst.FunctionDef):
        return tree
    parameters = tree.params
    added = [cst.Param(cst.Name(name)) for name in names]
    star = parameters.star_arg
    if isinstance(star, cst.MaybeSentinel):
        star = cst.ParamStar()
    return tree.with_changes(
        params=parameters.with_changes(
            star_arg=star, kwonly_params=[*parameters.kwonly_params, *added]
        )
    )


def names_in(tree: cst.CSTNode) -> Iterator[str]:
    """Yield every name in a tree, whatever it means there."""
    if isinstance(tree, cst.Name):
        yield tree.value
    for child in tree.children:
        yield from names_in(child)


class _Targets(cst.CSTVisitor):
    """Names that a body binds in its own scope, and the nodes that bind them."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.nodes: set[int] = set()
        self.outer: set[str] = set()

    def _bind(self, node: cst.CSTNode | None) -> None:
        if isinstance(node, cst.Name):
            self.names.add(node.value)
            self.nodes.add(id(node))
        elif isinstance(node, cst.Tuple | cst.List):
            for element in node.elements:
                self._bind(element.value)

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._bind(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._bind(node.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._bind(node.target)

    def visit_For(self, node: cst.For) -> None:
        self._bind(node.target)

    def visit_AsName(self, node: cst.AsName) -> None:
        self._bind(node.name)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self._bind(node.target)

    def visit_ImportAlias(self, node: cst.ImportAlias) -> None:
        if node.asname is None:
            name: cst.BaseExpression = node.name
            while isinstance(name, cst.Attribute):
                name = name.value
            self._bind(name)

    def visit_MatchAs(self, node: cst.MatchAs) -> None:
        self._bind(node.name)

    def visit_MatchStar(self, node: cst.MatchStar) -> None:
        self._bind(node.name)

    def visit_MatchMapping(self, node: cst.MatchMapping) -> None:
        self._bind(node.rest)

    def visit_Del(self, node: cst.Del) -> None:
        target = node.target
        if isinstance(target, cst.Name):
            self.names.add(target.value)

    def visit_Global(self, node: cst.Global) -> None:
        self.outer.update(item.name.value for item in node.names)

    def visit_Nonlocal(self, node: cst.Nonlocal) -> None:
        self.outer.update(item.name.value for item in node.names)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self._bind(node.name)
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        self._bind(node.name)
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False

    def visit_CompFor(self, node: cst.CompFor) -> bool:
        return False


def _bound_in(*nodes: cst.CSTNode) -> _Targets:
    targets = _Targets()
    for node in nodes:
        node.visit(targets)
    return targets


def _parameters(parameters: cst.Parameters) -> Iterator[str]:
    every = (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params)
    for parameter in (*every, parameters.star_arg, parameters.star_kwarg):
        if isinstance(parameter, cst.Param):
            yield parameter.name.value


def _comprehension_targets(clause: cst.CompFor | None) -> Iterator[str]:
    while clause is not None:
        yield from names_in(clause.target)
        clause = clause.inner_for_in


class _Rewriter(cst.CSTTransformer):
    """Walks the scopes of a statement and edits the names that belong to the module's."""

    def __init__(self, edits: Edits) -> None:
        super().__init__()
        self.edits = edits
        self.hidden: list[frozenset[str]] = []  # names local to the scopes around
        self.stores: set[int] = set()
        self.called: set[int] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if not self.hidden and not isinstance(node, cst.Name):
            self.hidden.append(frozenset())
            self.stores |= _bound_in(node).nodes
        return super().on_visit(node)

    def _is_ours(self, name: str) -> bool:
        return not any(name in scope for scope in self.hidden)

    # scopes

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        inner = _bound_in(node.body)
        self.stores.add(id(node.name))
        self.stores |= inner.nodes if inner.outer else set()
        local = (inner.names - inner.outer) | set(_parameters(node.params))
        self.hidden.append(frozenset(local))
        return True

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        self.hidden.pop()
        return updated_node.with_changes(name=self._renamed(original_node.name))

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        self.hidden.append(frozenset())
        return True

    def leave_ClassDef(
        self, original_node: cst.ClassDef, updated_node: cst.ClassDef
    ) -> cst.ClassDef:
        self.hidden.pop()
        return updated_node.with_changes(name=self._renamed(original_node.name))

    def _renamed(self, name: cst.Name) -> cst.Name:
        new = self.edits.stores.get(name.value)
        return name.with_changes(value=new) if new and self._is_ours(name.value) else name

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        self.hidden.append(frozenset(_parameters(node.params)))
        return True

    def leave_Lambda(self, original_node: cst.Lambda, updated_node: cst.Lambda) -> cst.Lambda:
        self.hidden.pop()
        return updated_node

    def _enter_comprehension(self, node: cst.BaseComp) -> bool:
        self.hidden.append(frozenset(_comprehension_targets(node.for_in)))
        return True

    def _leave_comprehension(
        self, original_node: cst.BaseComp, updated_node: cst.BaseComp
    ) -> cst.BaseComp:
        self.hidden.pop()
        return updated_node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _enter_comprehension
    leave_ListComp = leave_SetComp = leave_DictComp = leave_GeneratorExp = _leave_comprehension

    # names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        name = original_node.value
        if not self._is_ours(name):
            return updated_node
        if id(original_node) in self.stores:
            return updated_node.with_changes(value=self.edits.stores.get(name, name))
        if name == "__name__":
            return cst.SimpleString('"__main__"')
        new = updated_node.with_changes(value=self.edits.loads.get(name, name))
        if self.edits.captured.get(name) and id(original_node) not in self.called:
            arguments = [cst.Arg(new), *_keywords(self.edits.captured[name])]
            return cst.Call(cst.Name("partial"), arguments)
        return new

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        self.called.add(id(node.value))  # `f.__name__` is about f itself
        return True

    def leave_FormattedStringExpression(
        self,
        original_node: cst.FormattedStringExpression,
        updated_node: cst.FormattedStringExpression,
    ) -> cst.BaseFormattedStringContent | cst.FlattenSentinel[cst.BaseFormattedStringContent]:
        """`f"{x=}"` shows the name: after a renaming the old one is written out."""
        before = cst.Module([]).code_for_node(original_node.expression)
        after = cst.Module([]).code_for_node(updated_node.expression)
        if original_node.equal is None or before == after:
            return updated_node
        conversion = updated_node.conversion
        if conversion is None and updated_node.format_spec is None:
            conversion = "r"
        equal = cst.Module([]).code_for_node(original_node.equal)
        text = before.replace("{", "{{").replace("}", "}}") + equal
        value = updated_node.with_changes(equal=None, conversion=conversion)
        return cst.FlattenSentinel([cst.FormattedStringText(text), value])

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Param(self, original_node: cst.Param, updated_node: cst.Param) -> cst.Param:
        return updated_node.with_changes(name=original_node.name)

    def leave_ImportAlias(
        self, original_node: cst.ImportAlias, updated_node: cst.ImportAlias
    ) -> cst.ImportAlias:
        """An import that stays a statement binds its new name with `as`."""
        bound = original_node.evaluated_alias or original_node.evaluated_name.split(".")[0]
        new = self.edits.stores.get(bound)
        if not new or not self._is_ours(bound):
            return original_node
        whitespace = cst.SimpleWhitespace(" ")
        return original_node.with_changes(asname=cst.AsName(cst.Name(new), whitespace, whitespace))

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return not isinstance(node.names, cst.ImportStar)

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom:
        module = original_node.module
        if module is not None and not original_node.relative:
            dotted = cst.Module([]).code_for_node(module)
            if dotted.split(".")[0] in self.edits.siblings:
                return updated_node.with_changes(
                    module=cst.parse_expression(f"{self.edits.package}.{dotted}")
                )
        return updated_node.with_changes(module=module)

    def leave_Import(
        self, original_node: cst.Import, updated_node: cst.Import
    ) -> cst.Import | cst.ImportFrom:
        """`import helper` of a module beside the notebook is `from package import helper`."""
        names = [alias.evaluated_name for alias in original_node.names]
        if not all(name in self.edits.siblings for name in names):
            return updated_node
        package = cst.parse_expression(self.edits.package)
        assert isinstance(package, cst.Attribute | cst.Name)
        return cst.ImportFrom(package, updated_node.names)

    def leave_NameItem(
        self, original_node: cst.NameItem, updated_node: cst.NameItem
    ) -> cst.NameItem:
        name = original_node.name.value
        return original_node.with_changes(name=cst.Name(self.edits.stores.get(name, name)))

    def leave_Global(
        self, original_node: cst.Global, updated_node: cst.Global
    ) -> cst.Global | cst.Nonlocal:
        names = [item.name.value for item in original_node.names]
        if all(name in self.edits.nonlocals for name in names):
            return cst.Nonlocal(updated_node.names)
        return updated_node

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        if not self.edits.close:
            return updated_node
        body: list[cst.BaseStatement] = []
        for part in updated_node.body:
            body.append(part)
            if _shows_figures(part):
                body.append(_line(self.edits.close))
        return updated_node.with_changes(body=body)

    # calls

    def visit_Call(self, node: cst.Call) -> bool:
        if isinstance(node.func, cst.Name):
            self.called.add(id(node.func))
        return True

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        function = original_node.func
        if isinstance(function, cst.Name) and self._is_ours(function.value):
            if names := self.edits.captured.get(function.value):
                return updated_node.with_changes(args=[*updated_node.args, *_keywords(names)])
            if self.edits.namespace:
                return _in_namespace(function.value, updated_node)
        if self.edits.locations or self.edits.wrapped:
            pairs = zip(original_node.args, updated_node.args, strict=True)
            return updated_node.with_changes(args=[self._located(old, new) for old, new in pairs])
        return updated_node

    def _located(self, original: cst.Arg, argument: cst.Arg) -> cst.Arg:
        value = argument.value
        if self.edits.wrapped:
            text = ast.unparse(ast.parse(cst.Module([]).code_for_node(original.value), mode="eval"))
            if text in self.edits.wrapped:
                root = cst.parse_expression(self.edits.wrapped[text])
                assert isinstance(root, cst.Call)
                return argument.with_changes(
                    value=root.with_changes(args=[*root.args, cst.Arg(value)])
                )
        if isinstance(value, cst.SimpleString | cst.ConcatenatedString):
            expression = self.edits.locations.get(str(value.evaluated_value))
            if expression:
                return argument.with_changes(value=cst.parse_expression(expression))
        return argument


def _shows_figures(part: cst.BaseStatement) -> bool:
    match part:
        case cst.SimpleStatementLine(
            body=[cst.Expr(value=cst.Call(func=cst.Attribute(attr=cst.Name(value="show"))))]
        ):
            return True
    return False


def _line(code: str) -> cst.SimpleStatementLine:
    line = cst.parse_statement(code)
    assert isinstance(line, cst.SimpleStatementLine)
    return line


def _keywords(names: Collection[str]) -> list[cst.Arg]:
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return [cst.Arg(cst.Name(name), keyword=cst.Name(name), equal=equal) for name in names]


def _in_namespace(function: str, call: cst.Call) -> cst.Call:
    """Make exec, eval and locals() see the module's names from inside a function."""
    module_names = cst.parse_expression("globals()")
    if function in {"exec", "eval"} and len(call.args) == 1:
        return call.with_changes(args=[*call.args, cst.Arg(module_names)])
    if function in {"locals", "vars"} and not call.args:
        assert isinstance(module_names, cst.Call)
        return module_names
    return call
