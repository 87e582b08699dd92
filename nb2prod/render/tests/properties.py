"""What holds after a step, by the table of properties."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import nb2prod.knowledge
from nb2prod.knowledge.tables import Knowledge
from nb2prod.render.tests.conditions import Expression, NotVisible, Scope, resolve
from nb2prod.render.tests.steps import Step, place

_TABLE = Path(nb2prod.knowledge.__file__).with_name("properties.toml")
_WORD = re.compile(r"\{(\w+)(\[\]|\?)?\}")
_MOST_TEXT = 160  # characters of one line of a check
_PANDAS = frozenset({"pandas.DataFrame", "pandas.Series"})


@dataclass(frozen=True)
class Check:
    """Lines of a test, and the values, settings and imports that they need."""

    title: str
    text: str
    given: frozenset[str] = frozenset()
    returned: frozenset[str] = frozenset()
    settings: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()  # imports and helpers of the notebook
    imports: tuple[str, ...] = ()  # other import statements
    rerun: bool = False  # what it looks at must be made anew: a setting of the whole program


def check_of(title: str, text: str, *parts: Expression) -> Check:
    """Return a check with all that the expressions in its text need."""
    return Check(
        title,
        text,
        given=frozenset[str]().union(*(part.given for part in parts)),
        returned=frozenset[str]().union(*(part.returned for part in parts)),
        settings=frozenset[str]().union(*(part.settings for part in parts)),
        names=frozenset[str]().union(*(part.imports for part in parts)),
    )


@dataclass(frozen=True)
class Property:
    """A row of the table; see there."""

    name: str
    of: str
    title: str
    checks: Sequence[str]
    series_checks: Sequence[str] = ()
    about: str = "values"
    sure: bool = False
    more: bool = False
    form: str = ""
    target: str = ""
    parameters: Sequence[str] = ()
    needs: Sequence[str] = ()
    unless: Sequence[str] = ()
    literal: Sequence[str] = ()
    scalar: Sequence[str] = ()
    texts: Sequence[str] = ()
    list_of: Sequence[str] = ()
    dictionary: Sequence[str] = ()
    display: Sequence[str] = ()
    pandas: Sequence[str] = ()
    matches: Mapping[str, str] = field(default_factory=dict)
    predictor: bool | None = None
    again: bool = False
    rerun: bool = False
    imports: Sequence[str] = ()


@cache
def _properties() -> Mapping[str, Sequence[Property]]:
    rows: dict[str, list[Property]] = {}
    for row in tomllib.loads(_TABLE.read_text(encoding="utf-8"))["property"]:
        for name in row["name"].split():
            rows.setdefault(name, []).append(Property(**{**row, "name": name}))
    return rows


class Application:
    """One call of a step as the table sees it: its word, arguments, receiver and target."""

    def __init__(self, step: Step, index: int, around: Scope, knowledge: Knowledge) -> None:
        self.step, self.index, self.around, self.knowledge = step, index, around, knowledge
        call = getattr(step.node, "value", None)
        self.call = call if isinstance(call, ast.Call) else None
        self.word = step.call.rpartition(".")[2]
        func = self.call.func if self.call else None
        self.receiver = func.value if isinstance(func, ast.Attribute) else None
        self.target = _target(step.node, self.receiver, self.call)

    def checks(self) -> Iterator[tuple[Property, Check]]:
        """Yield every check that a row gives and a test can make."""
        if self.call is None:
            return
        for row in _properties().get(self.word, ()):
            arguments = self._arguments(row)
            if self._fits(row, arguments):
                for template in self._templates(row):
                    try:
                        yield row, self._check(row, template, arguments)
                    except NotVisible:
                        continue

    def _templates(self, row: Property) -> Sequence[str]:
        series = self.receiver is not None and place(self.receiver)[1] is not None
        return row.series_checks if row.series_checks and series else row.checks

    def _arguments(self, row: Property) -> dict[str, ast.expr]:
        assert self.call is not None
        found = dict(zip(row.parameters, self.call.args, strict=False))
        found |= {k.arg: k.value for k in self.call.keywords if k.arg}
        literals = self.around.literals
        return {
            name: literals.get(node.id, node) if isinstance(node, ast.Name) else node
            for name, node in found.items()
        }

    def _fits(self, row: Property, arguments: Mapping[str, ast.expr]) -> bool:
        starred = self.call and any(isinstance(a, ast.Starred) for a in self.call.args)
        if starred or not set(row.needs) <= set(arguments) or set(row.unless) & set(arguments):
            return False
        return (
            self._is_of(row)
            and (row.form == "statement") <= isinstance(self.step.node, ast.Expr)
            and self._has_target(row)
            and all(_is_value(arguments[n]) for n in (*row.literal, *row.scalar) if n in arguments)
            and all(_is_scalar(arguments[n]) for n in row.scalar)
            and all(_is_text(arguments[n]) for n in row.texts)
            and all(_listed(arguments[n]) for n in row.list_of)
            and all(_is_mapping(arguments[n]) for n in row.dictionary)
            and all(isinstance(arguments[n], ast.List | ast.Tuple) for n in row.display)
            and all(re.search(p, ast.unparse(arguments[n])) for n, p in row.matches.items())
            and (row.predictor is None or row.predictor == self._is_predictor())
        )

    def _is_of(self, row: Property) -> bool:
        owner = self.step.call.rpartition(".")[0]
        libraries = row.of.split()
        if any(self.step.call.startswith(f"{library}.") for library in libraries):
            return True
        known = bool(owner) and self.knowledge.type(owner) != self.knowledge.type("")
        return row.sure and not known and self.receiver is not None and "." in self.step.call

    def _has_target(self, row: Property) -> bool:
        if row.form == "statement":
            return True
        if not self.target:
            return False
        column = place(self.target[0])[1] is not None and not _is_masked(self.target[0])
        return column if row.target == "column" else not _is_masked(self.target[0])

    def _is_predictor(self) -> bool:
        owner = self.step.call.rpartition(".")[0]
        return "sklearn.Transformer" not in self.knowledge.lineage(owner)

    def _check(self, row: Property, template: str, arguments: Mapping[str, ast.expr]) -> Check:
        parts: dict[str, Expression] = {}
        for word, mark in _WORD.findall(template):
            parts[word + mark] = self._part(row, word, mark, arguments)
        if row.about == "everywhere" and any(part.given for part in parts.values()):
            raise NotVisible(row.title)
        text = _WORD.sub(lambda found: parts[found[1] + (found[2] or "")].text, template)
        if max(map(len, text.splitlines())) > _MOST_TEXT:
            raise NotVisible(row.title)
        check = check_of(row.title, text, *parts.values())
        return replace(check, imports=tuple(row.imports), rerun=row.rerun)

    def _part(
        self, row: Property, word: str, mark: str, arguments: Mapping[str, ast.expr]
    ) -> Expression:
        """Write what one word of a template stands for."""
        if word in row.pandas and self._type(word) not in _PANDAS:
            raise NotVisible(word)
        if word == "method":
            return Expression(self.word)
        if word == "new" or re.fullmatch(r"t\d", word):
            position = 0 if word == "new" else int(word[1])
            if position >= len(self.target) or (word == "new" and len(self.target) > 1):
                raise NotVisible(word)
            return self._resolved(self.target[position], row, after=True)
        if word in ("old", "receiver"):
            if self.receiver is None:
                raise NotVisible(word)
            about = "fit" if word == "receiver" else row.about
            return self._resolved(self.receiver, row, after=word == "receiver", about=about)
        if word == "call":
            assert self.call is not None
            return self._resolved(self.call, row, calm=False)
        if word not in arguments:
            if mark == "?":
                return Expression("")
            raise NotVisible(word)
        if mark == "[]":
            return Expression(_as_set(arguments[word]))
        return self._resolved(arguments[word], row)

    def _type(self, word: str) -> str:
        target = self.target[int(word[1])] if int(word[1]) < len(self.target) else None
        return self.around.function.types.get(getattr(target, "id", ""), "")

    def _resolved(
        self,
        node: ast.expr,
        row: Property,
        *,
        after: bool = False,
        about: str = "",
        calm: bool = True,
    ) -> Expression:
        if calm and not self.is_calm(node):
            raise NotVisible(ast.unparse(node))
        return resolve(node, self.around, self.index, after=after, about=about or row.about)

    def is_calm(self, node: ast.expr) -> bool:
        """Say whether computing an expression once more is known to change nothing."""
        facts = self.around.plan.analysis.facts[self.step.position]
        known: dict[str, bool] = {}
        for name in facts.calls:
            word = name.rpartition(".")[2]
            row = _row(self.knowledge, name)
            calm = row is not None and row.pure and not row.draws and not row.writes
            known[word] = known.get(word, True) and calm
        for part in ast.walk(node):
            if isinstance(part, ast.Call):
                func = part.func
                word = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
                if not known.get(word, word in HARMLESS):
                    return False
            elif isinstance(part, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
                return False
        return True


HARMLESS = frozenset(
    {
        *("len", "list", "dict", "set", "tuple", "sorted", "range", "sum", "min", "max", "abs"),
        *("round", "str", "int", "float"),
    }
)


def _row(knowledge: Knowledge, name: str) -> Any:
    row = knowledge.call(name)
    if row is None:
        owner, _, attribute = name.rpartition(".")
        found = knowledge.method(owner, attribute)
        row = found[1] if found else None
    return row


def _target(
    node: ast.stmt, receiver: ast.expr | None, call: ast.Call | None
) -> tuple[ast.expr, ...]:
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=parts)]):
            return tuple(parts)
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            return (target,)
        case ast.Expr() if receiver is not None and call is not None:
            if any(k.arg == "inplace" for k in call.keywords):
                return (receiver,)
    return ()


def _is_masked(node: ast.expr) -> bool:
    """Say whether a target is part of a column: df.loc[mask, "a"]."""
    return not isinstance(node, ast.Name) and not (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and isinstance(node.slice, ast.Constant | ast.List)
    )


def _value(node: ast.expr) -> Any:
    """Return a literal's value; raise ValueError when there is none."""
    try:
        return ast.literal_eval(node)
    except (TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(ast.unparse(node)) from error


def _is_value(node: ast.expr) -> bool:
    try:
        return not isinstance(_value(node), dict)
    except ValueError:
        return False


def _is_scalar(node: ast.expr) -> bool:
    return _is_value(node) and isinstance(_value(node), int | float | str)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _listed(node: ast.expr) -> list[Any]:
    """Return the members of a literal list, or a single literal as one; none when it is neither."""
    try:
        value = _value(node)
    except ValueError:
        return []
    parts = list(value) if isinstance(value, list | tuple) else [value]
    return parts if all(isinstance(part, int | float | str) for part in parts) else []


def _as_set(node: ast.expr) -> str:
    return "{" + ", ".join(dict.fromkeys(map(repr, _listed(node)))) + "}"


def _is_mapping(node: ast.expr) -> bool:
    try:
        value = _value(node)
    except ValueError:
        return False
    simple = int | float | str
    return isinstance(value, dict) and all(
        isinstance(k, simple) and isinstance(v, simple) for k, v in value.items()
    )
