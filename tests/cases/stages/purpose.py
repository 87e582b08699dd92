# A value is about what it is made for.

# %% setup
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix

# %% load
train = pd.read_csv("train.csv")  #: from=train
test = pd.read_csv("test.csv")  #: from=test

# %% explore
by_year = train.groupby("year").size()  #: explore
plt.bar(by_year.index, by_year)  #: explore

# %% explore
by_month = train.groupby("month").size()  #: explore
by_month.head()  #: explore

# %% clean
late = train[train["month"] > 6]  #: clean
late.head()  #: explore

# %% predict
known = model_of_old.predict(test[["a"]])  #: predict

# %% evaluate
print(confusion_matrix(test["b"], known))  #: evaluate

# %% feature
dummies = pd.get_dummies(train["plan"])  #: feature
train = pd.concat([train, dummies], axis=1)  #: feature from=train

# %% train
params = {"C": 3}  #: train
model = LogisticRegression(**params)  #: train
model.fit(train[["a"]], train["b"])  #: train

# %% evaluate
matrix = confusion_matrix(train["b"], model.predict(train[["a"]]))  #: evaluate
sns.heatmap(matrix)  #: evaluate

# %% save
submission = pd.DataFrame({"id": test["id"]})  #: save from=test
submission["b"] = 1  #: save
submission.to_csv("submission.csv")  #: save write=submission.csv
