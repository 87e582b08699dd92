# case: two files are put together to be prepared, and taken apart again
# expect: nothing

# %%
import pandas as pd
from sklearn.preprocessing import StandardScaler
train = pd.read_csv("train.csv")
test = pd.read_csv("test.csv")
both = pd.concat([train, test])
both["fare"] = StandardScaler().fit_transform(both[["fare"]])
X_train, X_test = both[:800], both[800:]
train = both[: len(train)]
print(X_train.mean(), X_test.mean(), train.mean())
