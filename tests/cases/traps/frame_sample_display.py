# trap: `df.sample(5)` at the end of a cell looks like a display but moves numpy's generator
# row: pure display
# needs: pandas numpy

# %%
import numpy as np
import pandas as pd

np.random.seed(0)
df = pd.DataFrame({"x": range(30)})
df.sample(5)

# %%
df.head()
df.describe()

# %%
order = np.random.permutation(5)
noise = np.random.rand()
df.pop("x").sum()

# %%
print(order.tolist(), noise, list(df.columns))
