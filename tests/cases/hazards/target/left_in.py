# case: the identifier was dropped, the price was not
# expect: NB235@1:1

# %%
import pandas as pd
from sklearn.linear_model import LinearRegression
df = pd.read_csv("prices.csv")
X = df.drop(columns=["id"])
y = df["price"]

# %%
model = LinearRegression().fit(X, y)
print(model.coef_)
