#! Download it from https://example.org
# %%
import pandas as pd
df = pd.read_csv("a.csv")
df = df.dropna()
df.dropna(inplace=True)  # sensors that were switched off
df = df[(df["age"] < 95) & ~df["kind"].isin(["x"])]
df = df.dropna(axis=1)
df = df[["age", "kind"]]
df = df.reset_index(drop=True)
old = df[df["age"] > 60]
# the registry has no patients above 90
df = df[df["age"] <= 90]
# output
1:3 rows-df-dropna: Why may rows of `df` be dropped (dropna())?
1:5 rows: Why may rows of `df` be dropped ((df['age'] < 95) & ~df['kind'].isin(['x']))?
1:9 number-60: Where does this number come from: 60 in `old = df[df['age'] > 60]`?
