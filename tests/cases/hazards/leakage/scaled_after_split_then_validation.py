# case: the training rows are scaled and split once more for validation
# expect: nothing

# %%
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
X = pd.read_csv("prices.csv")
X_train, X_test = train_test_split(X, random_state=0)
scaler = StandardScaler().fit(X_train)
X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
X_train, X_valid = train_test_split(X_train, random_state=0)
print(X_train.mean(), X_valid.mean(), X_test.mean())
