"""Three-way merge of metadata by nbdime; what runs and views leave behind never conflicts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

Json = dict[str, Any]

ABSENT: Final = object()  # the value of a key that is not there
CLASH: Final = object()  # both sides changed it, differently

# What a run or a look at a notebook writes: gone where the sides have changed it differently.
_TRANSIENT = (
    "ExecuteTime execution executionInfo collapsed scrolled autoscroll outputId widgets papermill"
    " signature"
).split()
_WHOLE = ("/metadata/kernelspec", "/metadata/language_info")  # parts of two make no third


def merged_value(base: Any, ours: Any, theirs: Any) -> Any:
    """Return the value that one side changed, or both alike; CLASH when they changed it differently."""
    if theirs in (base, ours):
        return ours
    return theirs if ours == base else CLASH


def merged_metadata(base: Json, ours: Json, theirs: Json) -> tuple[Json, bool]:
    """Return the metadata of a cell or a notebook, and whether something conflicts.

    A conflict is recorded as nbdime does, in the key `nbdime-conflicts`, beside the value of base.
    """
    left, right = dict(ours), dict(theirs)
    for key, rule in _RULES.items():
        sides = [side.get(key, ABSENT) for side in (base, ours, theirs)]
        if merged_value(*sides) is CLASH and (value := rule(*sides)) is not CLASH:
            for side in (left, right):
                _put(side, key, value)
    value = merged_value(base, left, right)
    merged, conflict = _by_nbdime(base, left, right) if value is CLASH else (value, False)
    return _ordered(merged, ours), conflict


def _by_nbdime(base: Json, ours: Json, theirs: Json) -> tuple[Json, bool]:
    """Return nbdime's merge. Its comparing of texts and lists takes minutes for long ones, so here they
    are taken whole."""
    import logging

    from nbdime.diffing import diff
    from nbdime.diffing.config import DiffConfig
    from nbdime.merging import apply_decisions
    from nbdime.merging.generic import decide_merge_with_diff
    from nbdime.utils import Strategies

    class Shallow(DiffConfig):  # type: ignore[misc]
        def is_atomic(self, x: object, path: str | None = None) -> bool:
            return not isinstance(x, dict) or path in _WHOLE

    logging.getLogger("nbdime").setLevel(logging.ERROR)  # the driver says itself what conflicts
    sides = [{"metadata": side} for side in (_rooted(base, ours, theirs), ours, theirs)]
    diffs = [diff(sides[0], side, config=Shallow()) for side in sides[1:]]
    strategies = Strategies({"/metadata": "record-conflict"})
    decisions = decide_merge_with_diff(*sides, *diffs, strategies)
    merged: Json = apply_decisions(sides[0], decisions)["metadata"]
    return merged, any(decision.conflict for decision in decisions)


def _rooted(base: Json, ours: Json, theirs: Json) -> Json:
    """Return base with an empty object where both sides added one: what they put in has other keys."""
    rooted = dict(base)
    for key in ours.keys() & theirs.keys():
        if isinstance(ours[key], dict) and isinstance(theirs[key], dict):
            below = base.get(key, {})
            if isinstance(below, dict):
                rooted[key] = _rooted(below, ours[key], theirs[key])
    return rooted


def _put(side: Json, key: str, value: Any) -> None:
    if value is ABSENT:
        side.pop(key, None)
    else:
        side[key] = value


def _ordered(merged: Json, model: Json) -> Json:
    """The keys as in model, new ones behind them."""
    keys = [key for key in model if key in merged]
    return {key: merged[key] for key in (*keys, *(key for key in merged if key not in model))}


def _tags(base: Any, ours: Any, theirs: Any) -> Any:
    """What either side added, without what either removed."""
    before = [] if base is ABSENT else base
    if not all(isinstance(side, list) for side in (before, ours, theirs)):
        return CLASH
    kept = [tag for tag in ours if tag in theirs or tag not in before]
    return kept + [tag for tag in theirs if tag not in before and tag not in ours]


def _language(base: Any, ours: Any, theirs: Any) -> Any:
    """Of two versions of one language the newer."""
    if not _agree("name", ours, theirs):
        return CLASH
    return max(ours, theirs, key=_version)


def _version(info: Json) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(info.get("version", "")))]


def _kernel(base: Any, ours: Any, theirs: Any) -> Any:
    """Each person's kernel of one language has a name of its own; ours is as good as theirs."""
    return ours if _agree("language", ours, theirs) else CLASH


def _agree(key: str, ours: Any, theirs: Any) -> bool:
    return isinstance(ours, dict) and isinstance(theirs, dict) and ours.get(key) == theirs.get(key)


def _gone(base: Any, ours: Any, theirs: Any) -> Any:
    return ABSENT


_RULES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "tags": _tags,
    "language_info": _language,
    "kernelspec": _kernel,
    **dict.fromkeys(_TRANSIENT, _gone),
}
