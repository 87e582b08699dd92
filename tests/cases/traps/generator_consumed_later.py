# trap: a generator reads its names when it is consumed, its first iterable when it is made
# row: functions and classes of the notebook

# %%
values = [1, 2, 3, 4]
shift = 100
shifted = (v + shift for v in values)

# %%
shift = 0
values = ["not", "used"]
first = next(shifted)

# %%
shift = -1
rest = list(shifted)
empty = list(shifted)
print(first, rest, empty)
