# case: cut by hand, the model fitted on the whole; fitted on both parts put together again
# expect: NB234@1:2 NB234@2:2

# %%
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
df = pd.read_csv("prices.csv")
X, y = df[["size"]], df["price"]
X_train, X_test = X[:80], X[80:]
y_train, y_test = y[:80], y[80:]

# %%
model = LinearRegression().fit(X, y)
print(model.score(X_test, y_test))

# %%
both = LinearRegression().fit(pd.concat([X_train, X_test]), pd.concat([y_train, y_test]))
print(r2_score(y_test, both.predict(X_test)))

# %%
right = LinearRegression().fit(X_train, y_train)
print(right.score(X_test, y_test))
