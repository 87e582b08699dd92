# trap: a frame is changed row by row while names from the loop live on
# row: reads and writes
# needs: pandas

# %%
import pandas as pd

df = pd.DataFrame({"name": ["a", "b", "c"], "score": [1, 5, 3]})
df["rank"] = 0
best = None

# %%
for i, row in df.iterrows():
    df.loc[i, "rank"] = (df["score"] > row["score"]).sum() + 1
    if best is None or row["score"] > best["score"]:
        best = row
        best_index = i

# %%
winner = df.loc[best_index, "name"]
print(df.to_dict("list"), winner, i, row["name"], best["rank"])
