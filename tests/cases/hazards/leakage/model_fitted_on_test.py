# case: a model is fitted on the test rows
# expect: NB232@0:6

# %%
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
df = pd.read_csv("prices.csv")
X_train, X_test, y_train, y_test = train_test_split(df[["size"]], df["price"], random_state=0)
model = LinearRegression().fit(X_test, y_test)
print(model.score(X_train, y_train))
