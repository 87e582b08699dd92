# case: the imports ran again at the end; they bind the same things as before
# expect: nothing

# %% [9]
import math
radius = 2

# %% [3]
# out: 12.57
math.pi * radius ** 2
