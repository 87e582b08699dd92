# case: the name is read inside a text and by a magic
# expect: nothing

# %%
import pandas as pd
df = pd.read_csv("prices.csv")

# %%
limit = 3

# %%
rows = 5

# %%
df.query("price > @limit")

# %%
%timeit range(rows)
