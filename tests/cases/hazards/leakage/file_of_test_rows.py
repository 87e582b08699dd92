# case: test rows that come from a file of their own are known by their name beside train
# expect: NB232@0:7

# %%
import pandas as pd
from sklearn.preprocessing import LabelEncoder
train = pd.read_csv("train.csv")
test = pd.read_csv("test.csv")
encoder = LabelEncoder()
train["sex"] = encoder.fit_transform(train["sex"])
test["sex"] = encoder.fit_transform(test["sex"])
print(train.mean(), test.mean())
