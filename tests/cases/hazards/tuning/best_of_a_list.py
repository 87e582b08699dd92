# case: the scores are put into a list, and the best one is looked up
# expect: NB233@1:4

# %%
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
df = pd.read_csv("churn.csv")
X_train, X_test, y_train, y_test = train_test_split(df[["calls"]], df["left"], random_state=0)

# %%
errors = []
for k in range(1, 20):
    guess = KNeighborsClassifier(k).fit(X_train, y_train).predict(X_test)
    errors.append(np.mean(guess != y_test))

# %%
print(np.argmin(errors) + 1)
