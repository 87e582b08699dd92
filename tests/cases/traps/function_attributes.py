# trap: attributes on a function, a mutable default and a cache keep state across cells
# row: functions and classes of the notebook

# %%
from functools import lru_cache

rate = 2


def tick(box=[]):
    tick.count += 1
    box.append(tick.count)
    return box


tick.count = 0


@lru_cache(maxsize=None)
def cost(n):
    return n * rate


# %%
first = [list(tick()), cost(3)]

# %%
rate = 100
second = [list(tick()), cost(3), cost(4)]
hits = cost.cache_info().hits
print(first, second, tick.count, hits)
