# case: made-up neighbours of test rows stand among the training rows
# expect: NB231@0:5 NB231@1:3

# %%
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.model_selection import train_test_split
df = pd.read_csv("churn.csv")
X, y = SMOTE(random_state=0).fit_resample(df[["calls"]], df["left"])
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
print(X_train.mean(), X_test.mean(), y_train.mean(), y_test.mean())

# %%
from sklearn.utils import resample
few = df[df["left"] == 1]
more = resample(few, replace=True, n_samples=100, random_state=0)
train, test = train_test_split(pd.concat([df, more]), random_state=0)
print(train.mean(), test.mean())
