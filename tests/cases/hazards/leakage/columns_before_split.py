# case: some columns of the table are scaled in place, and go through a frame and a join
# expect: NB231@0:7 NB231@0:8

# %%
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler
df = pd.read_csv("prices.csv")
columns = ["size", "age"]
df[columns] = MinMaxScaler().fit_transform(df[columns])
filled = pd.DataFrame(SimpleImputer().fit_transform(df[["rooms"]]), columns=["rooms"])
df = pd.concat([df.drop(columns=["rooms"]), filled], axis=1)
train, test = train_test_split(df, random_state=0)
print(train.mean(), test.mean())
