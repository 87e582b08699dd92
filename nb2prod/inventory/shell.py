"""Command lines of a shell: split into commands, and what those of the table do with data."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from nb2prod.inventory.tables import HERE
from nb2prod.inventory.texts import HOLE, is_url

_SEPARATORS = frozenset({";", "|", "&", "&&", "||", "|&", ";;"})
_PREFIXES = frozenset({"sudo", "time", "nohup", "yes", "command", "env"})
_NOWHERE = ("/dev/", "&")
_CONTINUED = re.compile(r"\\\r?\n\s*")
_STORE = re.compile(r"(s3|gs|gcs|hdfs|abfss?|wasbs?|dbfs|az|https?|ftp):/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Simple:
    """One command: its words, and the file that its output goes to."""

    words: tuple[str, ...]
    output: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a command reads or writes: the word that says where, what it saves, where it unpacks."""

    direction: str
    place: str
    kind: str
    format: str
    name: str  # of the command
    saves: tuple[str, ...] = ()
    unpacks: str | None = None
    fetches: bool = False
    folds: bool = False


@cache
def rows() -> Mapping[str, dict[str, Any]]:
    """The rows of commands, by their first words."""
    table = tomllib.loads((HERE / "commands.toml").read_text(encoding="utf-8"))
    return {name: row for row in table["command"] for name in row["name"]}


@cache
def magics() -> Mapping[str, dict[str, Any]]:
    """The rows of magics, by name."""
    table = tomllib.loads((HERE / "commands.toml").read_text(encoding="utf-8"))
    return {name: row for row in table["magic"] for name in row["name"]}


@cache
def runners() -> frozenset[str]:
    """Return the functions of Python that run a command line."""
    table = tomllib.loads((HERE / "commands.toml").read_text(encoding="utf-8"))
    return frozenset(name for row in table["runner"] for name in row["name"])


def lines(script: str) -> list[tuple[int, str]]:
    """Return the commands of a script with the number of the line, from 0, that each begins at."""
    found, number = [], 0
    parts = _CONTINUED.sub(lambda match: "\0" * match[0].count("\n"), script).split("\n")
    for line in parts:
        found.append((number, line.replace("\0", " ")))
        number += 1 + line.count("\0")
    return found


def commands(line: str) -> list[Simple]:
    """Return the commands of one line, in order."""
    found: list[Simple] = []
    words: list[str] = []
    output = ""
    tokens = iter(_tokens(_CONTINUED.sub(" ", line)))
    for token in tokens:
        if token in _SEPARATORS:
            found.append(Simple(tuple(words), output))
            words, output = [], ""
        elif token in (">", ">>", "&>", ">|"):
            if words and words[-1].isdigit():
                words.pop()
            target = next(tokens, "")
            output = "" if target.startswith(_NOWHERE) else target
        elif token in ("<", "<<", "<<<", ">&", "<&"):
            next(tokens, "")
        else:
            words.append(token)
    found.append(Simple(tuple(words), output))
    return [Simple(_plain(one.words), one.output) for one in found if one.words or one.output]


def _tokens(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";|&<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        tokens = list(lexer)
    except ValueError:
        tokens = line.split()
    end = next((i for i, token in enumerate(tokens) if token.startswith("#")), len(tokens))
    return tokens[:end]


def _plain(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without what stands before the command's own name."""
    start = 0
    while start < len(words) and (
        words[start] in _PREFIXES or re.fullmatch(r"\w+=\S*", words[start])
    ):
        start += 1
    rest = words[start:]
    return (rest[0].rpartition("/")[2], *rest[1:]) if rest else ()


def moved(command: Simple) -> Iterator[Moved]:
    """Yield what a command does with data, by its row; its output is a file that it writes."""
    row, rest = _row(command.words)
    if row is not None:
        yield from _by_row(
            row, " ".join(command.words[: len(command.words) - len(rest)]), rest, command.output
        )
    saved_by_row = row is not None and row.get("shape", "each") == "each"
    if command.output and not saved_by_row:
        yield Moved(
            "write", command.output, "file", "", command.words[0] if command.words else "echo"
        )


def _row(words: Sequence[str]) -> tuple[dict[str, Any] | None, Sequence[str]]:
    known = rows()
    plain = [word for word in words[:1]] + [word for word in words[1:5] if not word.startswith("-")]
    for length in (3, 2, 1):
        row = known.get(" ".join(plain[:length])) if len(plain) >= length else None
        if row is not None:
            last = plain[length - 1]
            return row, words[list(words).index(last, length - 1 if length > 1 else 0) + 1 :]
    return None, words


def _by_row(row: dict[str, Any], name: str, rest: Sequence[str], output: str) -> Iterator[Moved]:
    options, plain = _options(rest, frozenset(row.get("valued", "").split()))
    if "needs" in row and not any(_has(word, row["needs"]) for word in rest[:3]):
        return
    shape = row.get("shape", "each")
    base: dict[str, Any] = {"kind": row["kind"], "format": row.get("format", ""), "name": name}
    if shape == "pair":
        yield from _pair(plain, base, bool(row.get("fetches")))
        return
    folder = _first(options, row.get("into", ""))
    named = [value for key in row.get("named", "").split() for value in options.get(key, [])]
    skipped = row.get("skip", "").split()
    found = [*named, *(word for word in plain if word not in skipped and _fits(word, row))]
    if shape == "first":
        found = found[:1]
    elif shape == "clone":
        found, folder = found[:1], (plain[1] if len(plain) > 1 else folder)
    for place in found:
        saves = _saved(row, place, options, rest, folder, output)
        unpacks = None
        if "unpacks" in row and (row["unpacks"] != "option" or "--unzip" in rest):
            unpacks = folder or "."
        if shape == "clone":
            unpacks = folder or place.rstrip("/").rpartition("/")[2].removesuffix(".git")
        yield Moved(
            "read",
            place,
            saves=saves,
            unpacks=unpacks,
            fetches=bool(row.get("fetches")),
            folds=bool(row.get("folds")),
            **base,
        )


def _fits(word: str, row: Mapping[str, Any]) -> bool:
    pattern = row.get("pattern")
    return pattern is None or HOLE in word or bool(re.search(pattern, word))


def _has(word: str, letters: str) -> bool:
    return (
        bool(set(letters) & set(word.lstrip("-"))) and len(word) < 8 and not word.startswith("--")
    ) or (word in ("--extract", "--get"))


def _pair(plain: Sequence[str], base: dict[str, Any], fetches: bool) -> Iterator[Moved]:
    """`cp SOURCE... TARGET`: read from, and write to, what is a place of its own."""
    *sources, target = plain or [""]
    local = {**base, "kind": "file"}
    for source in sources:
        saved, unpacks = _copied(source, target)
        if not fetches:
            yield Moved("read", source, saves=(saved,), unpacks=unpacks, **local)
            yield Moved("write", saved, **local)
        elif _STORE.match(target):
            yield Moved("write", target, **base)
        elif _STORE.match(source) or HOLE in source:
            yield Moved(
                "read", source, saves=(saved,), unpacks=unpacks, fetches=True, folds=True, **base
            )


def _copied(source: str, target: str) -> tuple[str, str | None]:
    """Return the file that a copy makes, and the folder if it may be one that is copied."""
    name = source.rstrip("/").rpartition("/")[2]
    here = target in (".", "./", "..")
    to_folder = here or target.endswith("/") or "." not in target.rpartition("/")[2]
    saved = f"{target.rstrip('/')}/{name}" if to_folder and "*" not in name else target
    folder = "." not in name or "*" in name
    return saved, (saved if here else target) if folder else None


def _saved(
    row: Mapping[str, Any],
    place: str,
    options: Mapping[str, list[str]],
    rest: Sequence[str],
    folder: str,
    output: str,
) -> tuple[str, ...]:
    named = _first(options, row.get("saves", ""))
    if named and named != "-":
        return (f"{folder.rstrip('/')}/{named}" if folder else named,)
    if output:
        return (output,)
    flags = row.get("names", "")
    if flags == "always" or any(word in flags.split() for word in rest):
        name = place.partition("?")[0].rstrip("/").rpartition("/")[2] + row.get("ending", "")
        return (f"{folder.rstrip('/')}/{name}" if folder else name,)
    return ()


def _first(options: Mapping[str, list[str]], names: str) -> str:
    return next((options[name][0] for name in names.split() if name in options), "")


def _options(
    words: Sequence[str], valued: frozenset[str]
) -> tuple[dict[str, list[str]], list[str]]:
    """Split words into options with their values, and plain words."""
    options: dict[str, list[str]] = {}
    plain: list[str] = []
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "-" or is_url(word):
            plain.append(word)
            continue
        name, equals, value = word.partition("=")
        glued = next((v for v in valued if len(v) == 2 and word.startswith(v) and word != v), None)
        if equals:
            options.setdefault(name, []).append(value)
        elif word in valued:
            options.setdefault(word, []).append(next(rest, ""))
        elif glued and not word.startswith("--"):
            options.setdefault(glued, []).append(word[2:])
        elif len(word) > 2 and not word.startswith("--") and f"-{word[-1]}" in valued:
            options.setdefault(f"-{word[-1]}", []).append(next(rest, ""))
        else:
            options.setdefault(word, []).append("")
    return options, plain
