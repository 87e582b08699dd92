"""Where two values differ first: of any kind, numbers with a tolerance."""

from __future__ import annotations

import math
import pickle
import re
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

PRECISE = 1e-6  # relative; another processor may round otherwise
TIMES = re.compile(r"(mean_|std_)?(fit|score|refit)_time_?")  # of a search's fits


def difference(found: Any, expected: Any, where: str, rel: float) -> str | None:
    """Say where two values differ first; None when they do not.

    `where` is what to call them; `rel` is the relative tolerance of numbers.
    """
    return Comparison(rel).difference(found, expected, where)


class Comparison:
    """Compares values of any kind; what contains itself is looked at once."""

    def __init__(self, rel: float) -> None:
        self.rel = rel
        self.seen: set[tuple[int, int]] = set()

    def difference(self, found: Any, expected: Any, where: str) -> str | None:
        """Say where two values differ first; None when they do not."""
        if type(found) is not type(expected):
            return f"{where}: {type(found).__name__} is not {type(expected).__name__}"
        if isinstance(expected, PLAIN):
            return (
                None if self._alike(found, expected) else told(where, found, expected)
            )
        pair = (id(found), id(expected))
        if pair in self.seen:
            return None
        self.seen.add(pair)
        if isinstance(expected, NAMED):
            names = [getattr(part, "__qualname__", "") for part in (found, expected)]
            return None if names[0] == names[1] else told(where, found, expected)
        for fits, compare in KINDS:
            if fits(expected):
                return compare(self, found, expected, where)
        return self.difference(state(found), state(expected), f"{where}.")

    def first(self, parts: Iterable[tuple[Any, Any, str]]) -> str | None:
        """Compare pairs of values, each with what to call it."""
        texts = (self.difference(one, other, where) for one, other, where in parts)
        return next((text for text in texts if text), None)

    def _alike(self, found: Any, expected: Any) -> bool:
        if isinstance(expected, float):
            if found != found and expected != expected:
                return True
            return math.isclose(
                found, expected, rel_tol=self.rel, abs_tol=self.rel * 1e-3
            )
        if isinstance(expected, str) and self.rel and found != expected:
            words, wanted = found.split(), expected.split()
            pairs = zip(words, wanted)
            return len(words) == len(wanted) and all(map(self._alike_words, pairs))
        return bool(found == expected)

    def _alike_words(self, pair: tuple[str, str]) -> bool:
        """Compare words of a text, numbers as numbers."""
        if pair[0] == pair[1]:
            return True
        try:
            found, wanted = (float(word.strip("[],()%")) for word in pair)
        except ValueError:
            return False
        return math.isclose(found, wanted, rel_tol=self.rel)

    def items(self, found: Any, expected: Any, where: str) -> str | None:
        """Compare lists and tuples."""
        if len(found) != len(expected):
            return f"{where}: {len(found)} items, not {len(expected)}"
        pairs = enumerate(zip(found, expected))
        return self.first((one, other, f"{where}[{n}]") for n, (one, other) in pairs)

    def mappings(self, found: Any, expected: Any, where: str) -> str | None:
        """Compare dictionaries, keys in order; how long a fit took is no result."""
        text = self.items(list(found), list(expected), f"{where} keys")
        kept = [k for k in expected if not (type(k) is str and TIMES.fullmatch(k))]
        return text or self.first(
            (found[key], expected[key], f"{where}[{key!r}]") for key in kept
        )

    def sets(self, found: Any, expected: Any, where: str) -> str | None:
        """Compare sets."""
        return None if found == expected else told(where, found, expected)

    def frames(self, found: Any, expected: Any, where: str) -> str | None:
        """Compare tables: columns, index, and every column with its type."""
        text = self.first(
            (getattr(found, part), getattr(expected, part), f"{where} {part}")
            for part in ("columns", "index")
        )
        return text or self.first(
            (found.iloc[:, n], expected.iloc[:, n], f"{where}[{name!r}]")
            for n, name in enumerate(expected.columns)
        )

    def arrays(self, found: Any, expected: Any, where: str) -> str | None:
        """Compare arrays, series and indexes: type, shape, names, values."""
        import numpy as np

        for part in ("dtype", "shape", "name", "names"):
            texts = [str(getattr(value, part, "")) for value in (found, expected)]
            if texts[0] != texts[1]:
                return told(f"{where} {part}", *texts)
        if hasattr(expected, "index") and hasattr(expected, "iloc"):
            text = self.arrays(found.index, expected.index, f"{where} index")
            if text:
                return text
        return self._values(np.asarray(found), np.asarray(expected), where)

    def _values(self, one: Any, other: Any, where: str) -> str | None:
        import numpy as np

        if other.dtype.names:
            return self.first(
                (one[name], other[name], f"{where}.{name}")
                for name in other.dtype.names
            )
        if other.dtype.kind == "O":
            return self.items(one.ravel().tolist(), other.ravel().tolist(), where)
        if other.dtype.kind in "fc":
            close = np.isclose(one, other, self.rel, self.rel * 1e-3, equal_nan=True)
        elif other.dtype.kind in "mM":
            close = (one == other) | (np.isnat(one) & np.isnat(other))
        else:
            close = np.asarray(one == other)
        if bool(close.all()):
            return None
        place = tuple(int(n) for n in np.argwhere(~close)[0]) if close.ndim else ()
        return told(f"{where}{list(place)}", one[place], other[place])


PLAIN = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis))
NAMED = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.ModuleType,
    type,
)


def state(value: Any) -> Any:
    """Return what makes up an object: what pickle would keep of it."""
    try:
        _, arguments, *rest = value.__reduce_ex__(4)
    except (TypeError, ValueError, AttributeError, pickle.PicklingError):
        return dict(getattr(value, "__dict__", {}))
    return [list(arguments), *(list(p) if isinstance(p, Iterator) else p for p in rest)]


def told(where: str, found: Any, expected: Any) -> str:
    """Say in a line that two values differ."""
    return f"{where}: {found!r:.80} is not {expected!r:.80}"


def is_frame(value: Any) -> bool:
    """Say whether a value is a table of pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame)


def is_data(value: Any) -> bool:
    """Say whether a value is data, which a function could change."""
    return (
        isinstance(value, (list, dict, set))
        or hasattr(value, "dtype")
        or is_frame(value)
    )


def is_array(value: Any) -> bool:
    """Say whether a value is an array, series or index."""
    return hasattr(value, "dtype") and hasattr(value, "__array__")


KINDS: tuple[tuple[Callable[[Any], bool], Callable[..., str | None]], ...] = (
    (lambda value: isinstance(value, (set, frozenset)), Comparison.sets),
    (lambda value: isinstance(value, (list, tuple)), Comparison.items),
    (lambda value: isinstance(value, dict), Comparison.mappings),
    (is_array, Comparison.arrays),
    (is_frame, Comparison.frames),
)
