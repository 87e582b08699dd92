"""What calls do: functions of the notebook are entered, those of libraries looked up in the tables."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from nb2prod.inventory import builtin, paths, queries, strings
from nb2prod.inventory.code import Class, Function
from nb2prod.inventory.columns import note_call
from nb2prod.inventory.commands import Commands
from nb2prod.inventory.expressions import STREAM
from nb2prod.inventory.guesses import guess, may_be_a_use
from nb2prod.inventory.ports import Called, direction, location, places, shown, use_of
from nb2prod.inventory.statements import Statements
from nb2prod.inventory.tables import Readers, Row
from nb2prod.inventory.texts import HOLE, below
from nb2prod.inventory.uses import Use
from nb2prod.inventory.values import (
    PATH,
    UNKNOWN,
    Value,
    constant,
    element,
    elements,
    join,
    path,
    sequence,
)

_MAPS = frozenset("map imap imap_unordered map_async starmap apply applymap filter".split())
_BUFFERS = frozenset({"io.BytesIO", "io.StringIO", "StringIO.StringIO", "cStringIO.StringIO"})
_FRAMES = ("pandas", "numpy", "dask", "polars", "pyspark", "geopandas", "builtins")
_READING = frozenset(
    "read readline readlines read_text decode splitlines json getvalue makefile".split()
)
_NOWHERE = ((None,), (":memory:",), ("sqlite://",), ("sqlite:///:memory:",))
_USES = 3000  # of one notebook
_OF_ONE = 400  # of one call


class Calls(Statements):
    """Follows calls and keeps what they read and write."""

    def __init__(self, readers: Readers) -> None:
        super().__init__(readers)
        self.uses: dict[tuple[Any, ...], Use] = {}
        self.times: Counter[int] = Counter()  # that each call made a use of its own
        self.trees: list[ast.AST] = []  # parsed on the way: their nodes must keep their identity
        self.commands = Commands(self)

    def call(self, node: ast.Call) -> Value:
        """Return what a call gives."""
        found = self.commands.of_shell(node)
        if found is not None:
            return found
        callee = self.evaluate(node.func)
        arguments = list(self._spread(node.args))
        keywords = {part.arg or "**": self.evaluate(part.value) for part in node.keywords}
        spread = keywords.pop("**", None)
        if spread is not None and spread.mapping is not None:
            keywords |= {
                key: value for key, value in spread.mapping.items() if isinstance(key, str)
            }
        return self.apply(node, callee, arguments, keywords)

    def apply(
        self, node: ast.Call, callee: Value, arguments: list[Value], keywords: dict[str, Value]
    ) -> Value:
        """Return what calling a value gives."""
        if isinstance(callee.code, Function):
            return self._enter(callee, arguments, keywords)
        if isinstance(callee.code, Class):
            return self._make(node, callee.code, arguments, keywords)
        if callee.refers:
            return self._function(node, callee, arguments, keywords)
        if callee.owner is not None:
            return self._method(node, callee.owner, callee.name, arguments, keywords)
        self._hand_over(node, arguments)
        return Value(uses=callee.uses) if callee.uses else UNKNOWN

    # ---- the notebook's own

    def _enter(
        self, callee: Value, arguments: Sequence[Value], keywords: dict[str, Value]
    ) -> Value:
        function = callee.code
        assert isinstance(function, Function)
        if callee.owner is not None and function.owner is not None and not _is_static(function):
            arguments = [callee.owner, *arguments]
        return self.enter(function, _bound(function, arguments, keywords))

    def _make(
        self, node: ast.Call, made: Class, arguments: list[Value], keywords: dict[str, Value]
    ) -> Value:
        instance = Value(code=made, members={}, type=made.reference)
        made.instances.append(instance)
        start = made.find("__init__")
        if start is not None and isinstance(start.code, Function):
            self._enter(Value(code=start.code, owner=instance), arguments, keywords)
        elif made.reference:
            self._function(node, Value(refers=made.reference), arguments, keywords)
        elif instance.members is not None:
            names = [
                name for name in made.members if not isinstance(made.members[name].code, Function)
            ]
            instance.members.update(zip(names, arguments, strict=False))
            instance.members.update(keywords)
        return instance

    def finish(self) -> None:
        """Follow what the notebook defines and never calls, its parameters unknown but for defaults."""
        for made, _ in self.classes:
            instance = made.instances[-1] if made.instances else Value(code=made, members={})
            start = made.find("__init__")
            if not made.instances and start is not None and isinstance(start.code, Function):
                self._enter(Value(code=start.code, owner=instance), [], {})
            for function in [f for f in self.functions if f.owner is made and not f.entered]:
                self._alone(Value(code=function, owner=instance))
        for function in list(self.functions):
            if not function.entered:
                self._alone(Value(code=function))

    def _alone(self, value: Value) -> None:
        folder = self.folder
        self._enter(value, [], {})
        self.folder = folder

    # ---- functions of libraries

    def _function(
        self, node: ast.Call, callee: Value, arguments: list[Value], keywords: dict[str, Value]
    ) -> Value:
        name = callee.refers
        if name.startswith("builtins.") and name != "builtins.open":
            return self._builtin(node, name, arguments, keywords)
        if (ran := self.commands.of_python(node, name, arguments, keywords)) is not None:
            return ran
        if name == "functools.partial" and arguments:
            return arguments[0]  # its location is most often what is still to be given
        if name == "os.chdir":
            self.change_folder(arguments[0] if arguments else UNKNOWN)
            return UNKNOWN
        if name in ("os.getenv", "os.environ.get") and arguments and arguments[0].texts:
            known = self.environ.get(arguments[0].texts[0])
            if known is not None:
                return known
        if name in _BUFFERS:
            return Value(type=STREAM, uses=arguments[0].uses if arguments else ())
        found = paths.function(name, arguments, keywords)
        if found is not None:
            return found
        if name.startswith("os.environ."):
            return UNKNOWN
        owner, _, short = name.rpartition(".")
        row = self.readers.call(name)
        if row is None and owner.rpartition(".")[2][:1].isupper():  # of a class
            found_row = self.readers.method(short)
            row = found_row if found_row is not None and found_row.reads else None
        called = Called(node, name.removeprefix("builtins."), callee, arguments, keywords)
        note_call(_given(arguments, keywords), "", [], keywords)
        row = row or self._guess(name, arguments, keywords)
        if row is None:
            self._hand_over(node, arguments, keywords)
            return self._passed_on(name, arguments, keywords)
        return self._result(called, row, self.note(called, row))

    @staticmethod
    def _guess(name: str, arguments: Sequence[Value], keywords: dict[str, Value]) -> Row | None:
        """Return a row for a call of which no table knows anything."""
        named = [keywords[key] for key in ("path", "filename", "file", "url") if key in keywords]
        return guess(name, [value.texts for value in (*arguments, *named)])

    def _passed_on(
        self, name: str, arguments: Sequence[Value], keywords: dict[str, Value]
    ) -> Value:
        """Return what a function without a row gives: data of what it was given, where it is of frames."""
        if name in ("os.walk", "os.scandir"):
            return UNKNOWN
        streams = any(value.type == STREAM for value in arguments)
        if streams or name.startswith(_FRAMES):
            uses = _given(
                [part for value in arguments for part in (elements(value) or [value])], {}
            )
            return Value(uses=uses) if uses else UNKNOWN
        return UNKNOWN

    def _builtin(
        self, node: ast.Call, name: str, arguments: list[Value], keywords: dict[str, Value]
    ) -> Value:
        short = name.removeprefix("builtins.")
        if short in ("map", "filter") and len(arguments) > 1:
            return self._mapped(node, arguments[0], arguments[1:], keep=short == "filter")
        if short == "getattr" and len(arguments) > 1 and arguments[1].texts:
            return self.attribute(arguments[0], arguments[1].texts[0])
        found = builtin.call(short, arguments, keywords)
        if found is not None:
            return found
        self._hand_over(node, arguments, keywords)
        uses = _given(arguments, {})
        return Value(uses=uses) if uses and short in ("list", "next", "iter", "eval") else UNKNOWN

    def _mapped(
        self, node: ast.Call, function: Value, iterables: Sequence[Value], *, keep: bool = False
    ) -> Value:
        """Return what `map` gives: the function is called with each element."""
        lists = [elements(value) for value in iterables]
        known = [found for found in lists if found is not None]
        if known and len(known) == len(lists):
            rows = [list(row) for row in zip(*known, strict=False)]
        else:
            rows = [[element(value) for value in iterables]]
        results = [self.apply(node, function, row, {}) for row in rows[:256]]
        if keep:
            return iterables[0]
        if known and len(known) == len(lists):
            return sequence(results)
        return Value(each=join(results))

    def _hand_over(
        self, node: ast.Call, arguments: Iterable[Value], keywords: dict[str, Value] | None = None
    ) -> None:
        """Follow the notebook's functions that are given to something unknown, such as a pool."""
        given = list(arguments)
        for position, value in enumerate(given):
            if isinstance(value.code, Function) and not value.code.entered:
                self._enter(value, [element(v) for v in given[position + 1 :]], {})
        target = (keywords or {}).get("target")
        if target is not None and isinstance(target.code, Function):
            packed = (keywords or {}).get("args", UNKNOWN)
            self._enter(target, list(elements(packed) or []), {})

    # ---- methods

    def _method(
        self,
        node: ast.Call,
        owner: Value,
        name: str,
        arguments: list[Value],
        keywords: dict[str, Value],
    ) -> Value:
        found = self._of_plain_value(owner, name, arguments, keywords)
        if found is not None:
            return found
        if name in _MAPS and arguments and (arguments[0].code or arguments[0].refers):
            rest = arguments[1:] or [Value(each=element(owner))]
            return self._mapped(node, arguments[0], rest)
        row = self.readers.call(f"{owner.type}.{name}") if owner.type else None
        typed = row is not None
        if row is None and owner.type != STREAM:
            row = self.readers.method(name)
            if row is None and may_be_a_use(name):
                row = self._guess(shown(node.func), arguments, keywords)
        if row is not None:
            qualified = f"{(owner.type if typed else row.owner) or owner.type}.{name}".lstrip(".")
            called = Called(node, qualified, owner, arguments, keywords)
            uses = self.note(called, row)
            if uses or typed:
                return self._result(called, row, uses)
        note_call(owner.uses, name, arguments, keywords)
        self._hand_over(node, arguments, keywords)
        return self._derived(owner, name, arguments)

    def _of_plain_value(
        self, owner: Value, name: str, arguments: list[Value], keywords: dict[str, Value]
    ) -> Value | None:
        if owner.type == PATH and (found := self._of_path(owner, name, arguments)) is not None:
            return found
        if (owner.texts and not owner.type) and strings.is_text_method(name):
            made = strings.method(owner, name, arguments, keywords)
            return replace(made, uses=owner.uses) if owner.uses and made.items is None else made
        if owner.type == "argparse.ArgumentParser":
            return builtin.argument(owner, name, arguments, keywords)
        return builtin.method(owner, name, arguments, keywords)

    def _of_path(self, owner: Value, name: str, arguments: list[Value]) -> Value | None:
        return (
            paths.method(owner, name, arguments)
            if name not in ("glob", "rglob", "iterdir")
            else None
        )

    def _derived(self, owner: Value, name: str, arguments: Sequence[Value]) -> Value:
        """Return what a method without a row gives: data of its owner and of what it is given."""
        if owner.type == STREAM:
            return (
                Value(type=STREAM, uses=owner.uses) if name in _READING else Value(uses=owner.uses)
            )
        uses = owner.uses
        if name in ("merge", "join", "append", "concat", "union"):
            uses = tuple(dict.fromkeys((*uses, *_given(arguments, {}))))
        if name in ("json",) and uses:
            return Value(uses=uses)
        return Value(uses=uses) if uses else UNKNOWN

    # ---- reads and writes

    def note(self, called: Called, row: Row) -> tuple[Use, ...]:
        """Keep what a call reads and writes, and return the uses whose data it gives."""
        given: list[Use] = []
        if row.unpacks is not None and row.reads is None:
            for use in called.owner.uses:
                self._unpack_to(use, called, row)
            return called.owner.uses
        query = called.given(row.query)
        asked = queries.direction(query.texts[0]) if query is not None and query.texts else "read"
        for way, port in direction(row, called):
            found = location(called, port)
            if found is None:
                continue
            value = found[0]
            if value.refers.startswith("sys.std") or value.constants in _NOWHERE:
                continue
            if value.type == STREAM or (row.stream and value.uses and not value.texts):
                given += _refined(value.uses, port, called)
                continue
            if (row.stream and value.texts) or (port.literal and not _names_a_place(value)):
                continue
            if port.of in ("connection", "tables") and row.writes is None and " " in _first(query):
                if asked is None:
                    continue
                way = asked
            use = self._kept(use_of(called, way, port, found, self.cell))
            use.handle = row.returns == STREAM
            self._complete(use, called, row)
            if way == "read":
                given.append(use)
            else:
                self._receive_from(use, called)
                if row.returns:
                    given.append(use)
        return tuple(dict.fromkeys(given))

    def _kept(self, use: Use) -> Use:
        """Return the use, or the same one of an earlier evaluation."""
        key = (use.key, use.direction, use.cell, use.location, use.places, self.folder)
        many = self.times[use.key] >= _OF_ONE
        if key not in self.uses and len(self.uses) < _USES and not many:
            self.times[use.key] += 1
            self.uses[key] = use
            use.places = tuple(
                below(self.folder, text) if use.kind in _AT_PATHS else text for text in use.places
            )
        return self.uses.get(key, use)

    def keep(self, use: Use) -> Use:
        """Keep a use that no row of a call tells, such as that of a command."""
        return self._kept(use)

    def _complete(self, use: Use, called: Called, row: Row) -> None:
        query, saved = called.given(row.query), called.given(row.saves)
        if query is not None and query.texts:
            use.via = query.texts[0]
        use.fetches = row.fetches
        if row.saves is not None:
            use.folds = True
            use.saves = tuple(below(self.folder, text) for text in (saved.texts if saved else ()))
            if not use.saves and row.saves.default == "name":
                use.saves = tuple(text.rstrip("/").rpartition("/")[2] for text in use.places)
        if row.unpacks is not None:
            self._unpack_to(use, called, row)
        for name in ("usecols", "columns"):
            if use.direction == "read" and (chosen := called.keywords.get(name)) is not None:
                note_call([use], "", [], {"usecols": chosen})

    def _unpack_to(self, use: Use, called: Called, row: Row) -> None:
        folder = called.given(row.unpacks)
        texts = folder.texts if folder else ()
        use.unpacks = below(self.folder, texts[0]) if texts else below(self.folder, ".")

    def _receive_from(self, use: Use, called: Called) -> None:
        """Note whose data a call writes: of its receiver, or of its first argument."""
        func, args = called.node.func, called.node.args
        inner: ast.expr = func
        while isinstance(inner, ast.Attribute | ast.Subscript | ast.Call):
            inner = inner.func if isinstance(inner, ast.Call) else inner.value
        given = args[0] if args else None
        module = bool(called.owner.refers)
        if module and isinstance(given, ast.Name) and use.location != given.id:
            use.variable = given.id
        elif not module and isinstance(inner, ast.Name) and isinstance(func, ast.Attribute):
            use.variable = None if self.look_up(inner.id).refers else inner.id

    def _result(self, called: Called, row: Row, uses: tuple[Use, ...]) -> Value:
        """Return what a call of a row gives."""
        name = called.name
        if row.reads is None and row.writes is None:
            uses = called.owner.uses  # a cursor is one of its connection
        if name == "os.walk":
            return paths.walked(places(called.arguments[0]) if called.arguments else (".",))
        if name in ("glob.glob", "glob.iglob"):
            return paths.globbed(called.arguments[0] if called.arguments else UNKNOWN)
        if name.rpartition(".")[0] == PATH and name.rpartition(".")[2] in (
            "glob",
            "rglob",
            "iterdir",
        ):
            short = name.rpartition(".")[2]
            return Value(each=path(paths.listed(called.owner, short, called.arguments)))
        if row.returns == "names":
            return Value(each=constant("*"))
        if row.returns in ("path", "folder"):
            texts = uses[0].saves if uses and row.returns == "path" else ()
            return Value(constants=texts or (HOLE,), uses=uses)
        if row.returns == "location":
            given = called.arguments[0] if called.arguments else called.keywords.get("url", UNKNOWN)
            return Value(constants=given.constants, uses=given.uses)
        if row.returns == "text":
            return called.arguments[0] if called.arguments else UNKNOWN
        return Value(type=row.returns, uses=uses)


_AT_PATHS = frozenset({"file", "model", "figure"})


def _first(value: Value | None) -> str:
    return value.texts[0].strip() if value is not None and value.texts else ""


def _names_a_place(value: Value) -> bool:
    """Say whether a value is a text, and none that holds the data themselves, as `<svg ...>` does."""
    return any(not text.lstrip().startswith("<") for text in value.texts)


def _refined(uses: Iterable[Use], port: Any, called: Called) -> list[Use]:
    """Note what sort of data comes out of, or goes into, what was opened before."""
    found = list(uses)
    for use in found:
        if port.format and port.format != "name" and not port.format.endswith("?"):
            use.format = port.format
        if port.kind == "model":
            use.kind = "model"
        if (
            use.direction == "write"
            and called.node.args
            and isinstance(called.node.args[0], ast.Name)
        ):
            use.variable = called.node.args[0].id
    return found


def _given(arguments: Iterable[Value], keywords: dict[str, Value]) -> tuple[Use, ...]:
    values = (*arguments, *keywords.values())
    return tuple(dict.fromkeys(use for value in values for use in value.uses))


def _is_static(function: Function) -> bool:
    node = function.node
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return any(isinstance(part, ast.Name) and part.id == "staticmethod" for part in decorators)


def _bound(
    function: Function, arguments: Sequence[Value], keywords: dict[str, Value]
) -> dict[str, Value]:
    """Return what the parameters of a function are in a call."""
    values = {name: function.defaults.get(name, UNKNOWN) for name in function.names()}
    plain = list(function.parameters())
    values.update(zip(plain, arguments, strict=False))
    extra = function.node.args.vararg
    if extra is not None:
        values[extra.arg] = sequence(arguments[len(plain) :])
    values.update({name: value for name, value in keywords.items() if name in values})
    rest = function.node.args.kwarg
    if rest is not None:
        others = {name: value for name, value in keywords.items() if name not in plain}
        values[rest.arg] = Value(mapping={**others})
    return values
