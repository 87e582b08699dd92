# case: the rows without values stay
# expect: NB207@0:3

# %%
import pandas as pd
df = pd.read_csv("prices.csv")
df.dropna()
print(len(df))
