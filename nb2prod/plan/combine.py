"""One name for several actions: "fill_missing_age" and "fill_missing_fare" fill missing values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2prod.knowledge.words import MAX_LENGTH, enumerated, join, vocabulary
from nb2prod.model import Stage

# Verbs of actions that are rarely what a function is for, and what they count.
_MINOR = {"define": 0.1, "set": 0.4, "print": 0.4, "show": 0.4, "import": 0.1, "build": 0.6}
_MINOR |= {"copy": 0.4, "describe": 0.5, "compute": 0.8, "list": 0.5, "collect": 0.7}
_MINOR |= {"separate": 0.7, "tabulate": 0.7}
_FIGURES = {"prepare_figure", "show_figure", "close_figure", "label_axes", "adjust_axes"}
_FIGURES |= {"add_legend", "mark_figure"}
AROUND = 0.01  # the weight of what is done around a figure
_DRAWN = ("histogram", "distribution", "density", "counts", "boxes", "violins", "shares", "pairs")
_TOGETHER = 0.6  # of the weightiest action: what weighs as much belongs into the name


@dataclass(frozen=True, slots=True)
class Deed:
    """An action of a statement and how much it says of its function."""

    action: str
    weight: float

    @property
    def verb(self) -> str:
        """The first word."""
        return self.action.partition("_")[0]


def weighed(action: str, weight: int) -> Deed:
    """Return an action with its weight, less for verbs that are seldom the point."""
    verb = action.partition("_")[0]
    if not action or action in _FIGURES:
        return Deed(action, AROUND)
    return Deed(action, (weight + 1) * _MINOR.get(verb, 1.0))


def by_title(deeds: Sequence[Deed], titled: Sequence[bool]) -> list[Deed]:
    """Return the actions with those plots left to the titles of their figures.

    A figure goes from one `show` to the next.
    """
    found: list[Deed] = []
    figure: list[tuple[Deed, bool]] = []
    for deed, title in [*zip(deeds, titled, strict=True), (Deed("show_figure", 0.0), False)]:
        figure.append((deed, title))
        if deed.action == "show_figure":
            found += _titled(figure)
            figure = []
    return found[:-1]


def _titled(figure: Sequence[tuple[Deed, bool]]) -> list[Deed]:
    """Return the actions of one figure: of its plots only the title, with the weight of all."""
    plots = [deed.weight for deed, title in figure if deed.verb == "plot" and not title]
    if not any(title for _, title in figure) or not plots:
        return [deed for deed, _ in figure]
    found = []
    for deed, title in figure:
        if title:
            found.append(Deed(deed.action, max(plots)))
        else:
            found.append(Deed("", AROUND) if deed.verb == "plot" else deed)
    return found


def named(deeds: Sequence[Deed], stage: Stage, frame: str) -> str:
    """Return the name for what a function does, "" when nothing is known of it.

    `frame` is the noun of what it works on: the name of a function that does many things.
    """
    known = [deed for deed in deeds if deed.action]
    if not known:
        return ""
    best = max(known, key=lambda deed: deed.weight)
    kinds = _kinds(known, best.weight * _TOGETHER)
    names = [merged([deed.action for deed in kind]) for kind in kinds.values()]
    if stage == "evaluate" and "compute_values" in names:
        return "compute_metrics"
    if len(names) == 1:
        return names[0]
    if len(names) == 2 and len("_and_".join(names)) <= MAX_LENGTH:
        return shared(names)
    if stage == "evaluate":
        return "compute_metrics" if best.verb == "compute" else merged([best.action])
    if stage == "clean" and frame:
        return join(["clean", frame])
    if stage == "feature":
        return join(["prepare", frame]) if frame else "build_features"
    return merged([deed.action for deed in kinds[best.verb]])


def _kinds(deeds: Sequence[Deed], least: float) -> Mapping[str, list[Deed]]:
    """Return the actions that matter, by verb, in order."""
    kinds: dict[str, list[Deed]] = {}
    for deed in deeds:
        if deed.weight >= least:
            kinds.setdefault(deed.verb, []).append(deed)
    return kinds


def shared(names: Sequence[str]) -> str:
    """Return two names joined, what they are about once: "drop_and_rename_columns"."""
    first, second = (name.split("_") for name in names)
    if len(first) > 1 and first[1:] == second[1:]:
        return "_".join([first[0], "and", *second])
    return "_and_".join(names)


def merged(actions: Sequence[str]) -> str:
    """Return one name for actions with the same verb."""
    actions = list(dict.fromkeys(actions))
    if len(actions) == 1:
        return actions[0]
    parts = [action.split("_") for action in actions]
    prefix = _common(parts)
    suffix = _common([part[len(prefix) :][::-1] for part in parts])[::-1]
    middles = ["_".join(part[len(prefix) : len(part) - len(suffix)]) for part in parts]
    told = enumerated(middles) if all(middles) and not any("_and_" in m for m in middles) else ""
    text = "_".join([*prefix, told, *suffix]) if told else ""
    if text and len(text) <= MAX_LENGTH and text.count("_") < 6:
        return text
    heads = enumerated([_head(middle) for middle in middles]) if prefix == ["plot"] else ""
    if heads and not suffix:
        return f"plot_{heads}"
    return _general(prefix, suffix)


def _head(noun: str) -> str:
    """Return what a plot is of, without how it is drawn: "age_by_class_boxes" as age."""
    words = noun.split("_")
    ends = [i for i, word in enumerate(words) if word in ("by", "against", *_DRAWN)]
    return "_".join(words[: ends[0]] if ends and ends[0] else words)


def _general(prefix: Sequence[str], suffix: Sequence[str]) -> str:
    """Return the name of doing the same to many: "fill_missing_values", "plot_histograms"."""
    if suffix and suffix[0] not in vocabulary().joints:
        last = suffix[-1]
        plural = last if last.endswith("s") else f"{last}s"
        return join([*prefix, *suffix[:-1], plural])
    many = vocabulary().many
    for end in range(len(prefix), 0, -1):
        if noun := many.get("_".join(prefix[:end])):
            return join([*prefix[:end], noun])
    return join([*prefix, "values"])


def _common(parts: Sequence[Sequence[str]]) -> list[str]:
    """Return the words that all parts begin with."""
    found = []
    for words in zip(*parts, strict=False):
        if len(set(words)) > 1:
            break
        found.append(words[0])
    return found
