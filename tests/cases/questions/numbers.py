#! Download it from https://example.org
# %%
import pandas as pd
df = pd.read_csv("a.csv")
CUTOFF = 0.35
df["late"] = df["days"] > 37
df["amount"] = df["amount"].clip(upper=999)
df["many"] = df["count"] > len(df) - 3
df["flag"] = df["share"] > 0.5
# dearest ticket that is sold
df["price"] = df["price"].clip(upper=80)
def group(days):
    if days < 14:
        return "new"
    return "old"
# %%
#! Above 12 months the guarantee ends.
# %%
df["old"] = df["months"] > 12
# %%
df["size"] = df["size"].map({"S": 1, "M": 2, "L": 3})
df["plan"] = df["plan"].replace({"a": "x", "b": "x", "c": "y"})
df["yes"] = df["yes"].map({"yes": 1, "no": 0})
# output
1:3 number-CUTOFF: Why is `CUTOFF` 0.35?
1:4 number-37: Where does this number come from: 37 in `df['late'] = df['days'] > 37`?
1:5 number-999: Where does this number come from: 999 in `df['amount'] = df['amount'].clip(upper=999)`?
1:10 number-14: Where does this number come from: 14 in `days < 14`?
4:1 mapping: Who decided this mapping, and what of values that it does not have: {'S': 1, 'M': 2, 'L': 3}?
4:2 mapping: Who decided this mapping, and what of values that it does not have: {'a': 'x', 'b': 'x', 'c': 'y'}?
