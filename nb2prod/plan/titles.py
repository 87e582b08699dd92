"""What authors write above their code, as words of a name: headings and comments."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from nb2prod.knowledge.words import (
    MAX_LENGTH,
    MAX_WORDS,
    ascii_of,
    is_foreign,
    join,
    vocabulary,
    words_of,
)
from nb2prod.model import Statement

_HEADING = re.compile(
    r"^\s{0,3}#{1,6}\s*(?P<marks>\S.*?)\s*#*\s*$|<h[1-6][^<>]{0,300}>(?P<tag>.{0,500}?)</h[1-6]>",
    re.MULTILINE | re.DOTALL,
)
_NUMBERING = re.compile(
    r"^\s*(?:(?:step|part|section|chapter|task|exercise|question|problem|case|stage|phase|q)\b\s*)?"
    r"(?:[#(\[]?\s*(?:\d+(?:\s*[.\-]\s*\d+)*\s*[a-z]?|[a-z]|[ivx]{1,5})\s*(?:[.):\]–—-]+\s*|$)"
    r"|\d+(?:\.\d+)*\s+)?[\s.):\]–—-]*",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\s*(?:[,;:(\[\n]|\.\s|\.$| [-–—] |->|=>|\bso that\b|\bbecause\b|\bsince\b|\bwhich\b).*",
    re.DOTALL,
)
_MUCH = 400  # characters of a text that are looked at: no name needs more
_LONGEST = 76  # characters of a sentence
_MOST_WORDS = 7  # of a text that can still be a name


@dataclass(frozen=True, slots=True)
class Said:
    """A text as words of a name: with its verb first when it tells to do something."""

    verb: str
    words: tuple[str, ...]  # without the verb
    sentence: str = ""  # the text, in the imperative

    @property
    def telling(self) -> bool:
        """Whether it says something of this notebook that would not be true of most others."""
        return not set(self.words) <= vocabulary().generic | vocabulary().joints

    @property
    def weak(self) -> bool:
        """Whether its verb says less than the code does."""
        return self.verb in vocabulary().weak

    def name(self, verb: str = "") -> str:
        """Return the name that it makes, with `verb` where it has none; "" if it is too long.

        What is too long may end before a preposition: "split the data into three parts".
        """
        words = [self.verb or verb, *self.words]
        while len(words) > MAX_WORDS or len("_".join(words)) > MAX_LENGTH:
            joints = [i for i, word in enumerate(words) if word in vocabulary().joints and i > 1]
            if not joints or set(words[1 : joints[-1]]) <= vocabulary().generic:
                return ""
            words = words[: joints[-1]]
        return join(words)


NOTHING = Said("", ())


def headings_of(source: str) -> list[str]:
    """Return the headings of a markdown cell, without marks and numbering."""
    texts = (bare_text(m["marks"] or m["tag"] or "") for m in _HEADING.finditer(source))
    return [text for text in map(without_numbering, texts) if text]


def heading_of(source: str) -> str:
    """Return the first heading of a markdown cell, without marks and numbering; "" if none."""
    return next(iter(headings_of(source)), "")


def bare_text(markdown: str) -> str:
    """Return one line of markdown as text: without tags, marks, links, formulas and pictograms."""
    text = re.sub(r"!\[[^\[\]]*\]\([^()]*\)|<[^<>]{0,300}>", " ", markdown)
    text = re.sub(r"\[([^\[\]]*)\]\([^()]*\)", r"\1", text)
    text = re.sub(r"\$+([^$]*)\$+", lambda match: re.sub(r"\\\w+|[{}^_\\]", "", match[1]), text)
    text = re.sub(r"&(?:nbsp|emsp|ensp);", " ", text).replace("&amp;", "&")
    text = re.sub(r"(?<!\w)[*_`~]{1,3}|[*_`~]{1,3}(?!\w)|`", "", text)
    text = re.sub(r"[\u2190-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]", "", text)
    return " ".join(text.split())


def without_numbering(text: str) -> str:
    """Return a heading without "2.1", "Step 3:", "a)" in front of it."""
    numbering = _NUMBERING.match(text)
    rest = text[numbering.end() if numbering else 0 :].strip(" #*_:.-–—")
    return rest if re.search(r"[^\W\d]{2}", rest) else ""


def said(text: str) -> Said:
    """Return a short text as words of a name; nothing for questions and other languages."""
    text = without_numbering(bare_text(text[:_MUCH].strip(" #-=*\t!")))
    if not text or text.endswith("?") or not _is_english(text):
        return NOTHING
    whole, text = text, _CLAUSE.sub("", text)
    words = words_of(text)
    if not words or words[0] in vocabulary().questions:
        return NOTHING
    verb = _verb(words)
    rest = words[1:] if verb else words
    if not rest:
        return NOTHING
    if not verb and (set(rest) & vocabulary().spoken or _is_gerund(rest[0])):
        return NOTHING
    if "to" in rest[1:]:
        rest = rest[: rest.index("to", 1)]
    pairs = zip(rest, ["", *rest], strict=False)
    kept = _content([_plain(word) if verb and last == "and" else word for word, last in pairs])
    if verb and rest[0] == "and" and kept:
        kept.insert(0, "and")
    if not 0 < len(kept) <= _MOST_WORDS:
        return NOTHING
    told = whole if len(whole) <= _LONGEST and "\n" not in whole else text
    return Said(verb, tuple(kept), _imperative(verb, told))


def _imperative(verb: str, text: str) -> str:
    """Return a text that starts with a verb in the imperative: "Filling gaps" as "Fill gaps"."""
    first, *rest = text.split()
    if not verb or not rest or first.lower() == verb:
        return f"{text[:1].upper()}{text[1:]}".rstrip(" .:!;") if verb else ""
    pairs = zip(rest, ["", *rest], strict=False)
    plain = [_plain(word) if before == "and" else word for word, before in pairs]
    return " ".join([verb.capitalize(), *plain]).rstrip(" .:!;")


def _is_english(text: str) -> bool:
    if is_foreign(text) or not text.replace("ï", "i").replace("é", "e").isascii():
        letters = [letter for letter in text if letter.isalpha()]
        if any(not letter.isascii() for letter in letters):
            return False
    return not set(words_of(text)) & vocabulary().foreign


def _plain(word: str) -> str:
    """Return a gerund in its plain form: "training and evaluating" is to train and evaluate."""
    return _verb([word, "it"]) if word.endswith("ing") and _verb([word, "it"]) else word


def _is_gerund(word: str) -> bool:
    return word.endswith("ing") and len(word) > 5 and word not in vocabulary().nouns_in_ing


def _content(words: Sequence[str]) -> list[str]:
    """Return the telling words, with prepositions between them."""
    known = vocabulary()
    kept = [w for w in words if w in known.joints or w == "and" or w not in known.stop]
    while kept and (kept[0] in known.joints or kept[0] == "and"):
        kept.pop(0)
    while kept and (kept[-1] in known.joints or kept[-1] == "and"):
        kept.pop()
    return kept


def _verb(words: Sequence[str]) -> str:
    """Return the verb that a text starts with, in its plain form: "filling" as fill; "" if none."""
    known = vocabulary()
    first, second = words[0], (words[1] if len(words) > 1 else "")
    if first in known.imperatives:
        return first if first not in known.ambiguous or second in known.articles else ""
    base = first.removesuffix("ing")
    if base == first or not second:
        return ""
    guesses = (base, base + "e", base[:-1])
    return next((guess for guess in guesses if len(guess) > 2 and guess in known.imperatives), "")


def comments(statement: Statement) -> list[str]:
    """Return the comments above a statement that are prose, not code put aside."""
    lines = [line.comment.value for line in statement.tree.leading_lines if line.comment]
    texts = [line.strip("# \t=-*") for line in lines]
    return [text for text in texts if text and text[0] not in "%!" and not _is_code(text)]


def _is_code(text: str) -> bool:
    """Return whether a comment is code: it parses, and is more than words."""
    if not re.search(r"[=(\[]|\.\w|^(import|from|del|return|for|if)\b", text):
        return False
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return (
            bool(re.search(r"^\w+(\.\w+)*\s*(\(|=[^=])|:$", text))
            and " " not in text.split("(")[0].strip()
        )
    return not all(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Name | ast.Constant)
        for node in tree.body
    )


def transliterated(text: str) -> list[str]:
    """Return the words of a text in any language, in ASCII, that can tell two names apart."""
    known = vocabulary()
    drop = known.stop | known.joints | known.foreign | {"and"}
    return [word for word in words_of(ascii_of(text)) if word not in drop and len(word) > 1]
