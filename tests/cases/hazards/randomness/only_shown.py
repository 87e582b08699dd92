# case: nothing goes on from what is drawn: a look at some rows
# expect: nothing

# %%
import numpy as np
import pandas as pd
df = pd.read_csv("prices.csv")
df.sample(5)

# %%
np.random.rand(3)

# %%
some = df.sample(3)
some

# %%
def draw(distribution):
    return distribution.sample()

print(draw)
