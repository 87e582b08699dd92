# trap: a slice of an array is a view, fancy indexing is a copy
# row: order-preserving extraction
# needs: numpy

# %%
import numpy as np

grid = np.arange(12).reshape(3, 4)
first = grid[0]
picked = grid[[1, 2]]

# %%
first[:] = -1
picked[:] = 7
grid[2] *= 10

# %%
total = int(grid.sum())
print(grid.tolist(), first.tolist(), picked.tolist(), total)
