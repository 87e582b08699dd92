# case: what a loop over folds calls test rows serves for choosing
# expect: nothing

# %%
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
df = pd.read_csv("prices.csv")
X, y = df[["size"]].values, df["price"].values
means = []
for alpha in (0.1, 1, 10):
    scores = []
    for train, test in KFold(5).split(X):
        X_train, X_test = X[train], X[test]
        y_train, y_test = y[train], y[test]
        scores.append(Ridge(alpha).fit(X_train, y_train).score(X_test, y_test))
    means.append(np.mean(scores))
print(np.argmax(means))
