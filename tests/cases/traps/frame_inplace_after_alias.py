# trap: `clean` is the same frame as `raw`, so inplace=True and a new column change both
# row: order-preserving extraction
# needs: pandas

# %%
import pandas as pd

raw = pd.DataFrame({"age": [31.0, None, 45.0], "city": ["Oslo", "Rome", "Rome"]})

# %%
clean = raw
clean.dropna(inplace=True)
clean["senior"] = clean["age"] > 40

# %%
rows = len(raw)
columns = list(raw.columns)
print(rows, columns)

# %%
clean = clean.reset_index(drop=True)
clean["age"] = 0
print(raw["age"].tolist(), clean["age"].tolist())
