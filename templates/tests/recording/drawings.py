"""What is drawn with matplotlib, as texts and numbers that can be compared."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def drawings() -> Iterator[list[Any]]:
    """Collect what is drawn; figures are looked at before they are closed."""
    found: list[Any] = []
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        yield found
        return
    close, show = pyplot.close, pyplot.show
    close("all")

    def look(*_: Any, **__: Any) -> None:
        for number in pyplot.get_fignums():
            found.extend(axes_drawn(axes) for axes in pyplot.figure(number).axes)
        close("all")

    pyplot.close = pyplot.show = look
    try:
        yield found
    finally:
        look()
        pyplot.close, pyplot.show = close, show


@contextlib.contextmanager
def plot_options() -> Iterator[dict[str, str]]:
    """Collect the options of matplotlib that are changed, and take the changes back."""
    changed: dict[str, str] = {}
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None:
        yield changed
        return
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        before = matplotlib.rcParams.copy()
        yield changed
        after = matplotlib.rcParams
        changed.update((k, str(v)) for k, v in after.items() if v != before[k])


def axes_drawn(axes: Any) -> dict[str, Any]:
    """Describe axes by texts, limits, and each shape by its points and how it looks."""
    texts = [axes.get_title(), axes.get_xlabel(), axes.get_ylabel()]
    texts += [text.get_text() for text in axes.texts]
    if axes.get_legend():
        texts += [text.get_text() for text in axes.get_legend().get_texts()]
    shapes = [(line, [line.get_xydata()]) for line in axes.lines]
    shapes += [
        (patch, [patch.get_path().transformed(patch.get_patch_transform()).vertices])
        for patch in axes.patches
    ]
    shapes += [
        (part, [part.get_offsets(), *(path.vertices for path in part.get_paths())])
        for part in axes.collections
    ]
    shapes += [(part, [part.get_array()]) for part in axes.images]
    return {
        "texts": texts,
        "limits": [*map(float, axes.get_xlim()), *map(float, axes.get_ylim())],
        "size": [float(inches) for inches in axes.figure.get_size_inches()],
        "shapes": [[*points(data), *looks(artist)] for artist, data in shapes],
    }


def points(data: list[Any]) -> list[Any]:
    """Describe points by their number, middle and spread."""
    import numpy as np

    numbers = np.concatenate(
        [np.ma.getdata(part).ravel().astype(float) for part in data]
    )
    known = numbers[np.isfinite(numbers)]
    middle, spread = (
        (float(known.mean()), float(known.std())) if known.size else (0.0, 0.0)
    )
    return [len(numbers), middle, spread]


def looks(artist: Any) -> list[Any]:
    """Describe the colour, width, marker and so on of a shape."""
    wanted = (
        "color",
        "facecolor",
        "edgecolor",
        "linewidth",
        "linestyle",
        "marker",
        "alpha",
    )
    return [
        str(getattr(artist, f"get_{name}")())
        for name in (*wanted, "label")
        if hasattr(artist, f"get_{name}")
    ]


def is_drawing(value: Any) -> bool:
    """Say whether a value is a drawing, which is compared by what is drawn."""
    parts = value if isinstance(value, (tuple, list)) else [value]
    roots = {type(part).__module__.partition(".")[0] for part in parts}
    return bool(roots & {"matplotlib", "seaborn", "plotly"})
