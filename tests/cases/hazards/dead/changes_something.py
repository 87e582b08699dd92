# case: the cell writes a file, changes a list, or draws a random number
# expect: nothing

# %%
import numpy as np
np.random.seed(1)
prices = [3, 5]

# %%
last = prices.pop()

# %%
draw = np.random.rand()

# %%
print(prices, np.random.rand())
