# case: several models are judged, none is chosen; the choice is made on other rows; curves
# expect: nothing

# %%
import pandas as pd
import xgboost as xgb
from sklearn.linear_model import Lasso, Ridge
from sklearn.model_selection import GridSearchCV, train_test_split
df = pd.read_csv("prices.csv")
X_train, X_test, y_train, y_test = train_test_split(df[["size"]], df["price"], random_state=0)
scores = []
for model in (Ridge(), Lasso()):
    score = model.fit(X_train, y_train).score(X_test, y_test)
    scores.append(score)
    if score > 0.9:
        print("good")
print(scores)

# %%
X_fit, X_valid, y_fit, y_valid = train_test_split(X_train, y_train, random_state=0)
best, chosen = 0, None
for alpha in (0.1, 1, 10):
    model = Ridge(alpha).fit(X_fit, y_fit)
    score = model.score(X_valid, y_valid)
    if score > best:
        best, chosen = score, alpha
print(chosen, GridSearchCV(Ridge(), {"alpha": [1, 2]}).fit(X_train, y_train).score(X_test, y_test))

# %%
model = xgb.XGBRegressor().fit(X_train, y_train, eval_set=[(X_test, y_test)])
print(model.evals_result())
