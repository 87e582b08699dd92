# trap: functions that read notebook variables handed to apply, groupby and pipe
# row: functions and classes of the notebook
# needs: pandas

# %%
import pandas as pd

df = pd.DataFrame({"kind": ["a", "b", "a"], "value": [1, 20, 300]})
cap = 100


def clip(value):
    return min(value, cap)


def spread(group):
    return group.max() - group.min() + offset


# %%
df["clipped"] = df["value"].apply(clip)
cap, offset = 5, 1000
df["tiny"] = df["value"].map(clip)

# %%
spreads = df.groupby("kind")["value"].agg(spread)
total = int(df.pipe(lambda frame: frame["clipped"].sum() + cap))
print(df.to_dict("list"), spreads.to_dict(), total)
