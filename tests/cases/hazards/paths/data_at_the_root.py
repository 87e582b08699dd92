# case: any absolute path that data are read from
# expect: NB210@0:2

# %%
import pandas as pd
df = pd.read_csv("/data/prices.csv")
print(df)
