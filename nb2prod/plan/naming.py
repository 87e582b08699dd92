"""Names and docstrings of functions: from prose where there is some, else from what they do."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Sequence

from nb2prod.model import STAGES, Analysis, Stage
from nb2prod.plan.split import Group, sections

_VERBS: dict[Stage, str] = {
    "setup": "set_up",
    "load": "load",
    "clean": "clean",
    "feature": "build",
    "explore": "show",
    "train": "train",
    "evaluate": "evaluate",
    "predict": "predict",
    "save": "save",
    "other": "compute",
}
_NOUNS: dict[Stage, str] = {
    "setup": "environment",
    "load": "data",
    "clean": "data",
    "feature": "features",
    "explore": "data",
    "train": "model",
    "evaluate": "model",
    "predict": "target",
    "save": "results",
    "other": "values",
}
_IMPERATIVES = frozenset(
    "add aggregate analyse analyze apply balance bin build calculate check choose clean clip combine "
    "compare compute convert correct count create define delete describe detect display download drop "
    "encode engineer estimate evaluate examine explore export extract fill filter find fit fix generate "
    "get group handle identify impute inspect join label load look make map merge normalise normalize "
    "optimise optimize plot predict prepare preprocess process pull read reduce remove rename repair "
    "replace resample rescale reshape save scale score see select separate set show simulate sort split "
    "standardise standardize summarise summarize test tokenize train transform tune use validate "
    "vectorize view visualise visualize write".split()
)
_STOP = frozenset(
    "a an and are as at be been but by can could did do does every for from had has have how i if in is "
    "it its just let lets me more my new now of on or our so some step that the their them then there "
    "these they this those to us was we well were what when where which who why will with would you your "
    "part section exercise question task chapter solution answer cell notebook".split()
)
_GENERIC = frozenset(
    "data dataset eda analysis introduction intro overview summary conclusion results code setup "
    "preprocessing modeling modelling model features cleaning exploration evaluation training import "
    "imports libraries".split()
)
_MAX_WORDS = 4
_AGAIN = ("again", "further", "once_more", "finally", "anew", "afterwards", "last", "closing")


def slug_words(text: str) -> list[str]:
    """Return the words of a heading that can stand in a name, in lower case."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]+>|\$[^$]*\$", r" \1 ", text)
    return [word for word in re.findall(r"[a-z][a-z0-9]*", text.lower().replace("'", ""))]


def heading_of(source: str) -> str:
    """Return the first heading of a markdown cell, without marks and numbering; "" if none."""
    match = re.search(
        r"^\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$|<h[1-6][^>]*>(.*?)</h[1-6]>", source, re.M | re.S
    )
    text = (match.group(1) or match.group(2) or "") if match else ""
    text = re.sub(r"<[^>]+>|[*_`]{1,3}", "", text)
    return re.sub(r"^[\s\d.)(:•-]+", "", text).strip()


class Namer:
    """Gives every function a name of its own; `taken` are names that the package must not reuse."""

    def __init__(self, analysis: Analysis, groups: Sequence[Group], taken: Collection[str]) -> None:
        self.analysis = analysis
        self.taken = {*taken, *keyword.kwlist, *dir(builtins), *STAGES, "run", "main"}
        self.cells = {cell.index: cell for cell in analysis.program.cells}
        self.sections = sections(analysis.program.cells)
        self.shares: dict[tuple[int, str], int] = {}
        for group in groups:
            key = (self._section(group), group.module)
            self.shares[key] = self.shares.get(key, 0) + 1

    def _section(self, group: Group) -> int:
        return self.sections[self.analysis.statements[group.positions[0]].origin.cell]

    def heading(self, group: Group) -> str:
        """Return the heading that is about this function alone, or ""."""
        section = self._section(group)
        if section < 0 or self.shares[section, group.module] > 1:
            return ""
        return heading_of(self.cells[section].source)

    def name(self, group: Group, outputs: Sequence[str]) -> str:
        """Return a new name for the function made of `group`."""
        for candidate in self._candidates(group, outputs):
            name = re.sub(r"_+", "_", candidate).strip("_").lower()
            if name.isidentifier() and name not in self.taken:
                self.taken.add(name)
                return name
        raise AssertionError("the candidates never end")

    def _candidates(self, group: Group, outputs: Sequence[str]):
        override = {
            self.cells[self.analysis.statements[p].origin.cell].name for p in group.positions
        }
        if len(override) == 1 and (name := override.pop()):
            yield re.sub(r"\W+", "_", name)
        action = self._action(group)
        topic = self._topic(group)
        if topic:
            yield topic
        if action:
            yield action
        verb = _VERBS[group.stage]
        target = [o.lower() for o in outputs if len(o) > 1 and not o.startswith("_")]
        base = action or topic
        if not base:
            base = f"{verb}_{_NOUNS[group.stage]}"
            for name in target[:2]:
                yield f"{verb}_{name}"
            yield base
        for name in target[:3]:
            if name not in base:
                yield f"{base}_for_{name}"
        words = [w for w in slug_words(self._any_heading(group)) if w not in _STOP][:3]
        if words and not set(words) <= set(base.split("_")):
            yield f"{base}_for_{'_'.join(words)}"
        stage_word = f"{verb}_{_NOUNS[group.stage]}"
        yield f"{stage_word}_for_{target[0]}" if target else stage_word
        for word in _AGAIN:
            yield f"{base}_{word}"
        for first in _AGAIN:
            for second in _AGAIN:
                yield f"{base}_{first}_and_{second}"
        cell = self.analysis.statements[group.positions[0]].origin.cell
        line = self.analysis.statements[group.positions[0]].origin.line
        yield f"{base}_of_cell_{cell}"
        while True:
            line += 1
            yield f"{base}_of_cell_{cell}_line_{line}"

    def _any_heading(self, group: Group) -> str:
        section = self._section(group)
        return heading_of(self.cells[section].source) if section >= 0 else ""

    def _action(self, group: Group) -> str:
        facts = [self.analysis.facts[p] for p in group.positions]
        best = max(facts, key=lambda f: (f.weight, bool(f.action)))
        return best.action if best.action else next((f.action for f in facts if f.action), "")

    def _topic(self, group: Group) -> str:
        """Return a name from the heading: as it stands when it says what to do, else with a verb."""
        words = [w for w in slug_words(self.heading(group)) if w not in _STOP]
        if not words or len(words) > _MAX_WORDS + 2:
            return ""
        verb = words[0].removesuffix("ing")
        for guess in (words[0], verb, verb + "e", verb[:-1] if len(verb) > 2 else verb):
            if guess in _IMPERATIVES:
                return "_".join([guess, *words[1:_MAX_WORDS]]) if len(words) > 1 else ""
        if set(words) <= _GENERIC:
            return ""
        return "_".join([_VERBS[group.stage], *words[: _MAX_WORDS - 1]])


def docstring(analysis: Analysis, group: Group, name: str, heading: str) -> str:
    """Return the docstring: a sentence, the cells it came from, and the prose above them."""
    cells = sorted({analysis.statements[p].origin.cell for p in group.positions})
    where = f"cell {cells[0]}" if len(cells) == 1 else f"cells {ranges(cells)}"
    sentence = heading.rstrip(" .:!?") if heading and "\n" not in heading else ""
    if not sentence or len(sentence) > 60:
        sentence = name.replace("_", " ").capitalize()
    summary = f"{sentence[:1].upper()}{sentence[1:]} ({where})."
    prose = _prose(analysis, cells)
    return f"{summary}\n\n{prose}" if prose else summary


def ranges(numbers: Sequence[int]) -> str:
    """Return sorted numbers in short: 1, 2, 3, 5 as "1-3, 5"."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{p[0]}-{p[-1]}" if len(p) > 1 else str(p[0]) for p in parts)


def _prose(analysis: Analysis, cells: Sequence[int]) -> str:
    """Return the markdown directly above the cells, without its headings."""
    by_index = {cell.index: cell for cell in analysis.program.cells}
    texts = []
    for index in cells:
        above: list[str] = []
        while (index := index - 1) in by_index and by_index[index].kind == "markdown":
            above.insert(0, plain_text(by_index[index].source))
        texts += [text for text in above if text and text not in texts]
    return "\n\n".join(texts)


def plain_text(markdown: str) -> str:
    """Return markdown as text for a docstring: no headings, pictures, tags; links by their words."""
    text = re.sub(r"<(style|script)\b.*?</\1>", "", markdown, flags=re.S | re.I)
    text = re.sub(r"^\s{0,3}#{1,6}\s.*$|<h[1-6].*?</h[1-6]>", "", text, flags=re.M | re.S)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)|<[^>\n]{1,300}>", "", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"[*_]{2,3}(\S[^*_]*\S|\S)[*_]{2,3}", r"\1", text)
    text = re.sub(r"^\s*[-*_=]{3,}\s*$", "", text, flags=re.M)
    lines = [line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
