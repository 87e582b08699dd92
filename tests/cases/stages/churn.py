# %% setup
import numpy as np  #: setup
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 42  #: setup pure SEED:int
np.random.seed(SEED)  #: setup !pure draws

# %% load
customers = pd.read_csv("data/customers.csv")  #: load customers:pandas.DataFrame read=data/customers.csv from=customers
usage = pd.read_csv("data/" + "usage.csv")  #: load read=data/usage.csv from=usage
customers.head()  #: explore pure !draws from=customers

# %% clean
customers["age"] = customers["age"].fillna(0)  #: clean !pure
customers.drop_duplicates("id", inplace=True)  #: clean !pure
usage = usage[usage["minutes"] >= 0]  #: clean pure usage:pandas.DataFrame from=usage
monthly = usage.groupby("id", as_index=False)["minutes"].mean()  #: clean from=usage

# %% explore
plt.hist(customers["age"], bins=20)  #: explore pure
plt.show()  #: explore pure

# %% clean
df = customers.merge(monthly, on="id")  #: clean df:pandas.DataFrame from=customers+usage

# %% feature
df["minutes_per_year"] = df["minutes"] / df["age"]  #: feature !pure
df = pd.get_dummies(df, columns=["plan"])  #: feature df:pandas.DataFrame

# %% clean
X = df.drop(columns=["churned"])  #: clean pure X:pandas.DataFrame
y = df["churned"]  #: clean y:pandas.Series
X_train, X_test, y_train, y_test = train_test_split(X, y)  #: clean draws X_train:pandas.DataFrame y_test:pandas.Series

# %% feature
scaler = StandardScaler()  #: feature scaler:sklearn.preprocessing.StandardScaler
X_train = scaler.fit_transform(X_train)  #: feature !pure fits=scaler
X_test = scaler.transform(X_test)  #: feature

# %% train
model = RandomForestClassifier(random_state=SEED)  #: train model:sklearn.ensemble.RandomForestClassifier
model.fit(X_train, y_train)  #: train !pure !draws fits=model

# %% evaluate
y_pred = model.predict(X_test)  #: evaluate !draws
score = accuracy_score(y_test, y_pred)  #: evaluate
print(score)  #: evaluate !pure

# %% predict
customers["risk"] = model.predict_proba(scaler.transform(X))[:, 1]  #: predict !pure

# %% save
customers.to_csv("at_risk.csv")  #: save !pure write=at_risk.csv
