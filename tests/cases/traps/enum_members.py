# trap: an Enum is compared by identity and used as keys; its values come from a notebook variable
# row: functions and classes of the notebook

# %%
from enum import Enum, auto
from typing import NamedTuple

low = 10


class Level(Enum):
    LOW = low
    HIGH = low * 2
    TOP = HIGH + 5


class Point(NamedTuple):
    x: int
    level: Level = Level.LOW


# %%
low = 99
counts = {Level.LOW: 1, Level.HIGH: 2}
points = [Point(1), Point(2, Level(20))]

# %%
found = counts[points[1].level]
names = [member.name for member in Level]
print(found, names, points[0], Level.TOP.value)
