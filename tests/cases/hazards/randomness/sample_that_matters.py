# case: the rows that are drawn are computed with
# expect: NB221@0:3

# %%
import pandas as pd
df = pd.read_csv("prices.csv")
half = df.sample(frac=0.5)
print(half.mean())
