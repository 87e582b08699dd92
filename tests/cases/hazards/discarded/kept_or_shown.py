# case: changed in place, assigned, or looked at
# expect: nothing

# %%
import pandas as pd
df = pd.read_csv("prices.csv")
df.dropna(inplace=True)
df = df.drop_duplicates()
df.rename(columns={"a": "b"}, inplace=True)
df.sort_values("b")

# %%
parts = {1, 2}
parts.remove(1)
words = ["a"]
words.append("b")
print(parts, words, df)
