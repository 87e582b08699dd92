# case: split first, but the scaler is fitted on the whole table
# expect: NB231@0:7

# %%
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
X = pd.read_csv("prices.csv")
X_train, X_test = train_test_split(X, random_state=0)
scaler = StandardScaler()
scaler.fit(X)
X_train = scaler.transform(X_train)
X_test = scaler.transform(X_test)
print(X_train.mean(), X_test.mean())
