# case: dropped, popped, deleted, picked by a list, or handed to a pipeline that picks
# expect: nothing

# %%
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
df = pd.read_csv("prices.csv")
a = df.drop("price", axis=1)
b = df.copy()
price = b.pop("price")
c = df.copy()
del c["price"]
d = df[["size", "rooms"]]
e = df.drop(columns=["id"])
e.drop(columns="price", inplace=True)
for X in (a, b, c, d, e):
    print(LinearRegression().fit(X, df["price"]).coef_)
print(LinearRegression().fit(a, df["price"]), LinearRegression().fit(b, price))
print(LinearRegression().fit(c, df["price"]), LinearRegression().fit(e, df["price"]))

# %%
train, test, y_train, y_test = train_test_split(df, df["price"], random_state=0)
model = LinearRegression().fit(train[["size"]], y_train)
print(model.score(test[["size"]], y_test))
picked = ColumnTransformer([("scale", StandardScaler(), ["size"])])
print(make_pipeline(picked, LinearRegression()).fit(train, y_train))
