"""Names of functions: from headings and comments where they say something, else from actions."""

from __future__ import annotations

import builtins
import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, zip_longest

from nb2prod.knowledge.words import enumerated, join, telling, vocabulary, words_of
from nb2prod.model import STAGES, Analysis
from nb2prod.plan.combine import AROUND, Deed, by_title, merged, named, weighed
from nb2prod.plan.docstrings import docstring, prose_of
from nb2prod.plan.qualifiers import Qualifiers
from nb2prod.plan.split import Group, sections
from nb2prod.plan.titles import NOTHING, Said, comments, headings_of, said

_TITLES = (".title", ".set_title", ".suptitle")
_MOSTLY = 0.6  # of a function's weight: a comment above as much of it is about all of it
# In front of a heading, where nothing else is known.
_VERBS = {"setup": "set_up", "load": "load", "clean": "clean", "save": "save", "other": "run"}
_VERBS |= dict.fromkeys(("feature", "train", "predict"), "build")
_PHRASE = 4  # words of a noun that stands for what a function does
_LOADING = ("load", "import", "read", "get", "fetch", "download")
_NEAR = 4  # functions before and after one that it may be told apart by
_LONG = 48  # characters of a name that may still have to be told apart
_LONGEST = 64  # characters of a name that had to be told apart from another one


class Namer:
    """Gives every function a name of its own; `taken` are names that the package must not reuse."""

    def __init__(self, analysis: Analysis, groups: Sequence[Group], taken: Collection[str]) -> None:
        self._analysis = analysis
        self._groups = list(groups)
        self._taken = {*taken, *keyword.kwlist, *dir(builtins), *STAGES, "run", "main"}
        self._shapes: set[str] = set()  # names without their digits
        self._cells = {cell.index: cell for cell in analysis.program.cells}
        self._sections = sections(analysis.program.cells)
        self._position = {group: number for number, group in enumerate(self._groups)}
        self._fellows: dict[int, list[Group]] = defaultdict(list)  # of one section
        for group in self._groups:
            self._fellows[self._section(group)].append(group)
        self._alike: dict[str, list[Group]] = defaultdict(list)  # by the name that they want
        self._qualifiers = Qualifiers(analysis, self._sections)
        self._deeds = {group: self._deeds_of(group) for group in self._groups}
        self._actions = {group: self._by_actions(group) for group in self._groups}
        self._headings = {group: self._heading(group) for group in self._groups}
        self._prose = prose_of(
            analysis, self._groups, {g for g, text in self._headings.items() if text}
        )
        self._sentences: dict[Group, tuple[str, str]] = {}  # and the names that they make
        self._names = self._choose()

    def name(self, group: Group) -> str:
        """Return the name of the function made of `group`."""
        return self._names[group]

    def docstring(self, group: Group) -> str:
        """Return the docstring of the function made of `group`."""
        name, heading = self._names[group], self._headings[group]
        base, sentence = self._sentences.get(group, ("", ""))
        if sentence and name.startswith(base):
            sentence += name.removeprefix(base).replace("_", " ")
        prose = self._prose.get(group, "")
        return docstring(self._analysis, group, name, sentence, heading, prose)

    # ---- choosing among the candidates of all functions

    def _choose(self) -> dict[Group, str]:
        """Return the names; functions that want the same one are told apart by what differs."""
        bases = {group: self._base(group) for group in self._groups}
        wanted: dict[str, list[Group]] = {}
        for group, base in bases.items():
            wanted.setdefault(_shape(base), []).append(group)
        names: dict[Group, str] = {}
        for group, base in bases.items():
            if len(wanted[_shape(base)]) == 1 and self._free(base):
                names[group] = self._take(base)
        for rivals in wanted.values():
            left = [group for group in rivals if group not in names]
            if len(left) > 1:
                self._tell_apart(left, bases)
        counts = Counter(bases.values())
        for group, base in bases.items():
            if group not in names and counts[base] == 1 and self._free(base):
                names[group] = self._take(base)
        for group, base in bases.items():
            self._alike[base].append(group)
        for group in self._groups:
            if group not in names:
                names[group] = self._alone(group, bases)
        return names

    def _free(self, name: str) -> bool:
        return (
            name.isidentifier()
            and name not in self._taken
            and _shape(name) not in self._shapes
            and len(name) <= _LONGEST
        )

    def _take(self, name: str) -> str:
        self._taken.add(name)
        self._shapes.add(_shape(name))
        return name

    def _tell_apart(self, rivals: Sequence[Group], bases: dict[Group, str]) -> None:
        """Lengthen names that several functions want by what they differ in."""
        for kind in self._qualifiers.symmetric:
            found = {group: kind(group, bases[group]) for group in rivals}
            if not all(found.values()) or len(set(found.values())) == 1:
                continue
            longer = {group: f"{bases[group]}_{found[group]}" for group in rivals}
            if all(len(name) <= _LONG for name in longer.values()):
                bases.update(longer)
                return

    def _alone(self, group: Group, bases: Mapping[Group, str]) -> str:
        """Return a name for one function that the others leave free."""
        for candidate in self._candidates(group, bases):
            if self._free(candidate):
                return self._take(candidate)
        raise AssertionError("the candidates never end")

    def _candidates(self, group: Group, bases: Mapping[Group, str]) -> Iterator[str]:
        base = bases[group]
        yield base
        if base.startswith("train_"):
            yield f"re{base}"
        for candidate in dict.fromkeys((base, self._actions[group])):
            rivals = [g for g in self._alike[base] if g is not group]
            for qualifier in self._qualifiers.of(group, candidate, rivals):
                yield f"{candidate}_{qualifier}"
        for place in self._places(group, bases):
            yield f"{base}_{place}"
            yield f"{self._actions[group]}_{place}"
        origin = self._analysis.statements[group.positions[0]].origin
        stem = join([base])
        yield f"{stem}_of_cell_{origin.cell}"
        line = origin.line
        while True:
            yield f"{stem}_of_cell_{origin.cell}_{_letters(line)}"
            line += 1

    def _places(self, group: Group, bases: Mapping[Group, str]) -> Iterator[str]:
        """Yield what stands next to a function: what it prepares, or what it comes after."""
        index = self._position[group]
        own = self._actions[group]
        following = islice(self._groups, index + 1, None)
        preceding = (self._groups[place] for place in range(index - 1, -1, -1))
        after = list(islice((g for g in following if own not in bases[g]), _NEAR))
        before = list(islice((g for g in preceding if own not in bases[g]), _NEAR))
        places = [[f"before_{bases[g]}" for g in after], [f"after_{bases[g]}" for g in before]]
        if bases[group].partition("_")[0] not in vocabulary().preparing:
            places.reverse()
        for near in zip_longest(*places, fillvalue=""):
            yield from filter(None, near)

    # ---- what one function would be called

    def _base(self, group: Group) -> str:
        """Return the best name for a function, whatever the others are called."""
        cells = {self._analysis.statements[p].origin.cell for p in group.positions}
        given = {self._cells[cell].name for cell in cells}
        if len(given) == 1 and (name := given.pop()):
            own = re.sub(r"\W+", "_", name).strip("_").lower()
            if own.isidentifier():
                return own
        actions = self._actions[group]
        for text in (said(self._headings[group]), self._comment(group)):
            if text.telling and (name := self._by_text(text, actions, group)):
                if text.sentence:
                    self._sentences[group] = name, text.sentence
                return name
        return actions

    def _by_text(self, text: Said, actions: str, group: Group) -> str:
        """Return the name that a text makes, "" when the actions say more."""
        known = self._known(group)
        if text.verb:
            if group.stage == "load" and text.verb in _LOADING:
                return replace(text, verb="load").name()
            return "" if text.weak and known else text.name()
        verb = actions.partition("_")[0] if known else _VERBS.get(group.stage, "show")
        stems = {word[:4] for word in text.words}
        on_topic = stems & {word[:4] for word in actions.split("_")[1:]} or group.stage == "explore"
        if known and not (on_topic and 1 < len(text.words) <= _PHRASE):
            return ""
        return "" if verb[:4] in stems else text.name(verb)

    def _known(self, group: Group) -> bool:
        return any(deed.weight > AROUND for deed in self._deeds[group])

    def _by_actions(self, group: Group) -> str:
        frame = self._qualifiers.frame_of(group)
        deeds = self._deeds[group]
        return named(deeds, group.stage, frame) or self._default(group, frame)

    def _default(self, group: Group, frame: str) -> str:
        outputs = [telling(name) for name in self._qualifiers.new_names(group)]
        about = enumerated([name for name in outputs if name][:2])
        if about:
            return join([vocabulary().stages[group.stage], about])
        return vocabulary().defaults[group.stage]

    def _deeds_of(self, group: Group) -> list[Deed]:
        facts = [self._analysis.facts[p] for p in group.positions]
        deeds = [weighed(fact.action, fact.weight) for fact in facts]
        titled = [any(call.endswith(_TITLES) for call in fact.calls) for fact in facts]
        return by_title(deeds, titled) if sum(titled) in (1, 2) else deeds

    # ---- headings and comments

    def _section(self, group: Group) -> int:
        return self._sections[self._analysis.statements[group.positions[0]].origin.cell]

    def _heading(self, group: Group) -> str:
        """Return the heading that is about this function alone, or ""."""
        section = self._section(group)
        if section < 0:
            return ""
        text = next(iter(headings_of(self._cells[section].source)[::-1]), "")
        rivals = self._fellows[section]
        if len(rivals) == 1:
            return text
        stems = {word[:4] for word in words_of(text) if word not in vocabulary().stop}
        shares = {other: self._overlap(other, stems) for other in rivals}
        best = max(shares.values())
        alone = best > 0 and [other for other in rivals if shares[other] == best] == [group]
        return text if alone else ""

    def _overlap(self, group: Group, stems: Collection[str]) -> int:
        """Count the words of a heading that the function's name by its actions has, too."""
        return len({word[:4] for word in self._actions[group].split("_")} & set(stems))

    def _comment(self, group: Group) -> Said:
        """Return what a comment says that is about most of the function."""
        segments = self._segments(group)
        total = sum(weight for _, weight in segments) or 1.0
        best = max(segments, key=lambda segment: segment[1], default=(NOTHING, 0.0))
        if best[1] >= _MOSTLY * total:
            return best[0]
        verbs = {text.verb for text, _ in segments}
        if len(verbs) == 1 and "" not in verbs and all(text.telling for text, _ in segments):
            name = merged([text.name() for text, _ in segments])
            return Said(name.partition("_")[0], tuple(name.split("_")[1:]))
        return NOTHING

    def _segments(self, group: Group) -> list[tuple[Said, float]]:
        """Return what each comment says, with the weight of the statements up to the next one."""
        segments: list[tuple[Said, float]] = []
        cell = -1
        for position, deed in zip(group.positions, self._deeds[group], strict=True):
            statement = self._analysis.statements[position]
            texts = comments(statement)
            if not texts and not segments:
                texts = self._inherited(position)
            if texts or statement.origin.cell != cell or not segments:
                found = [said(text) for text in texts]
                best = next((text for text in found if text.verb and text.telling), NOTHING)
                segments.append((best if best.words else next(iter(found), NOTHING), 0.0))
            cell = statement.origin.cell
            segments[-1] = (segments[-1][0], segments[-1][1] + deed.weight)
        return segments

    def _inherited(self, position: int) -> list[str]:
        """Return the comment further up in a cell that goes on to a statement without blank line."""
        statements = self._analysis.statements
        cell = statements[position].origin.cell
        while position > 0 and statements[position - 1].origin.cell == cell:
            if any(line.comment is None for line in statements[position].tree.leading_lines):
                break
            position -= 1
            if texts := comments(statements[position]):
                return texts
        return []


def _letters(number: int) -> str:
    """Return a number from 1 as letters: a to z, then ba."""
    tens, ones = divmod(number - 1, 26)
    return ("" if not tens else _letters(tens + 1)) + chr(ord("a") + ones)


def _shape(name: str) -> str:
    return re.sub(r"_?\d+", "#", name)
