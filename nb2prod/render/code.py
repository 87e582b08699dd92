"""Modules of the package as text: functions, definitions and the imports that they need."""

from __future__ import annotations

import ast
import builtins
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import libcst as cst

from nb2prod.analysis.tree import walk
from nb2prod.analysis.versions import BUILTINS
from nb2prod.model import CstStatement, Definition, Function, Plan
from nb2prod.plan.make import SIDE_EFFECT_IMPORTS
from nb2prod.render.rewrite import Edits, rewrite, with_keyword_parameters

BESIDE = "local_modules"  # the modules that lay beside the notebook: no name of ours is theirs
_DOC_WIDTH = 84
_READ_IN_TEXT = "  # noqa: F401 (read by its name in a text)"
# Pickling finds a class by its name in its module, where a function's own classes are not.
_PICKLERS = frozenset(
    "cloudpickle concurrent dill joblib multiprocessing pickle shelve torch".split()
)


class ModuleWriter:
    """Writes the modules of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.siblings = frozenset(path.parts[0].removesuffix(".py") for path in plan.siblings)
        self.fields = {s.variable: s.name for s in plan.settings if s.variable}
        self.captured = {
            name: (*definition.captured, *definition.settings)
            for definition in plan.definitions
            for name in definition.names
            if definition.captured or definition.settings
        }
        closes = (code for codes in plan.figure_ends.values() for code in codes)
        self.close = next((code for code in closes if ".close(" in code), "")
        self.homes = {n: d.module for d in plan.definitions for n in d.names}
        names = plan.analysis.names
        self.pickles = any(
            imported.split(".")[0] in _PICKLERS
            for use in names
            for imported in use.imports.values()
        )
        self.targets = {
            name: names[found.statements[0]].imports[name]
            for name, found in plan.imports.items()
            if name in names[found.statements[0]].imports
        }
        self.name_of = {target: name for name, target in reversed(self.targets.items())}

    def modules(self) -> dict[str, str]:
        """Return the source of every module with functions or definitions, by dotted name."""
        names = dict.fromkeys(d.module for d in self.plan.definitions)
        names |= dict.fromkeys(f.module for f in self.plan.functions)
        return {name: self._module(name) for name in names}

    def sibling(self, source: str) -> str:
        """Return a module that lay beside the notebook, as a module of the package."""
        tree = cst.parse_module(source)
        edits = Edits(siblings=self.siblings, package=f"{self.plan.package}.{BESIDE}")
        return tree.with_changes(body=[rewrite(part, edits) for part in tree.body]).code

    def _module(self, module: str) -> str:
        definitions = [d for d in self.plan.definitions if d.module == module]
        functions = [f for f in self.plan.functions if f.module == module]
        bodies = [self._definition(d) for d in definitions]
        bodies += [self._function(f) for f in functions]
        positions = [d.statement for d in definitions]
        positions += [p for f in functions for p in f.statements]
        hints = {word for f in functions for word in self._hint_names(f)}
        text = "\n\n\n".join(bodies)
        head = [f'"""{docstring_text(self._about(module, definitions, functions))}"""', ""]
        head += self._future()
        head += self._imports(module, positions, hints, functions, text)
        units = [d for d in definitions if len(d.names) > 1 or self._is_unit(d)]
        if units:
            exported = sorted({n for d in definitions for n in d.names})
            head += ["", f"__all__ = {exported!r}"]
        return "\n".join(head) + "\n\n\n" + text + "\n"

    def _is_unit(self, definition: Definition) -> bool:
        return isinstance(
            self.plan.analysis.statements[definition.statement].node, ast.Try | ast.If
        )

    def _about(
        self, module: str, definitions: Sequence[Definition], functions: Sequence[Function]
    ) -> str:
        if definitions:
            return "Functions and classes that the notebook defined."
        topic, _, part = module.partition(".")
        texts = {
            "data_sources": "Where the data comes from.",
            "environment": "Options of libraries and random seeds.",
            "exploration": "What the notebook looked at.",
            "features": "Features of the model.",
            "training": "Training of the model.",
            "evaluation": "Evaluation of the model.",
            "prediction": "Predictions of the model.",
            "outputs": "What is written.",
            "analysis": "Computations of the notebook.",
        }
        if topic == "cleaning":
            whole = part in {"combined", "data"}
            return "Joins and cleaning of the combined data." if whole else f"Cleaning of {part}."
        return texts[topic]

    # functions

    def _edits(self, position: int) -> Edits:
        analysis = self.plan.analysis
        use, change = analysis.names[position], analysis.renames[position]
        old_of = {new: old for old, new in change.loads.items()}
        seen = use.reads | use.late | use.mentions | use.writes
        loads = dict(change.loads)
        loads |= {old_of.get(n, n): self.fields[n] for n in seen & self.fields.keys()}
        called = {old_of.get(n, n): self.captured[n] for n in seen & self.captured.keys()}
        config = self.plan.config
        places = self.plan.places.get(position, {})
        locations = {text: f"{config}.{field}" for text, field in places.items()}
        locations |= {
            text: _located(text, config, field)
            for text, field in self.plan.locations.get(position, {}).items()
        }
        guard = "__name__" in use.reads | use.late
        return Edits(
            loads=loads or ({"__name__": "__name__"} if guard else {}),
            stores=dict(change.stores),
            captured=called,
            locations=locations,
            wrapped=dict.fromkeys(
                self.plan.computed.get(position, ()), f"Path({config}.data_root)"
            ),
            siblings=self.siblings if _imports_inside(analysis.statements[position].node) else (),
            package=f"{self.plan.package}.{BESIDE}",
            close=self.close if "show" in self._words(position) else "",
            nonlocals=frozenset() if self.plan.namespace else use.rebinds,
            namespace=self.plan.namespace,
        )

    def _words(self, position: int) -> set[str]:
        node = self.plan.analysis.statements[position].node
        return {part.attr for part in walk(node) if isinstance(part, ast.Attribute)}

    def _tree(self, position: int) -> CstStatement:
        return rewrite(self.plan.analysis.statements[position].tree, self._edits(position))

    def _definition(self, definition: Definition) -> str:
        tree = self._tree(definition.statement)
        added = (*definition.captured, *definition.settings)
        tree = with_keyword_parameters(tree, added)
        return cst.Module([tree]).code.strip("\n")

    def _function(self, function: Function) -> str:
        body: list[cst.BaseStatement] = [_statement(_quoted(function.doc))]
        body += self._namespace(function)
        placeholders = self._placeholders(function)
        first = () if self.plan.namespace else placeholders.get(None, ())
        body += [_placeholder(name) for name in first]
        for name in () if self.plan.namespace else function.unbound:
            comment = "# the notebook never binds it and says so below"
            body.append(cst.parse_statement(f"if False:  {comment}\n    {name} = None"))
        if kept := self._stored_classes(function):
            body.append(_statement(f"global {', '.join(kept)}  # pickle finds them by name"))
        trees: list[CstStatement] = []
        for position in function.statements:
            tree = self._tree(position)
            if position in function.shown:
                tree = _assigned(tree, function.shown[position])
            trees.append(tree if trees else _at_the_top(tree))
            trees += [_placeholder(name) for name in placeholders.get(position, ())]
            trees += [_statement(code) for code in self.plan.figure_ends.get(position, ())]
        outputs = (*function.outputs, *function.shown.values())
        captured = self._captured(function.statements)
        guarded = bool(function.placeholders) or not captured.isdisjoint(outputs)
        body += _returning(trees, outputs, guarded)
        header = cst.parse_statement(f"{self._signature(function)}:\n    pass")
        assert isinstance(header, cst.FunctionDef)
        code = cst.Module([header.with_changes(body=cst.IndentedBlock(body))]).code.strip("\n")
        return f"@checked\n{code}" if loads_tables(self.plan, function) else code

    def _placeholders(self, function: Function) -> dict[int | None, list[str]]:
        """Return the placeholders by the statement that deletes them first, None where none does."""
        found: dict[int | None, list[str]] = defaultdict(list)
        for name in function.placeholders:
            deleting = (
                position
                for position in function.statements
                if name in self.plan.analysis.names[position].deletes
            )
            found[next(deleting, None)].append(name)
        return found

    def _stored_classes(self, function: Function) -> list[str]:
        """Return the classes that the function defines, where the notebook pickles their objects."""
        analysis = self.plan.analysis
        if self.plan.namespace or not self.pickles:
            return []
        bound = Counter(
            name
            for position in function.statements
            for name in analysis.names[position].writes | analysis.names[position].maybe
        )
        taken = {*function.inputs, *function.placeholders, *function.unbound}
        names = [
            analysis.renames[position].stores.get(node.name, node.name)
            for position in function.statements
            if isinstance(node := analysis.statements[position].node, ast.ClassDef)
        ]
        return [name for name in names if bound[name] == 1 and name not in taken]

    def _captured(self, positions: Iterable[int]) -> set[str]:
        """Return the names that functions defined by these statements may use later."""
        return {
            name
            for position in positions
            for inner in walk(self.plan.analysis.statements[position].node)
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef)
            for part in walk(inner)
            for name in (
                part.names
                if isinstance(part, ast.Global | ast.Nonlocal)
                else [part.id] if isinstance(part, ast.Name) else []
            )
        }

    def _namespace(self, function: Function) -> list[cst.BaseStatement]:
        if not self.plan.namespace:
            return []
        bound = sorted(
            name
            for position in function.statements
            for name in self.plan.analysis.names[position].writes
            | self.plan.analysis.names[position].maybe
        )
        read = {n for p in function.statements for n in self.plan.analysis.names[p].reads}
        unknown = sorted(read - set(bound) - BUILTINS - self.plan.imports.keys())
        bound = [*dict.fromkeys(bound), *unknown]
        lines = [cst.parse_statement(f"global {', '.join(bound)}")] if bound else []
        return [line for line in lines if isinstance(line, cst.BaseStatement)]

    def _signature(self, function: Function) -> str:
        inputs = () if self.plan.namespace else function.inputs
        parameters = [self._annotated(function, name) for name in inputs]
        if function.config:
            parameters.append(f"{self.plan.config}: Config")
        if function.settings:
            types = {s.name: type(s.value).__name__ for s in self.plan.settings}
            parameters += ["*", *(f"{name}: {types[name]}" for name in function.settings)]
        outputs = (*function.outputs, *function.shown.values())
        hint = self._returns(function, outputs)
        keyword = "async def" if function.asynchronous else "def"
        return f"{keyword} {function.name}({', '.join(parameters)}){hint}"

    def _annotated(self, function: Function, name: str) -> str:
        hint = self.hint(function.types.get(name, ""))
        return f"{name}: {hint}" if hint else name

    def _returns(self, function: Function, outputs: Sequence[str]) -> str:
        if not outputs:
            return " -> None"
        hints = [self.hint(function.types.get(name, "")) for name in outputs]
        if not all(hints) or function.placeholders:
            return ""
        return f" -> {hints[0]}" if len(hints) == 1 else f" -> tuple[{', '.join(hints)}]"

    def _hint_names(self, function: Function) -> Iterable[str]:
        for name in (*function.inputs, *function.outputs):
            hint = self.hint(function.types.get(name, ""))
            if hint:
                yield hint.split(".")[0].split("[")[0]

    def hint(self, kind: str) -> str:
        """Return a type as an annotation, by names that the notebook itself imports; "" if none."""
        kind = kind.removeprefix("builtins.")
        if "." not in kind:
            return kind if kind in _PLAIN_TYPES else ""
        if kind in self.name_of:
            return self.name_of[kind]
        module, _, last = kind.rpartition(".")
        return f"{self.name_of[module]}.{last}" if module in self.name_of else ""

    # imports

    def _imports(
        self,
        module: str,
        positions: Sequence[int],
        hints: set[str],
        functions: Sequence[Function],
        text: str,
    ) -> list[str]:
        names = self.plan.analysis.names
        used = set(hints)
        mentioned: set[str] = set()
        for position in positions:
            used |= {self.plan.pyplot} if position in self.plan.figure_ends else set()
            use = names[position]
            used |= use.reads | use.late
            mentioned |= use.mentions
        lines: dict[str, None] = {}
        package = self.plan.package
        if "partial(" in text and any(
            names[p].reads & self.captured.keys() or names[p].late & self.captured.keys()
            for p in positions
        ):
            lines["from functools import partial"] = None
        if f"Path({self.plan.config}." in text:
            lines["from pathlib import Path"] = None
        if any(loads_tables(self.plan, function) for function in functions):
            lines[f"from {package}.contract import checked"] = None
        if any(function.config for function in functions):
            lines[f"from {package}.config import Config"] = None
        for name in sorted((used | mentioned) & self.plan.imports.keys()):
            if self.targets.get(name, "").startswith("__future__."):
                continue
            remark = "" if name in used else _READ_IN_TEXT
            found = self.import_lines(name)
            lines |= dict.fromkeys(n if "#" in n else f"{n}{remark}" for n in found)
        ends = any(position in self.plan.figure_ends for position in positions)
        if ends and self.plan.pyplot not in self.plan.imports:
            lines[f"import matplotlib.pyplot as {self.plan.pyplot}"] = None
        for name in sorted((used | mentioned) & self.homes.keys()):
            if self.homes[name] != module:
                remark = "" if name in used else _READ_IN_TEXT
                lines[f"from {package}.{self.homes[name]} import {name}{remark}"] = None
        roots = {line.split()[1].split(".")[0] for line in lines}
        lines |= dict.fromkeys(self._side_effects(roots))
        return list(lines)

    def _future(self) -> list[str]:
        """Postponed annotations change what annotations are, so the notebook's choice stands."""
        asked = any(
            isinstance(s.node, ast.ImportFrom)
            and s.node.module == "__future__"
            and any(alias.name == "annotations" for alias in s.node.names)
            for s in self.plan.analysis.statements
        )
        return ["from __future__ import annotations", ""] if asked else []

    def import_lines(self, name: str) -> list[str]:
        """Return the statements that import `name`, as the notebook did.

        `import a.b` and `import a.c` both bind `a` and both matter; of several that bind the same
        object, such as `import a.b as x` and `from a import b as x`, the first does.
        """
        lines = []
        whole = False
        for position in self.plan.imports[name].statements:
            node = self.plan.analysis.statements[position].node
            change = self.plan.analysis.renames[position].stores
            assert isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names:
                if alias.name == "*" and isinstance(node, ast.ImportFrom):
                    lines.append(f"from {self._source(node)} import *  # noqa: F403")
                    continue
                bound = alias.asname or (
                    alias.name if isinstance(node, ast.ImportFrom) else alias.name.split(".")[0]
                )
                repeated = whole and (alias.asname or isinstance(node, ast.ImportFrom))
                if change.get(bound, bound) == name and not repeated:
                    lines.append(self._import_line(node, alias, name))
                    whole = bool(alias.asname) or isinstance(node, ast.ImportFrom)
        return lines

    def _source(self, node: ast.ImportFrom) -> str:
        module = "." * node.level + (node.module or "")
        root = (node.module or "").split(".")[0]
        if root in self.siblings:
            return f"{self.plan.package}.{BESIDE}.{node.module}"
        return module

    def _import_line(self, node: ast.Import | ast.ImportFrom, alias: ast.alias, name: str) -> str:
        if isinstance(node, ast.ImportFrom):
            rename = "" if alias.name == name else f" as {name}"
            return f"from {self._source(node)} import {alias.name}{rename}"
        root = alias.name.split(".")[0]
        if root in self.siblings:
            home = f"{self.plan.package}.{BESIDE}"
            if "." in alias.name and not alias.asname:  # the name is that of the outermost
                again = "" if name == root else f" as {name}"
                loads = f"import {home}.{alias.name}  # noqa: F401 (so that {root} has it)"
                return f"{loads}\nfrom {home} import {root}{again}"
            parent, _, last = f"{home}.{alias.name}".rpartition(".")
            return f"from {parent} import {last}" + ("" if last == name else f" as {name}")
        rename = "" if name == (root if not alias.asname else alias.name) else f" as {name}"
        return f"import {alias.name}{rename}"

    def _side_effects(self, roots: set[str]) -> list[str]:
        """Imports that matter for what importing does, beside others of the same library."""
        lines = []
        for statement in self.plan.analysis.statements:
            node = statement.node
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                SIDE_EFFECT_IMPORTS
            ):
                root = "matplotlib" if "mpl_toolkits" in (node.module or "") else node.module
                if (root or "").split(".")[0] in roots:
                    names = ", ".join(alias.name for alias in node.names)
                    lines.append(f"from {node.module} import {names}  # noqa: F401")
        return lines


def loads_tables(plan: Plan, function: Function) -> bool:
    """Whether a function returns tables that it reads, for which there can be a contract."""
    return (
        function.module == "data_sources"
        and not function.asynchronous
        and any(
            use.direction == "read" and use.variable in function.outputs
            for position in function.statements
            for use in plan.analysis.facts[position].uses
            if use.call.startswith("pandas.read_")
        )
    )


def _located(text: str, config: str, field: str) -> str:
    """Return the expression for a location that is a setting: files start at the data root."""
    if "://" in text:
        return f"{config}.{field}"
    place = f"Path({config}.{field}).expanduser()" if text[0] == "~" else f"{config}.{field}"
    return f"Path({config}.data_root, {place})"


def _imports_inside(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Import | ast.ImportFrom) for part in walk(node))


_PLAIN_TYPES = frozenset(
    name for name in dir(builtins) if isinstance(getattr(builtins, name), type)
) - {"object", "type"}


def _statement(code: str) -> cst.SimpleStatementLine:
    statement = cst.parse_statement(code)
    assert isinstance(statement, cst.SimpleStatementLine)
    return statement


def _placeholder(name: str) -> cst.SimpleStatementLine:
    return _statement(f"{name} = None  # stays None where nothing binds it")


def docstring_text(text: str) -> str:
    """Return text as the inside of a triple-quoted string."""
    text = text.replace("\\", "\\\\").replace('"""', r"\"\"\"")
    text = "".join(c for c in text if c.isprintable() or c in "\n\t")
    return text + " " if text.endswith('"') else text


def _quoted(doc: str) -> str:
    lines = []
    for line in doc.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        lines += textwrap.wrap(line, _DOC_WIDTH, subsequent_indent=indent) or [""]
    text = docstring_text("\n    ".join(lines)).replace("\n    \n", "\n\n")
    if "\n" in text:
        text += "\n    "
    return f'"""{text}"""'


def _assigned(tree: CstStatement, name: str) -> CstStatement:
    """Turn a displayed expression into an assignment."""
    assert isinstance(tree, cst.SimpleStatementLine)
    (expression,) = tree.body
    assert isinstance(expression, cst.Expr)
    target = cst.AssignTarget(cst.Name(name))
    return tree.with_changes(body=[cst.Assign([target], expression.value)])


def _at_the_top(tree: CstStatement) -> CstStatement:
    """The statement without the blank lines above it, which parted it from the cell before."""
    lines = list(tree.leading_lines)
    while lines and lines[0].comment is None:
        del lines[0]
    return tree.with_changes(leading_lines=lines)


def _returning(
    trees: Sequence[CstStatement], outputs: Sequence[str], guarded: bool
) -> list[cst.BaseStatement]:
    """Add the return statement; `x = value; return x` becomes `return value`."""
    if not outputs:
        return list(trees)
    last = trees[-1]
    if (
        len(outputs) == 1
        and not guarded
        and isinstance(last, cst.SimpleStatementLine)
        and isinstance(last.body[0], cst.Assign)
        and len(last.body[0].targets) == 1
        and isinstance(last.body[0].targets[0].target, cst.Name)
        and last.body[0].targets[0].target.value == outputs[0]
    ):
        returned = cst.Return(last.body[0].value)
        return [*trees[:-1], last.with_changes(body=[returned])]
    line = cst.parse_statement(f"return {', '.join(outputs)}")
    return [*trees, line]
