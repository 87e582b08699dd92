"""What tells two functions apart that do the same: the frame, columns, model, result or heading."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from nb2prod.analysis.tree import walk
from nb2prod.knowledge.tables import Knowledge
from nb2prod.knowledge.words import enumerated, kind, telling, vocabulary, words_of
from nb2prod.model import Analysis
from nb2prod.plan.split import Group
from nb2prod.plan.titles import comments, headings_of, said, transliterated

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MOST = 3  # words of a heading that a name can take up
_AXES = ("x", "y", "hue", "column", "columns", "by")


class Qualifiers:
    """Finds the words that a name can be told apart by."""

    def __init__(self, analysis: Analysis, section_of: Mapping[int, int]) -> None:
        self._analysis = analysis
        self._section_of = section_of
        self._known: dict[Group, list[str]] = {}
        self._cells = {cell.index: cell for cell in analysis.program.cells}
        self._original = {
            new: old for change in analysis.renames for old, new in change.stores.items()
        }

    @cached_property
    def symmetric(self) -> Sequence[Callable[[Group, str], str]]:
        """The kinds of qualifiers that several functions can take at once."""
        return (self._frame, self._model, self._columns, self._output, self._heading)

    def of(self, group: Group, base: str, rivals: Sequence[Group]) -> Iterator[str]:
        """Yield qualifiers for one function, the most telling first."""
        for kind_of in (*self.symmetric, self._comment):
            found = kind_of(group, base)
            if found and all(kind_of(rival, base) != found for rival in rivals):
                yield found
        yield from self._other_actions(group, base)
        yield from self._words(group, base, rivals)
        yield from self._combined(group, base)

    # ---- kinds

    def frame_of(self, group: Group) -> str:
        """Return the noun for what a function changes, else makes, else reads; "" if none."""
        names = [self._analysis.names[p] for p in group.positions]
        changed = [name for use in names for name in sorted(use.mutates)]
        made = self.new_names(group)
        frames = [name for name in (*changed, *made) if name in self._frames]
        if frames:
            return next(filter(None, map(self._noun, frames)), "")
        return next(filter(None, map(self._noun, (*changed, *made, *self._inputs(group)))), "")

    def _noun(self, name: str) -> str:
        """Return the noun for a variable, "" for parts of a split."""
        noun = telling(self._original.get(name, name))
        return "" if noun.startswith(("x_", "y_")) else noun

    @cached_property
    def _frames(self) -> frozenset[str]:
        """The variables that hold a table somewhere."""
        return frozenset(
            name
            for fact in self._analysis.facts
            for name, type_ in fact.types.items()
            if type_ == "pandas.DataFrame"
        )

    def new_names(self, group: Group) -> list[str]:
        """Return the names that a function binds, as the notebook has them, the last first."""
        made: dict[str, None] = {}
        for position in reversed(group.positions):
            use = self._analysis.names[position]
            made.update(dict.fromkeys(sorted(use.writes - use.imports.keys())))
        return [self._original.get(name, name) for name in made]

    def _inputs(self, group: Group) -> list[str]:
        bound: set[str] = set()
        found: dict[str, None] = {}
        for position in group.positions:
            use = self._analysis.names[position]
            found.update(dict.fromkeys(sorted(use.reads - bound)))
            bound |= use.writes
        names = (name for name in found if name not in self._no_data)
        return [self._original.get(name, name) for name in names]

    @cached_property
    def _no_data(self) -> frozenset[str]:
        """Names of imports, functions, classes and builtins."""
        imports = {name for use in self._analysis.names for name in use.imports}
        nodes = (statement.node for statement in self._analysis.statements)
        defined = {n.name for n in nodes if isinstance(n, _DEFINITIONS)}
        return frozenset(imports | defined | set(dir(builtins)))

    @cached_property
    def _models(self) -> Sequence[frozenset[str]]:
        """For every statement the kinds of models that flow into it."""
        knowledge = Knowledge()
        flows: dict[str, frozenset[str]] = {}
        found = []
        for use, fact, change in zip(
            self._analysis.names, self._analysis.facts, self._analysis.renames, strict=True
        ):
            into = frozenset[str]().union(*(flows.get(name, frozenset()) for name in use.reads))
            flows.update(dict.fromkeys(use.writes, into if len(into) == 1 else frozenset()))
            for name, type_ in fact.types.items():
                if knowledge.trait(type_, "stage") == "train":
                    bound = change.stores.get(name, name)
                    own = telling(name) if "Search" in type_ else ""
                    flows[bound] = frozenset({own or kind(type_.rpartition(".")[2])})
            found.append(into)
        return found

    def _frame(self, group: Group, base: str) -> str:
        names = [self._analysis.names[p] for p in group.positions]
        changed = [n for use in names for n in sorted(use.mutates | (use.writes & use.reads))]
        for name in (*changed, *self._inputs(group)):
            noun = telling(self._original.get(name, name))
            if noun and not _within(noun, base):
                return f"of_{noun}"
        return ""

    def _model(self, group: Group, base: str) -> str:
        kinds = sorted(frozenset[str]().union(*(self._models[p] for p in group.positions)))
        names = [name for p in group.positions for name in self._analysis.facts[p].fits]
        joint = "with" if base.startswith(("predict", "train", "tune")) else "of"
        for noun in (*(kinds if len(kinds) == 1 else ()), *map(telling, names)):
            if noun and not _within(noun, base):
                return f"{joint}_{noun}"
        return ""

    def _columns(self, group: Group, base: str) -> str:
        found: dict[str, None] = {}
        for position in group.positions:
            for text in _texts(self._analysis.statements[position].node):
                noun = "_".join(words_of(text)[:3])
                if noun and not _within(noun, base):
                    found[noun] = None
        about = enumerated(list(found)[:2])
        return f"for_{about}" if about else ""

    def _output(self, group: Group, base: str) -> str:
        for name in self.new_names(group):
            noun = telling(name)
            if noun and not _within(noun, base):
                return f"for_{noun}"
        return ""

    def _heading(self, group: Group, base: str) -> str:
        section = self._section_of[self._analysis.statements[group.positions[0]].origin.cell]
        if section < 0:
            return ""
        text = next(iter(headings_of(self._cells[section].source)[::-1]), "")
        return _about(text, base)

    def _comment(self, group: Group, base: str) -> str:
        for position in group.positions:
            for text in comments(self._analysis.statements[position]):
                if said(text).words and (found := _about(text, base)):
                    return found
        return ""

    def _other_actions(self, group: Group, base: str) -> Iterator[str]:
        for position in group.positions:
            action = self._analysis.facts[position].action
            if action and not _within(action, base):
                yield f"and_{action}"

    def _words(self, group: Group, base: str, rivals: Sequence[Group]) -> Iterator[str]:
        """Yield words of the code that no other function with that base has."""
        others = {word for rival in rivals for word in self._identifiers(rival)}
        for word in self._identifiers(group):
            first = word.partition("_")[0]
            if word not in others and not _within(word, base) and not word.isdigit():
                yield word if first in vocabulary().joints else f"with_{word}"

    def _identifiers(self, group: Group) -> list[str]:
        if group not in self._known:
            self._known[group] = self._words_in(group)
        return self._known[group]

    def _words_in(self, group: Group) -> list[str]:
        """Return the short names, attributes, keywords and texts in a function, as nouns."""
        found: dict[str, None] = {}
        for position in group.positions:
            for part in walk(self._analysis.statements[position].node):
                name = _identifier(part)
                words = words_of(name)
                if 0 < len(words) <= _MOST and len(name) > 2:
                    found["_".join(words)] = None
        return list(found)

    def _combined(self, group: Group, base: str) -> Iterator[str]:
        """Yield two qualifiers at once."""
        kinds = (self._frame, self._model, self._columns, self._output, self._heading)
        for first in kinds:
            for second in kinds:
                a, b = first(group, base), second(group, base)
                if a and b and first is not second and a.partition("_")[2] != b.partition("_")[2]:
                    yield f"{a}_{b}"


def _identifier(part: ast.AST) -> str:
    if isinstance(part, ast.Name):
        return part.id
    if isinstance(part, ast.Attribute):
        return part.attr
    if isinstance(part, ast.keyword):
        return part.arg or ""
    if isinstance(part, ast.Constant) and isinstance(part.value, str) and len(part.value) < 40:
        return part.value
    return ""


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield the columns that a statement names: texts in subscripts, axes of a figure."""
    for part in walk(node):
        if isinstance(part, ast.keyword) and part.arg in _AXES:
            place = part.value
        elif isinstance(part, ast.Subscript):
            place = part.slice
        else:
            continue
        for inner in walk(place):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                yield inner.value


def _within(noun: str, base: str) -> bool:
    """Return whether a name says a noun already."""
    return set(noun.split("_")) <= set(base.split("_"))


def _about(text: str, base: str) -> str:
    """Return "for" and the words of a text that a name does not have yet."""
    have = {word[:4] for word in base.split("_")} | {"and"}
    own = said(text).words or transliterated(text)
    words = [w for w in own if w[:4] not in have and w not in vocabulary().joints]
    telling_words = [word for word in words if word not in vocabulary().generic] or words
    return f"for_{'_'.join(telling_words[:_MOST])}" if telling_words else ""
