# case: the test rows are scaled by their own mean, and encoded by their own categories
# expect: NB232@1:3 NB232@1:6

# %%
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler
X, y = pd.read_csv("X.csv"), pd.read_csv("y.csv")
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

# %%
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.fit_transform(X_test)
encoder = LabelEncoder()
y_train = encoder.fit_transform(y_train)
y_test = encoder.fit_transform(y_test)
print(X_train.mean(), X_test.mean(), y_train.mean(), y_test.mean())
