# trap: a list holds train and test; a loop changes both, then the names are bound anew
# row: order-preserving extraction
# needs: pandas

# %%
import pandas as pd

train = pd.DataFrame({"Sex": ["m", "f"], "Fare": [7.0, None], "y": [0, 1]})
test = pd.DataFrame({"Sex": ["f"], "Fare": [None]})
combine = [train, test]

# %%
for dataset in combine:
    dataset["Sex"] = dataset["Sex"].map({"m": 0, "f": 1})
    dataset["Fare"] = dataset["Fare"].fillna(train["Fare"].mean())

# %%
train = train.drop(columns="y")
for dataset in combine:
    dataset["Size"] = dataset["Fare"] + 1
combine = [train, test]

# %%
for dataset in combine:
    dataset.loc[dataset["Fare"] > 1, "Rich"] = 1
print(train.to_dict("list"), test.to_dict("list"), list(dataset.columns))
