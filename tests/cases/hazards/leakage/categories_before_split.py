# case: only the list of categories is learned: a note
# expect: NB231@0:5

# %%
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder
df = pd.read_csv("prices.csv")
X = OneHotEncoder().fit_transform(df[["street"]])
train, test = train_test_split(X, random_state=0)
print(train.mean(), test.mean())
