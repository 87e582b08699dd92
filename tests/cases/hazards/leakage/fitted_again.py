# case: the model is fitted on the training rows before it is judged, and on everything after
# expect: nothing

# %%
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
df = pd.read_csv("prices.csv")
X, y = df[["size"]], df["price"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = LinearRegression()
model.fit(X, y)
model.fit(X_train, y_train)
print(model.score(X_test, y_test), model.score(X_train, y_train))
model.fit(X, y)
print(model.predict(pd.read_csv("new.csv")))
