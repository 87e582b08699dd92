# trap: a __future__ import applies to the functions of every cell after it: annotations are not evaluated
# row: imports

# %%
from __future__ import annotations


def area(width: NotDefinedAnywhere, height: int | None = None) -> "float":
    return width * (height or 1)


# %%
import math

kinds = area.__annotations__["width"]


def volume(depth: AlsoNotDefined):
    return area(2, 3) * depth


value = volume(2) + math.floor(1.5)
print(value, kinds)
