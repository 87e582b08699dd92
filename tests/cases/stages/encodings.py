# Texts that become numbers and ranges that become classes are features; repairs are cleaning.

# %% load
import pandas as pd

df = pd.read_csv("a.csv")  #: load

# %% feature
df["sex"] = df["sex"].map({"male": 0, "female": 1})  #: feature
df.replace({"smoker": {"yes": 1, "no": 0}}, inplace=True)  #: feature
df["salary"] = df["salary"].replace(["low", "high"], [0, 1])  #: feature

# %% feature
df.loc[df["age"] <= 16, "age"] = 0  #: feature
df.loc[(df["age"] > 16) & (df["age"] <= 40), "age"] = 1  #: feature

# %% clean
df["plan"] = df["plan"].replace("?", "none")  #: clean
df.loc[df["fare"] > 500, "fare"] = 500  #: clean
df.loc[df["phone"].isnull(), "phone"] = "unknown"  #: clean
