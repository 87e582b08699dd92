# case: the scaler sees all rows, the split comes after it
# expect: NB231@1:1

# %%
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
df = pd.read_csv("prices.csv")
X = df.drop(columns=["price"])
y = df["price"]

# %%
X_scaled = StandardScaler().fit_transform(X)

# %%
X_train, X_test, y_train, y_test = train_test_split(X_scaled, y, random_state=0)
print(X_train.mean(), X_test.mean(), y_train.mean(), y_test.mean())
