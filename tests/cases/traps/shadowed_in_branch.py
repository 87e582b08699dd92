# trap: an imported function is replaced by a fallback in a branch that is taken
# row: a name that shadows an import or builtin

# %%
from math import floor, log2

precise = False
before = floor(2.7)

# %%
if not precise:
    floor = int
else:
    log2 = round

# %%
after = floor(-2.7)
power = log2(8)
print(before, after, power)
