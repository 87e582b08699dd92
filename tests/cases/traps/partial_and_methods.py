# trap: partial keeps values from when it was made; a bound method keeps its object
# row: functions and classes of the notebook

# %%
from functools import partial

base = 2
power = partial(pow, base)
words = []
keep = words.append

# %%
def scaled(value, factor):
    return value * factor + base


triple = partial(scaled, factor=3)
base = 10
words = ["other"]

# %%
keep("kept")
values = [power(5), triple(1), words, keep.__self__]
print(values)
