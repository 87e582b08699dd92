# trap: names that come from `import *`, one of them bound by the notebook before, one after
# row: imports

# %%
tau = "mine"
from math import *
from itertools import *

# %%
angle = sin(pi / 2)
values = list(islice(count(3), 2))
pi = 3

# %%
area = pi * 2**2
print(angle, values, area, round(tau, 2), floor(e))
