"""Names of a statement: by table for every construct, and against the standard library's symtable.

The oracle knows scopes, not paths, and two of its answers differ on purpose: `x += 1` also reads x,
and neither `del x` nor `x: int` binds x.
"""

from __future__ import annotations

import ast
import symtable
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from programs import statements

from nb2prod.analysis.names import of
from nb2prod.model import Names

_COMPREHENSIONS = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})


@dataclass(frozen=True)
class Row:
    """A statement and what must be found, names separated by spaces; None: not looked at."""

    code: str
    reads: str = ""
    late: str = ""
    writes: str = ""
    maybe: str = ""
    deletes: str = ""
    rebinds: str = ""
    again: str = ""
    certain: str | None = None
    mutates: str | None = None
    mentions: str | None = None
    python: tuple[int, int] = (3, 11)


TABLE = [
    # simple statements
    Row("a = b", reads="b", writes="a", certain="b"),
    Row("a = b = c", reads="c", writes="a b"),
    Row("a, (b, *c) = d", reads="d", writes="a b c"),
    Row("[a, b] = c", reads="c", writes="a b"),
    Row("a.b = c", reads="a c", mutates="a"),
    Row("a[b] = c", reads="a b c", mutates="a"),
    Row("a[b:c:d] = 1", reads="a b c d", mutates="a"),
    Row("a.b.c[d].e = 1", reads="a d", mutates="a"),
    Row("a, b[c] = d", reads="b c d", writes="a", mutates="b"),
    Row("a += b", reads="a b", writes="a", mutates="a"),
    Row("a[b] += c", reads="a b c", mutates="a"),
    Row("a: b = c", reads="b c", writes="a"),
    Row("a: b", reads="b"),
    Row("a.b: c = d", reads="a c d", mutates="a"),
    Row("a", reads="a", certain="a"),
    Row("a.b(c, *d, e=f, **g)", reads="a c d f g"),
    Row("del a", reads="a", deletes="a"),
    Row("del a, b[c], d.e", reads="a b c d", deletes="a", mutates="b d"),
    Row("pass"),
    Row("assert a, b", reads="a b"),
    Row("raise a from b", reads="a b"),
    Row("import a.b, c as d", writes="a d"),
    Row("from a import b, c as d", writes="b d"),
    Row("from . import a", writes="a"),
    # expressions
    Row("a = (b := c) + b", reads="c", writes="a b"),
    Row("a = b + (b := 1)", reads="b", writes="a b"),
    Row("a and (b := c)", reads="a c", maybe="b", certain="a"),
    Row("(a := b) or a", reads="b", writes="a"),
    Row("(b := 1) if a else (c := 2)", reads="a", maybe="b c"),
    Row("(b := 1) if a else (b := 2)", reads="a", writes="b"),
    Row("not a, -b, a < b < c, a if b else c", reads="a b c"),
    Row("{a: b, **c}, {d}, [e], (f,)", reads="a b c d e f"),
    Row("a[b:c, ..., d]", reads="a b c d"),
    Row("f'{a!r:>{b}} {c}'", reads="a b c"),
    Row("print(*a, sep=b)", reads="print a b"),
    # comprehensions
    Row("[a for a in b if a > c]", reads="b c", certain="b"),
    Row("{a: b for a, b in c}", reads="c"),
    Row("{a for a in a}", reads="a"),
    Row("[a for b in c for a in b]", reads="c"),
    Row("[a for b in a for a in b]", reads="a"),
    Row("[(d := a) for a in b]", reads="b", maybe="d"),
    Row("[d + (d := a) for a in b]", reads="b d", maybe="d"),
    Row("a = (b + c for b in d)", reads="d c", late="c", writes="a"),
    Row("sum(a * b for a in c)", reads="sum b c"),
    Row("a = enumerate(b for c in d)", reads="enumerate b d", late="b", writes="a"),
    Row("a = list((lambda: b) for c in d)", reads="list b d", late="b", writes="a"),
    Row("a = [sum(b for c in d) for d in e]", reads="sum b e", writes="a"),
    Row("a = [lambda: b for c in d]", reads="b d", late="b", writes="a"),
    Row("a = [[b for b in c] for c in d]", reads="d", writes="a"),
    # functions
    Row("def f(a, /, b, *c, d, **e): return a, b, c, d, e, g", late="g", writes="f"),
    Row("def f(a=b, *, c=d): pass", reads="b d", writes="f"),
    Row("def f(a: b) -> c: pass", reads="b c", writes="f"),
    Row("@a(b)\ndef f(): pass", reads="a b", writes="f"),
    Row("def f(): return f()", late="f", writes="f"),
    Row("def f():\n  a = 1\n  return a", writes="f"),
    Row("def f():\n  print(a)\n  a = 1", late="print", writes="f"),
    Row("def f():\n  global a\n  a = b", late="b", writes="f", maybe="", rebinds="a"),
    Row("def f():\n  global a\n  return a", late="a", writes="f"),
    Row("def f():\n  global a\n  a += 1", late="a", writes="f", rebinds="a"),
    Row("def f():\n  global a\n  def a(): pass", writes="f", rebinds="a"),
    Row("def f():\n  def g():\n    global a\n    a = 1", writes="f", rebinds="a"),
    Row("def f():\n  a = 1\n  def g():\n    nonlocal a\n    a = b", late="b", writes="f"),
    Row("def f():\n  a = 1\n  def g(): return a + b\n  return g", late="b", writes="f"),
    Row("def f():\n  def g(a=b): return c", late="b c", writes="f"),
    Row("def f():\n  import a\n  from b import c\n  return a, c, d", late="d", writes="f"),
    Row("def f():\n  for a in b: pass\n  return a", late="b", writes="f"),
    Row("def f():\n  with a as b: return b", late="a", writes="f"),
    Row("def f():\n  try: pass\n  except a as b: return b", late="a", writes="f"),
    Row("def f():\n  return [a for a in b], a", late="a b", writes="f"),
    Row("def f():\n  [(a := c) for c in b]\n  return a", late="b", writes="f"),
    Row(
        "def f():\n  class A:\n    b = c\n    def g(self): return b\n  return A",
        late="b c",
        writes="f",
    ),
    Row("def f():\n  del a", writes="f"),
    Row("def f():\n  match a:\n    case [b, *c]: return b, c, d", late="a d", writes="f"),
    Row("def f():\n  yield a\n  yield from b", late="a b", writes="f"),
    Row("a = lambda b, c=d: b + c + e", reads="d", late="e", writes="a"),
    Row("a = lambda: lambda: b", late="b", writes="a"),
    Row("a = lambda: (b := c)", late="c", writes="a"),
    Row("async def f(): await a", late="a", writes="f"),
    # classes
    Row("class A(b, metaclass=c): d = e", reads="b c e", writes="A"),
    Row("class A:\n  a = 1\n  b = a", writes="A"),
    Row("class A:\n  a = a", reads="a", writes="A"),
    Row("class A:\n  a = 1\n  def f(self): return a", late="a", writes="A"),
    Row("class A:\n  def f(self, b=c): return __class__", reads="c", writes="A"),
    Row("class A:\n  def f(self): return super().f() + A.b", late="super A", writes="A"),
    Row("class A:\n  a = 1\n  b = [a for c in d]", reads="a d", writes="A"),
    Row("class A:\n  a = 1\n  b = [c for c in a]", writes="A"),
    Row("class A:\n  class B:\n    a = b\n  c = B", reads="b", writes="A"),
    Row("class A:\n  global a\n  a = 1", writes="A a"),
    Row("class A:\n  def f(self):\n    global a\n    a = 1", writes="A", rebinds="a"),
    Row("@a\nclass A: pass", reads="a", writes="A"),
    # branches
    Row("if a: b = 1", reads="a", maybe="b", certain="a"),
    Row("if a: b = c\nelse: b = d", reads="a c d", writes="b", certain="a"),
    Row("if a: b = 1\nelif c: b = 2", reads="a c", maybe="b"),
    Row("if a: raise b\nelse: c = 1", reads="a b", writes="c"),
    Row("if a:\n  b = 1\n  print(b)", reads="a print", maybe="b"),
    Row("if (a := b): c = a", reads="b", writes="a", maybe="c"),
    # loops
    Row("for a in b: c = a", reads="b", maybe="a c", certain="b"),
    Row("for a in [1, 2]: c = a", writes="a c"),
    Row("for a in range(3): c = d", reads="range d", writes="a c"),
    Row("for a in range(0): c = 1", reads="range", maybe="a c"),
    Row("for a in range(b): c = 1", reads="range b", maybe="a c"),
    Row("for a in (1, 2):\n  if b: continue\n  c = 1", reads="b", maybe="a c"),
    Row("for a in (1, 2):\n  b = 1\n  break", maybe="a b"),
    Row("for a in [*b]: c = 1", reads="b", maybe="a c"),
    Row("for a, b[c] in d: pass", reads="b c d", maybe="a", mutates="b"),
    Row("for a in b: c += a", reads="b c", maybe="a c", mutates="c"),
    Row("for a in b: pass\nelse: c = a", reads="a b", maybe="a c", again="a"),
    Row(
        "for a in b:\n  if c: d = 1\n  else: print(d)", reads="b c d print", maybe="a d", again="d"
    ),
    Row("while a: b = 1", reads="a", maybe="b"),
    Row("while (a := b): c = a", reads="b", writes="a", maybe="c"),
    Row("while a: pass\nelse: b = 1", reads="a", maybe="b"),
    # try, with, match
    Row("try: a = b\nexcept c: a = d", reads="b c d", writes="a"),
    Row("try: a = b\nexcept c: pass", reads="b c", maybe="a"),
    Row("try: a = b\nexcept c: raise", reads="b c", writes="a"),
    Row("try: a = 1\nexcept b as c: print(c)", reads="b print", maybe="a c", deletes="c"),
    Row("try: pass\nexcept a: pass\nelse: b = 1", reads="a", maybe="b"),
    Row("try: a = 1\nfinally: b = 2", writes="a b"),
    Row("try: a = 1\nfinally: b = a", reads="a", writes="a b", again="a"),
    Row("try: a\nexcept NameError: a = 1", reads="a NameError", maybe="a", again="a"),
    Row("try: pass\nexcept* a as b: pass", reads="a", maybe="b", deletes="b"),
    Row("with a as b, c as d: e = b", reads="a c", writes="b d e"),
    Row("with a as (b, c): pass", reads="a", writes="b c"),
    Row("with suppress(a): b = 1", reads="suppress a", maybe="b"),
    Row("match a:\n  case 1: b = 1", reads="a", maybe="b"),
    Row("match a:\n  case 1: b = 1\n  case _: b = 2", reads="a", writes="b"),
    Row("match a:\n  case [b, *c] if d: pass", reads="a d", maybe="b c"),
    Row("match a:\n  case {'k': b, **c}: pass", reads="a", maybe="b c"),
    Row("match a:\n  case D(b, e=c) | F(b, c): pass", reads="a D F", maybe="b c"),
    Row("match a:\n  case (1 | None) as b: pass", reads="a", maybe="b"),
    Row("match a:\n  case b.c: pass", reads="a b"),
    Row("match a:\n  case b: pass", reads="a", writes="b"),
    # at top level, IPython runs an event loop
    Row("a = await b", reads="b", writes="a"),
    Row("async for a in b: pass", reads="b", maybe="a"),
    Row("async with a as b: pass", reads="a", writes="b"),
    Row("[a async for a in b]", reads="b"),
    # changes in place, names in texts
    Row("a.append(b)", reads="a b", mutates="a"),
    Row("a.b.fit(c)", reads="a c", mutates="a"),
    Row("a.drop(b, inplace=True)", reads="a b", mutates="a"),
    Row("a.drop(b, inplace=False)", reads="a b", mutates=""),
    Row("a.query('b > @c')", reads="a", mentions="c"),
    Row("b = a.eval('d = c + @e')", reads="a", writes="b", mentions="e"),
    Row("pd.eval('a + b')", reads="pd", mentions="a b"),
    Row("smf.ols('y ~ np.log(x)', data=a)", reads="smf a", mentions="y np log x"),
]

NEWER = [
    Row("type A = b", late="b", writes="A", python=(3, 12)),
    Row("def f[T](a: T) -> T: return b", late="b", writes="f", python=(3, 12)),
]


def words(names: frozenset[str]) -> list[str]:
    return sorted(names)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.code.replace("\n", "; "))
def test_table(row: Row) -> None:
    (node,) = ast.parse(row.code).body[:1]
    found = of(node)
    for field in ("reads", "late", "writes", "maybe", "deletes", "rebinds", "again"):
        assert words(getattr(found, field)) == sorted(getattr(row, field).split()), field
    for field in ("certain", "mutates", "mentions"):
        wanted = getattr(row, field)
        if wanted is not None:
            assert words(getattr(found, field)) == sorted(wanted.split()), field


def test_the_table_has_every_construct() -> None:
    seen = {type(part) for row in TABLE for part in ast.walk(ast.parse(row.code))}
    nested = {ast.Return, ast.Yield, ast.YieldFrom, ast.Nonlocal, ast.Global}
    for base in (ast.stmt, ast.expr, ast.pattern, ast.excepthandler):
        missing = set(base.__subclasses__()) - seen - nested
        assert not missing


# the oracle


@dataclass(frozen=True)
class Scopes:
    """What symtable says of a module: names bound and read at the top, and by functions in it."""

    bound: set[str]
    read: set[str]
    late: set[str]
    rebound: set[str]
    attributes: set[str]  # names bound in class bodies, where they may be read from outside before


def scopes(code: str) -> Scopes:
    top = symtable.symtable(code, "statement", "exec")
    bound = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    read = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    late: set[str] = set()
    rebound: set[str] = set()
    attributes: set[str] = set()
    for table, is_late in _tables(top, False):
        if table.get_type() == "class":
            attributes.update(s.get_name() for s in table.get_symbols() if s.is_local())
        for symbol in table.get_symbols():
            if not symbol.is_global():
                continue
            name = symbol.get_name()
            if symbol.is_referenced():
                (late if is_late else read).add(name)
            if symbol.is_assigned() or symbol.is_imported():
                (rebound if is_late else bound).add(name)
    return Scopes(bound, read, late, rebound, attributes)


def _tables(
    table: symtable.SymbolTable, is_late: bool
) -> Iterator[tuple[symtable.SymbolTable, bool]]:
    for child in table.get_children():
        inner = is_late or (
            child.get_type() == "function" and child.get_name() not in _COMPREHENSIONS
        )
        yield child, inner
        yield from _tables(child, inner)


def assert_agrees(code: str, found: Names) -> None:
    """Compare with the oracle, as far as it knows."""
    oracle = scopes(code)
    tree = ast.parse(code)
    parts = list(ast.walk(tree))
    added = {
        p.target.id
        for p in parts
        if isinstance(p, ast.AugAssign) and isinstance(p.target, ast.Name)
    }
    deleted = {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Del)} | {
        p.target.id
        for p in parts
        if isinstance(p, ast.AnnAssign) and not p.value and isinstance(p.target, ast.Name)
    }
    bound = found.writes | found.maybe
    assert bound <= oracle.bound
    assert oracle.bound - bound <= deleted
    assert found.rebinds <= oracle.rebound
    assert oracle.rebound - found.rebinds <= deleted
    read = oracle.read | oracle.late
    assert found.late - oracle.late <= oracle.read | added | oracle.attributes
    assert (found.reads | found.late) - read <= added | deleted | oracle.attributes
    assert oracle.late <= found.late
    # a name that the statement binds itself before it reads it need not be bound before
    assert oracle.read - found.reads - found.late <= oracle.bound


@pytest.mark.parametrize(
    "row",
    [row for row in TABLE if "await" not in row.code and "async" not in row.code],
    ids=lambda row: row.code.replace("\n", "; "),
)
def test_table_agrees_with_symtable(row: Row) -> None:
    assert_agrees(row.code, of(ast.parse(row.code).body[0]))


@given(statements())
@settings(max_examples=80)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_random_statements_agree_with_symtable(code: str) -> None:
    assert_random_agrees(code)


@pytest.mark.slow
@given(statements())
@settings(max_examples=1000)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_many_random_statements_agree_with_symtable(code: str) -> None:
    assert_random_agrees(code)


def assert_random_agrees(code: str) -> None:
    try:
        compile(code, "statement", "exec")
    except SyntaxError:
        assume(False)
    (node,) = ast.parse(code).body
    assert_agrees(code, of(node))


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize("row", NEWER, ids=lambda row: row.code)
def test_newer_syntax(row: Row) -> None:
    test_table(row)
