# case: boosting stops where the test rows are predicted best
# expect: NB233@0:6

# %%
import pandas as pd
import xgboost as xgb
from sklearn.model_selection import train_test_split
df = pd.read_csv("prices.csv")
X_train, X_test, y_train, y_test = train_test_split(df[["size"]], df["price"], random_state=0)
model = xgb.XGBRegressor(early_stopping_rounds=5).fit(X_train, y_train, eval_set=[(X_train, y_train), (X_test, y_test)])
print(model.score(X_test, y_test))
