# trap: loc, iloc, drop, insert, pop and item assignment change the frame that other names hold
# row: order-preserving extraction
# needs: pandas

# %%
import pandas as pd

df = pd.DataFrame({"a": [1, 2, 3], "b": [4.0, None, 6.0]})
backup = df.copy()
view = df

# %%
df.loc[df.b.isna(), "b"] = df.b.mean()
df.iloc[0, 0] = 100
df.insert(0, "id", range(3))
y = df.pop("b")

# %%
df["a"] += 1
df.columns = ["key", "value"]
df = df.drop(columns="key")
print(view.to_dict("list"), df.to_dict("list"))
print(backup.b.isna().sum(), y.tolist())
