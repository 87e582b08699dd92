"""Docstrings of functions: what they do, the cells they came from, and the prose above those."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from nb2prod.knowledge.words import vocabulary, words_of
from nb2prod.model import Analysis
from nb2prod.plan.split import Group, sections

_HIDDEN = (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>"))
_ASIDE = ("setup", "save", "explore", "other")  # stages that prose is seldom about


def docstring(
    analysis: Analysis, group: Group, name: str, sentence: str, heading: str, prose: str
) -> str:
    """Return the docstring of the function `name` made of `group`.

    A sentence (`sentence`, or else the name), the cells, `heading` where it says more, `prose`.
    """
    cells = sorted({analysis.statements[p].origin.cell for p in group.positions})
    where = f"cell {cells[0]}" if len(cells) == 1 else f"cells {ranges(cells)}"
    told = sentence or _spoken(name)
    summary = f"{told} ({where})."
    if heading.count(" ") >= 2 and not sentence and not _repeats(heading, name):
        end = "" if heading[-1] in "?!" else "."
        prose = f"{heading.rstrip(' .:')}{end}\n\n{prose}".strip()
    return f"{summary}\n\n{prose}" if prose else summary


def _spoken(name: str) -> str:
    """Return a name as a sentence: "split_train_test_and_scale_features" in two clauses."""
    clauses = [""]
    for part in name.split("_and_"):
        verb = part.partition("_")[0]
        if clauses[-1] and (verb not in vocabulary().imperatives or "_" not in part):
            clauses[-1] += f"_and_{part}"
        else:
            clauses.append(part)
    told = ", and ".join(_clause(clause) for clause in clauses if clause)
    return f"{told[:1].upper()}{told[1:]}"


def _clause(name: str) -> str:
    """Return a name as a clause, with an article where one belongs."""
    for known, sentence in vocabulary().sentences.items():
        if name == known or name.startswith((f"{known}_of_", f"{known}_with_")):
            told = name.removeprefix(known).replace("_", " ")
            return f"{sentence[:1].lower()}{sentence[1:]}{told}"
    verb, _, rest = name.partition("_")
    first = rest.partition("_")[0]
    if verb in vocabulary().definite and rest and first not in vocabulary().joints | {"and"}:
        rest = f"the {rest}"
    return f"{verb} {rest}".replace("_", " ").strip()


def _repeats(heading: str, name: str) -> bool:
    """Return whether a heading says no more than the name."""
    said = {word for word in words_of(heading) if word not in vocabulary().stop}
    return {_stem(word) for word in said} <= {_stem(word) for word in name.split("_")}


def _stem(word: str) -> str:
    return word[:5].rstrip("eis")


def ranges(numbers: Sequence[int]) -> str:
    """Return sorted numbers in short: 1, 2, 3, 5 as "1-3, 5"."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{p[0]}-{p[-1]}" if len(p) > 1 else str(p[0]) for p in parts)


def prose_of(
    analysis: Analysis, groups: Sequence[Group], titled: Collection[Group]
) -> Mapping[Group, str]:
    """Return the prose of each group: the markdown cells above its code, each in one docstring.

    Prose above code that is in no function goes to the next function of its section, else to the
    one before; of several in a cell to one in `titled`, those that have a heading of their own.
    """
    owners = _owners(analysis, groups, titled)
    section_of = sections(analysis.program.cells)
    texts: dict[Group, list[str]] = {}
    for cell in analysis.program.cells:
        if cell.kind != "markdown":
            continue
        text = plain_text(cell.source)
        section = section_of[cell.index]
        inside = [c for c in owners if section_of[c] == section]
        after = [c for c in inside if c > cell.index]
        if text and inside:
            texts.setdefault(owners[after[0] if after else inside[-1]], []).append(text)
    return {group: "\n\n".join(dict.fromkeys(found)) for group, found in texts.items()}


def _owners(
    analysis: Analysis, groups: Sequence[Group], titled: Collection[Group]
) -> dict[int, Group]:
    """Return for every cell with code in a function the function that its prose is about."""
    found: dict[int, tuple[tuple[bool, bool, int], Group]] = {}
    for group in groups:
        for position in group.positions:
            cell = analysis.statements[position].origin.cell
            weight = analysis.facts[position].weight
            rank = (group in titled, group.stage not in _ASIDE, weight)
            if cell not in found or rank > found[cell][0]:
                found[cell] = rank, group
    return {cell: found[cell][1] for cell in sorted(found)}


def _without(text: str, opening: str, closing: str) -> str:
    """Return a text without what stands between two marks, in time linear in its length."""
    lower = text.lower()
    kept, start = [], 0
    while (begin := lower.find(opening, start)) >= 0 and (end := lower.find(closing, begin)) >= 0:
        kept.append(text[start:begin])
        start = end + len(closing)
    return "".join([*kept, text[start:]])


def plain_text(markdown: str) -> str:
    """Return markdown as text for a docstring: no headings, pictures, tags; links as words."""
    text = markdown
    for opening, closing in _HIDDEN:
        text = _without(text, opening, closing)
    text = re.sub(r"^ {0,3}#{1,6}\s[^\n]*$", "", text, flags=re.M)
    text = re.sub(r"<h[1-6]\b[^<>]{0,300}>.{0,500}?</h[1-6]>", "", text, flags=re.S | re.I)
    text = re.sub(r"!\[[^\[\]]*\]\([^()]*\)|<br\s*/?>", " ", text)
    text = re.sub(r"<[a-zA-Z/][^>\n]{0,300}>", "", text)
    text = re.sub(r"\[([^\[\]]+)\]\([^()]*\)", r"\1", text)
    text = re.sub(r"[*_]{2,3}(\S[^*_\n]*\S|\S)[*_]{2,3}", r"\1", text)
    text = re.sub(r"^\s*[-*_=]{3,}\s*$", "", text, flags=re.M)
    text = re.sub(r"&(?:nbsp|emsp|ensp);", " ", text).replace("&amp;", "&")
    text = text.replace("&lt;", "<").replace("&gt;", ">")
    lines = [re.sub(r"^\s{0,3}#{1,6}(?=\S)", "", line).rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n").strip()
