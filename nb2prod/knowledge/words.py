"""The words that names are made of: from the table of verbs, and out of other names and texts."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MAX_LENGTH = 40  # of a name, in characters
MAX_WORDS = 6

_FRAMES = frozenset(["df", "dataframe"])
_COLUMNS = frozenset(["col", "cols"])
_SHORT = frozenset(["num", "cat", "val", "valid"])

_PIECES = re.compile(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+(?:st|nd|rd|th)?")
_FAMILY = re.compile(r"(Classifier|Regressor|Model|CV)+$")
_PLURAL = re.compile(r"\b([A-Z]{2,})s\b")


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a call does, as a verb and what follows it, and how much that says of a statement."""

    weight: int
    text: str


class Vocabulary:
    """The table of verbs, as look-ups."""

    def __init__(self, table: Mapping[str, object]) -> None:
        self.calls = {
            name: Phrase(level["weight"], phrase)
            for level in table["calls"]  # type: ignore[attr-defined]
            for name, phrase in _rows(level["rows"]).items()
        }
        texts: Mapping[str, Mapping[str, str]] = table  # type: ignore[assignment]
        self.transformers = [
            (re.compile(pattern), phrase)
            for pattern, phrase in _rows(texts["transformers"]["rows"]).items()
        ]
        self.models = _rows(texts["models"]["rows"])
        self.aggregates = _rows(texts["aggregates"]["rows"])
        self.nouns = _rows(texts["nouns"]["rows"])
        self.abbreviations = _rows(texts["abbreviations"]["rows"])
        self.many = _rows(texts["many"]["rows"])
        self.stages = _rows(texts["stages"]["rows"])
        self.sentences = _rows(texts["sentences"]["rows"])
        self.defaults = _rows(texts["defaults"]["rows"])
        words = {name: frozenset(text.split()) for name, text in texts["words"].items()}
        self.imperatives = words["imperatives"]
        self.ambiguous = words["ambiguous"]
        self.articles = words["articles"]
        self.spoken = words["spoken"]
        self.questions = words["questions"]
        self.stop = words["stop"]
        self.joints = words["joints"]
        self.generic = words["generic"]
        self.vague = words["vague"]
        self.foreign = words["foreign"]
        self.prediction = words["prediction"]
        self.attributes = words["attributes"]
        self.weak = words["weak"]
        self.extremes = words["extremes"]
        self.definite = words["definite"]
        self.preparing = words["preparing"]
        self.nouns_in_ing = words["nouns"]
        self.lists = words["lists"]


def _rows(text: str) -> dict[str, str]:
    """Return the lines `name name: phrase` of a block, by name."""
    found = {}
    for line in text.strip().splitlines():
        names, _, phrase = line.partition(":")
        found.update(dict.fromkeys(names.split(), phrase.strip()))
    return found


@cache
def vocabulary() -> Vocabulary:
    """Return the table of verbs, read once."""
    text = (Path(__file__).parent / "verbs.toml").read_text(encoding="utf-8")
    return Vocabulary(tomllib.loads(text))


def ascii_of(text: str) -> str:
    """Return a text with its letters in ASCII where they have a base letter there: "ü" as "u"."""
    text = text.replace("ß", "ss").replace("ø", "o").replace("ł", "l").replace("æ", "ae")
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def is_foreign(text: str) -> bool:
    """Return whether most letters of a text have no counterpart in ASCII."""
    letters = [letter for letter in text if letter.isalpha()]
    kept = [letter for letter in ascii_of(text) if letter.isalpha()]
    return len(kept) * 2 < len(letters)


def words_of(name: str) -> list[str]:
    """Return the words of an identifier, column or class: "SalePrice" as sale, price."""
    name = _PLURAL.sub(lambda match: match.group(1).capitalize() + "s", ascii_of(name))
    return [piece.lower() for piece in _PIECES.findall(name.replace("'", ""))]


def short(words: Sequence[str], limit: int = 3) -> str:
    """Return words as one noun of a name: no stop words if others remain, at most `limit`."""
    known = vocabulary()
    telling = [word for word in words if word not in known.stop] or list(words)
    return "_".join(telling[:limit])


def noun(name: str) -> str:
    """Return the noun for a variable or column, with abbreviations written out; "" if none."""
    words = words_of(name)
    written = "_".join(words)
    if written in vocabulary().abbreviations:
        return vocabulary().abbreviations[written]
    rest = [word for word in words if word not in _FRAMES] or words
    if len(rest) > 1 and {rest[0], rest[-1]} & _COLUMNS:
        rest = [*(word for word in rest if word not in _COLUMNS), "columns"]
    return short([vocabulary().abbreviations.get(w, w) if w in _SHORT else w for w in rest])


def telling(name: str) -> str:
    """Return the noun for a variable, "" for one that says nothing of what it holds."""
    bare = name.strip("_").lower()
    if bare in vocabulary().abbreviations and len(bare) > 1 and bare not in vocabulary().vague:
        return vocabulary().abbreviations[bare]
    bare = re.sub(r"_?\d+$", "", bare)
    return "" if bare in vocabulary().vague or len(bare) < 2 else noun(name)


def kind(name: str) -> str:
    """Return what people call a class of models: "RandomForestClassifier" as random_forest."""
    known = vocabulary().models.get(name)
    return known or short(words_of(_FAMILY.sub("", name) or name), 4)


def join(parts: Iterable[str]) -> str:
    """Return parts of a name joined and cut to size, at the end of a word and never at a joint."""
    words: list[str] = []
    for word in "_".join(part for part in parts if part).split("_"):
        if word and word != (words[-1] if words else ""):
            words.append(word)
    while len(words) > MAX_WORDS or len("_".join(words)) > MAX_LENGTH:
        words.pop()
    while words and words[-1] in (vocabulary().joints | {"and", "the"}):
        words.pop()
    return "_".join(words)


def enumerated(nouns: Sequence[str]) -> str:
    """Return up to three nouns as one: "a_and_b", "a_b_and_c"; "" for more or too long ones."""
    nouns = list(dict.fromkeys(one for one in nouns if one))
    if not nouns or len(nouns) > 3:
        return ""
    text = "_and_".join(nouns) if len(nouns) < 3 else f"{nouns[0]}_{nouns[1]}_and_{nouns[2]}"
    return text if len(nouns) == 1 or len(text) <= 28 else ""
