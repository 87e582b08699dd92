# case: inside a loop nothing is displayed either
# expect: NB207@0:4

# %%
import pandas as pd
df = pd.read_csv("prices.csv")
for name in ["a", "b"]:
    df.drop(name, axis=1)
print(df.shape)
