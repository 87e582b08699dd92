"""Which columns of the data that a call reads the notebook uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nb2prod.inventory.uses import Use
from nb2prod.inventory.values import Value, elements

# Arguments that name columns, by keyword of any method or function and by position of methods.
_KEYWORDS = frozenset(
    "by on left_on right_on subset columns usecols index_col parse_dates values names_from id_vars"
    " value_vars x y hue col row color size style index keys".split()
)
_SURE = frozenset("by on left_on right_on subset usecols id_vars value_vars".split())
_METHODS = frozenset(
    "groupby sort_values drop pop set_index drop_duplicates pivot_table explode nlargest nsmallest"
    " select filter get hist boxplot orderBy groupBy withColumnRenamed".split()
)
_LIMIT = 500


def names(value: Value) -> list[str]:
    """Return the texts that a value is, or holds."""
    found = [value, *(elements(value) or () if value.items is not None else ())]
    return [text for part in found for text in part.texts if not part.type]


def note_keys(uses: Iterable[Use], keys: Value) -> None:
    """Note that columns are picked by subscript."""
    _note(uses, names(keys))


def note_attribute(uses: Iterable[Use], name: str) -> None:
    """Note that an attribute is read, which is a column if the data have one of that name."""
    for use in uses:
        if name not in use.made and len(use.attributes) < _LIMIT:
            use.attributes[name] = None


def note_call(
    uses: Sequence[Use], method: str, arguments: Sequence[Value], keywords: Mapping[str, Value]
) -> None:
    """Note the columns that a call names in its arguments."""
    if method in _METHODS:
        for value in arguments:
            _maybe(uses, names(value))
    for name, value in keywords.items():
        if name in _SURE:
            _note(uses, names(value))
        elif name in _KEYWORDS:
            _maybe(
                uses, [*names(value), *(key for key in value.mapping or {} if isinstance(key, str))]
            )
    renamed = keywords.get("columns")
    if method == "rename" and renamed is not None and renamed.mapping is not None:
        for use in uses:
            use.made.update(text for part in renamed.mapping.values() for text in part.texts)


def _note(uses: Iterable[Use], found: Sequence[str]) -> None:
    for use in uses:
        for name in found:
            if name not in use.made and len(use.columns) < _LIMIT:
                use.columns[name] = None


def _maybe(uses: Iterable[Use], found: Sequence[str]) -> None:
    for use in uses:
        for name in found:
            if name not in use.made and len(use.attributes) < _LIMIT:
                use.attributes[name] = None
