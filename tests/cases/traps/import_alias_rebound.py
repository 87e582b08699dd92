# trap: an alias that means another module later, read by a function in between
# row: imports

# %%
import math as m


def root(x):
    return m.sqrt(x)


a = root(9)

# %%
import cmath as m

b = root(-9)
c = m.phase(-1)

# %%
print(a, b, round(c, 3))
