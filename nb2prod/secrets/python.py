"""Secrets in Python code, each with the expression that holds it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nb2prod.secrets.literals import HOLE, literals, text_of
from nb2prod.secrets.texts import found_in
from nb2prod.secrets.words import Strength, can_be, is_random, may_name, normal, promise

# positions of passwords among the arguments of calls that take them without a name
_POSITIONS = {
    "HTTPBasicAuth": 1,
    "HTTPDigestAuth": 1,
    "BasicAuth": 1,
    "login": 1,
    "starttls_login": 1,
    "authenticate": 1,
}
_KEYED = (
    "login",
    "configure",
    "init",
    "set_api_key",
    "set_key",
)  # whose `key=`, or only argument, is one
_SINGLE = ("set_api_key", "set_access_token", "set_auth_token", "HfFolder.save_token", "set_key")
_PAIRS = (
    "get",
    "getenv",
    "setdefault",
    "option",
    "set",
    "config",
    "add_header",
    "putenv",
    "set_secret",
    "setenv",
)
# classes that are given keys without names
_CLIENTS = re.compile(
    r"(?i).*(client|api|auth|handler|oauth\d?(session)?|twython|login|quandl|sdk)"
)
_TAKERS = ("login", "client", "handler", "connect", "twython", "quandl", "sdk")
_GENERIC = frozenset(
    {"password", "passwd", "pwd", "pass", "token", "key", "secret", "api_key", "apikey", "pw"}
)


@dataclass(frozen=True, slots=True)
class Site:
    """A literal that is a secret, or holds one from `start` to `end` of its text."""

    node: ast.expr
    value: str
    kind: str
    variable: str
    start: int = 0
    end: int | None = None  # None: all of it


def sites(tree: ast.AST, source: str) -> Iterator[Site]:
    """Yield the secrets in the literals of code: those by the names beside them come first."""
    named: set[int] = set()
    if may_name(source) or any(word in source.lower() for word in _TAKERS):
        for node in ast.walk(tree):
            for site in _named(node):
                named.add(id(site.node))
                yield site
    for node, text in literals(tree):
        if len(text) < 8 or id(node) in named:
            continue
        for match in found_in(text):
            if HOLE not in match.value:
                yield Site(node, match.value, match.kind, match.variable, match.start, match.end)


def _named(node: ast.AST) -> Iterator[Site]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _assigned(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _assigned(target, value)
        case ast.NamedExpr(target=target, value=value):
            yield from _assigned(target, value)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield from _site(key.value, value)
        case ast.Call():
            yield from _called(node)
        case ast.arguments():
            yield from _defaults(node)
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
            yield from _assigned(left, right)
            yield from _assigned(right, left)
        case ast.Tuple(elts=[ast.Constant(value=str(name)), value]) if promise(name) == "password":
            yield from _site(name, value)


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[Site]:
    match target, value:
        case (ast.Tuple(elts=targets) | ast.List(elts=targets)), (
            ast.Tuple(elts=values) | ast.List(elts=values)
        ) if len(targets) == len(values):
            for pair in zip(targets, values, strict=True):
                yield from _assigned(*pair)
        case ast.Name(id=name), _:
            yield from _site(name, value)
        case ast.Attribute(attr=name, value=owner), _:
            yield from _site(name, value, _root(owner))
        case ast.Subscript(slice=ast.Constant(value=str(name)), value=owner), _:
            yield from _site(name, value, "" if _root(owner) == "os" else _root(owner))


def _called(node: ast.Call) -> Iterator[Site]:
    name = _name(node.func)
    owner = _root(node.func) if isinstance(node.func, ast.Attribute) else ""
    for keyword in node.keywords:
        if keyword.arg == "auth" and isinstance(keyword.value, ast.Tuple):
            yield from _second(keyword.value)
        elif keyword.arg == "key" and name in _KEYED:
            yield from _site("key", keyword.value, owner, "token")
        elif keyword.arg:
            yield from _site(keyword.arg, keyword.value, owner)
    match node.args:
        case [ast.Constant(value=str(first)), second, *_] if name in _PAIRS or promise(first):
            yield from _site(first.rpartition(".")[2] if "." in first else first, second)
        case [only] if name in _SINGLE or name in _KEYED:
            yield from _site("token", only, owner)
    if _CLIENTS.fullmatch(name):
        for argument in node.args:
            text = text_of(argument)
            if text and re.fullmatch(r"[\w.-]{20,}", text) and is_random(text, 20):
                yield from _site("token", argument, owner)
    place = _POSITIONS.get(name)
    if place is not None and len(node.args) == place + 1:
        yield from _site("password", node.args[place], owner)
    if (
        name == "connect"
        and len(node.args) >= 3
        and owner in ("MySQLdb", "pymysql", "mysql", "cx_Oracle")
    ):
        yield from _site("password", node.args[2], owner)


def _second(pair: ast.Tuple) -> Iterator[Site]:
    if len(pair.elts) == 2:
        yield from _site("password", pair.elts[1])


def _defaults(node: ast.arguments) -> Iterator[Site]:
    given = [*node.posonlyargs, *node.args]
    for argument, value in zip(
        given[len(given) - len(node.defaults) :], node.defaults, strict=True
    ):
        yield from _site(argument.arg, value)
    for argument, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        if default is not None:
            yield from _site(argument.arg, default)


def _site(name: str, value: ast.expr, owner: str = "", promised: Strength = "") -> Iterator[Site]:
    promised = promised or promise(name)
    if not promised:
        return
    if isinstance(value, ast.Call):  # os.environ.get("KEY", "..."), str("...").encode()
        inner = value.func.value if isinstance(value.func, ast.Attribute) else None
        for part in [*value.args[:1], inner] if _name(value.func) in _WRAPS else []:
            if part is not None:
                yield from _site(name, part, owner, promised)
        return
    if isinstance(value, ast.BoolOp | ast.IfExp):
        parts = value.values if isinstance(value, ast.BoolOp) else [value.body, value.orelse]
        for part in parts:
            yield from _site(name, part, owner, promised)
        return
    text = text_of(value)
    if (
        text is None
        and isinstance(value, ast.Constant)
        and type(value.value) is int
        and promised == "password"
    ):
        text = str(value.value) if value.value > 999 else None
    if text is None or HOLE in text or not can_be(text, promised) or normal(text) == normal(name):
        return
    yield Site(value, text, f"{promised} by its name", _variable(name, owner))


_WRAPS = (
    "str",
    "encode",
    "strip",
    "SecretStr",
    "bytes",
    "AzureKeyCredential",
    "quote_plus",
    "quote",
    "AzureNamedKeyCredential",
)


def _variable(name: str, owner: str) -> str:
    plain = normal(name)
    if plain in _GENERIC and owner and normal(owner) not in ("self", "cls", "os"):
        plain = f"{normal(owner)}_{plain}"
    return plain.upper()


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
