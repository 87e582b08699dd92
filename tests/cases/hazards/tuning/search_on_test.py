# case: a grid search on the test rows
# expect: NB233@0:8

# %%
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, train_test_split
df = pd.read_csv("prices.csv")
X_train, X_test, y_train, y_test = train_test_split(df[["size"]], df["price"], random_state=0)
print(X_train.shape, y_train.shape)
search = GridSearchCV(Ridge(), {"alpha": [1, 2]})
search.fit(X_test, y_test)
print(search.best_params_)
