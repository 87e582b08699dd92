"""Requirements named by install commands: pip, conda and their relatives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from nb2prod.model import Requirement

_PIP_VALUES = re.compile(
    r"-[rciftbp]|--(requirement|constraint|(extra-)?index-url|find-links|target|prefix|root|src"
    r"|build|proxy|timeout|trusted-host|log|(global|install)-option|config-settings|(no|only)-binary"
    r"|python(-version)?|platform|abi|implementation|progress-bar|upgrade-strategy|retries|cache-dir"
    r"|exists-action|(client-)?cert|report|root-user-action|use-feature)"
)
_CONDA_VALUES = re.compile(r"-[cnp]|--(channel|name|prefix|file|solver|repodata-fn)")
_FILES = frozenset({"-r", "--requirement", "--file"})
_CONDA = frozenset({"conda", "mamba", "micromamba"})
_INSTALLS = frozenset({"install", "add", "update", "upgrade", "create"})
_TO_FILE = re.compile(r"[12]?>>?|&>")
_REDIRECTION = re.compile(r"[12]?>>?[&/\w]|[12]>|&>")
_NAME = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(.*)", re.DOTALL
)
_SPECIFIER = re.compile(r"(===?|[<>!~]=?)\s*[\w.*+!-]+(\s*,\s*(===?|[<>!~]=?)\s*[\w.*+!-]+)*")
_WHEEL = re.compile(r"([A-Za-z0-9._]+)-(\d[\w.+!]*)(-[^-]+)*\.whl$")
_URL = re.compile(r"(?P<scheme>[\w+.-]+://)(?:[^/@\s]*@)?(?P<rest>.*)")
_EGG = re.compile(r"#.*?egg=([A-Za-z0-9._-]+)")


def requirements(
    words: Sequence[str], where: str, folder: str | None
) -> tuple[tuple[Requirement, ...], tuple[str, ...]]:
    """What an install command asks for, and those of its words that name no distribution.

    `words` begin with the tool's name. Of another command of the tool (`pip list`): nothing.
    """
    tool, *rest = _without_redirections(words)
    if tool == "uv" and rest[:1] == ["pip"]:
        rest = rest[1:]
    if tool == "easy_install":
        rest = ["install", *rest]
    verb = next((word for word in rest if not word.startswith("-")), "")
    if verb not in _INSTALLS:
        return (), ()
    rest.remove(verb)
    conda = tool in _CONDA
    found: list[Requirement] = []
    unclear: list[str] = []
    for kind, word in _arguments(rest, _CONDA_VALUES if conda else _PIP_VALUES):
        if kind == "file":
            listed = _listed(word, where, folder)
            found += listed
            unclear += [] if listed else [word]
            continue
        made = _conda(word, where) if conda else requirement(word, where)
        if made:
            found.append(made)
        elif not (conda and word.startswith("python")):
            unclear.append(_public(word))
    return tuple(found), tuple(unclear)


def _without_redirections(words: Sequence[str]) -> Iterator[str]:
    """`2>&1` and `> log` go; `pandas >=1.0` without quotes stays what its author meant."""
    todo = iter(words)
    for word in todo:
        if _TO_FILE.fullmatch(word):
            next(todo, None)
        elif not _REDIRECTION.match(word):
            yield word


def _arguments(words: Sequence[str], with_value: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """The words that name something to install, and the files that list such words."""
    todo = iter(words)
    for word in todo:
        option, equals, value = word.partition("=")
        if not word.startswith("-"):
            yield "name", word
        elif option in ("-e", "--editable"):
            yield "name", value if equals else next(todo, "")
        elif with_value.fullmatch(option):
            value = value if equals else next(todo, "")
            if option in _FILES:
                yield "file", value
        elif word.startswith("-r") and len(word) > 2:
            yield "file", word[2:]


def requirement(text: str, where: str) -> Requirement | None:
    """One requirement as pip takes it; None when the distribution's name cannot be told."""
    text = text.strip()
    if "{" in text or "$" in text:
        return None
    if "://" in text or text.endswith((".whl", ".zip", ".tar.gz")):
        return _from_location(text, where)
    match = _NAME.fullmatch(text.partition(";")[0].strip())
    if not match or "/" in text or text.startswith("."):
        return None
    name, extras, specifier = match[1], match[2] or "", match[3].strip()
    if specifier.startswith("="):
        specifier = "==" + specifier.lstrip("=")
    if specifier and not _SPECIFIER.fullmatch(specifier):
        return None
    return Requirement(name, extras + specifier.replace(" ", ""), f"installed {where}")


def _from_location(text: str, where: str) -> Requirement | None:
    name, _, url = text.rpartition(" @ ")
    public = _public(url.strip())
    address = public.partition("#")[0]
    reason = f"installed {where} from {address}"
    wheel = _WHEEL.search(address.rpartition("/")[2])
    if wheel:
        return Requirement(wheel[1], f"=={wheel[2]}", reason)
    egg = _EGG.search(public)
    name = name.strip() or (egg[1] if egg else "")
    if not name and address.startswith(("git+", "hg+", "svn+", "bzr+")):
        path = address.split("://", 1)[-1].partition("@")[0]
        name = path.rstrip("/").rpartition("/")[2].removesuffix(".git")
    return Requirement(name, "", reason) if name else None


def _conda(word: str, where: str) -> Requirement | None:
    spec = word.rpartition("::")[2]
    name, equals, version = spec.partition("=")
    if not equals or version.startswith("=") or name.endswith(("<", ">", "!", "~")):
        made = requirement(spec, where)
    else:
        version = version.partition("=")[0]
        made = requirement(f"{name}=={version}{'' if '*' in version else '.*'}", where)
    return made if made and made.name != "python" else None


def _listed(path: str, where: str, folder: str | None) -> tuple[Requirement, ...]:
    """The requirements that a file beside the notebook lists."""
    if folder is None:
        return ()
    root = Path(folder).resolve()
    file = (root / path).resolve()
    if not (file.is_relative_to(root) and file.is_file() and file.stat().st_size < 1_000_000):
        return ()
    text = file.read_text(encoding="utf-8", errors="replace")
    return tuple(_lines(text.splitlines(), f"{where} from {path}"))


def _lines(lines: Iterable[str], where: str) -> Iterator[Requirement]:
    for line in lines:
        text = re.sub(r"(^|\s)#.*", "", line).strip()
        made = requirement(text, where) if text and not text.startswith("-") else None
        if made:
            yield made


def _public(url: str) -> str:
    """The address without the user name and token that may stand in it."""
    match = _URL.fullmatch(url)
    return f"{match['scheme']}{match['rest']}" if match else url
