# case: fitted on everything, judged on a part of it
# expect: NB234@1:2 NB234@2:2

# %%
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
df = pd.read_csv("prices.csv")
X, y = df[["size"]], df["price"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

# %%
model = LinearRegression().fit(X, y)
print(model.score(X_test, y_test))

# %%
guess = model.predict(X_test)
print(r2_score(y_test, guess))
