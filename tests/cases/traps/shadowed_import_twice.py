# trap: the shadowed import is brought back by a second import and shadowed again
# row: a name that shadows an import or builtin

# %%
from math import sqrt

a = sqrt(16)
sqrt = sqrt(81)
print(sqrt)

# %%
b = sqrt + 1

# %%
from math import sqrt

c = sqrt(b)
sqrt = [sqrt(v) for v in (1, 4)]

# %%
print(a, b, c, sqrt)
