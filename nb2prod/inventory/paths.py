"""`os.path`, `pathlib` and the environment: functions of locations that give locations."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from nb2prod.inventory.texts import HERE, HOLE, is_absolute, is_url, normal, parent
from nb2prod.inventory.values import UNKNOWN, Value, combinations, constant, path, pieces, sequence

Text = Callable[[str], str]
_ANY = "*"


def _same(text: str) -> str:
    return text


def _absolute(text: str) -> str:
    return text if is_absolute(text) or text.startswith((HERE, HOLE)) else f"{HERE}/{text}"


_TEXT_FUNCTIONS: dict[str, Text] = {
    "abspath": _absolute,
    "realpath": _absolute,
    "normpath": normal,
    "normcase": _same,
    "expanduser": _same,
    "expandvars": _same,
    "relpath": _same,
    "fspath": _same,
    "basename": posixpath.basename,
    "dirname": parent,
}
_WITHOUT = {
    "parent": parent,
    "name": lambda text: PurePosixPath(text).name,
    "stem": lambda text: PurePosixPath(text).stem,
    "suffix": lambda text: PurePosixPath(text).suffix,
}
_SAME = frozenset("expanduser as_posix as_uri rename replace".split())
_ABSOLUTE = frozenset("resolve absolute".split())
_LISTING = frozenset("glob rglob iterdir".split())


def joined(parts: Sequence[Value]) -> tuple[str, ...]:
    """Return the paths that come of joining parts, each in turn."""
    rows = combinations([[str(piece) for piece in pieces(part)] for part in parts])
    return tuple(dict.fromkeys(_join(row) for row in rows))


def _join(row: Sequence[str]) -> str:
    result = ""
    for part in row:
        if is_url(result):
            result = f"{result.rstrip('/')}/{part.lstrip('/')}" if not is_url(part) else part
        else:
            result = part if part.startswith(HERE) else posixpath.join(result, part)
    return result


def function(name: str, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value | None:
    """Return what a function of `os`, `os.path`, `pathlib` gives; None for one that is not here."""
    module, _, short = name.rpartition(".")
    if name in ("os.path.join", "posixpath.join", "ntpath.join"):
        return constant(*joined(arguments))
    if module in ("os.path", "os", "posixpath", "ntpath") and short in _TEXT_FUNCTIONS:
        return _mapped(_TEXT_FUNCTIONS[short], arguments)
    if name in ("os.path.split", "os.path.splitext"):
        return _split(posixpath.split if short == "split" else posixpath.splitext, arguments)
    if name in ("os.getcwd", "os.getcwdu"):
        return constant(HERE)
    if name in ("os.getenv", "os.environ.get", "os.environ.setdefault", "os.environ.pop"):
        return environment(arguments, keywords)
    if module in ("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"):
        return {"cwd": path([HERE]), "home": path(["~"])}.get(short)
    if module == "pathlib" and short.endswith("Path"):
        return path(joined(arguments) if arguments else ["."], _uses(arguments))
    return None


def environment(arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    """Return what a variable of the environment is: its default, or the home folder."""
    if arguments and "HOME" in arguments[0].texts:
        return constant("~")
    default = arguments[1] if len(arguments) > 1 else keywords.get("default", UNKNOWN)
    return constant(*default.constants) if default.texts else UNKNOWN


def _mapped(function: Text, arguments: Sequence[Value]) -> Value:
    if not arguments or not arguments[0].texts:
        return Value(uses=_uses(arguments[:1])) if arguments else UNKNOWN
    texts = dict.fromkeys(map(function, arguments[0].texts))
    return Value(constants=tuple(texts), uses=arguments[0].uses)


def _split(function: Callable[[str], tuple[str, str]], arguments: Sequence[Value]) -> Value:
    texts = arguments[0].texts if arguments else ()
    if not texts:
        return UNKNOWN
    pairs = [function(text) for text in texts]
    return sequence(constant(*dict.fromkeys(part)) for part in zip(*pairs, strict=True))


def attribute(owner: Value, name: str) -> Value | None:
    """Return an attribute of a path, None for what it has not."""
    if name in _WITHOUT:
        texts = dict.fromkeys(map(_WITHOUT[name], owner.texts))
        return path(texts, owner.uses) if name == "parent" else constant(*texts)
    if name == "parents":
        first = dict.fromkeys(map(parent, owner.texts))
        second = dict.fromkeys(map(parent, first))
        third = dict.fromkeys(map(parent, second))
        return sequence([path(first), path(second), path(third)])
    if name == "parts" and len(owner.texts) == 1:
        return sequence(map(constant, PurePosixPath(owner.texts[0]).parts))
    return None


def method(owner: Value, name: str, arguments: Sequence[Value]) -> Value | None:
    """Return what a method of a path gives, None for one that is not here."""
    if name in _SAME:
        return path(owner.texts, owner.uses)
    if name in _ABSOLUTE:
        return path(map(_absolute, owner.texts), owner.uses)
    if name == "joinpath":
        return path(joined([owner, *arguments]), owner.uses)
    if name in ("with_suffix", "with_name", "with_stem") and arguments:
        rows = combinations([owner.texts, pieces(arguments[0])])
        return path(dict.fromkeys(_with(name, str(a), str(b)) for a, b in rows))
    if name in _LISTING:
        return Value(each=path(listed(owner, name, arguments), owner.uses))
    return None


def listed(owner: Value, name: str, arguments: Sequence[Value]) -> tuple[str, ...]:
    """Return the patterns of what a path's `glob`, `rglob` or `iterdir` yields."""
    pattern = arguments[0] if arguments else constant(_ANY)
    middle = [constant("**")] if name == "rglob" else []
    return joined([owner, *middle, pattern])


def _with(name: str, text: str, part: str) -> str:
    folder, _, last = text.rpartition("/")
    stem, ending = posixpath.splitext(last)
    made = {"with_suffix": stem + part, "with_name": part, "with_stem": part + ending}[name]
    return f"{folder}/{made}" if folder or text.startswith("/") else made


def walked(texts: Sequence[str]) -> Value:
    """Return what `os.walk` yields: folders below some roots, and names in them."""
    folders = constant(*(f"{text.rstrip('/') or '/'}/**" for text in texts)) if texts else UNKNOWN
    names = Value(each=constant(_ANY))
    return Value(each=sequence([folders, names, names]))


def globbed(value: Value) -> Value:
    """Return what `glob.glob` yields for a pattern: the pattern stands for each of them."""
    return Value(each=Value(constants=value.constants, uses=value.uses)) if value.texts else Value()


def _uses(arguments: Sequence[Value]) -> tuple:  # type: ignore[type-arg]
    return tuple(use for value in arguments for use in value.uses)
