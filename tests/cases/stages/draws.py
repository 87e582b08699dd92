# What may use a global random generator.

# %% setup
import random

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

random.seed(1)  #: draws
np.random.seed(1)  #: draws
x = np.random.rand(3)  #: draws
y = np.zeros(3)  #: !draws
unknown(x)  #: draws

# %% train
RandomForestClassifier().fit(x, y)  #: draws
RandomForestClassifier(random_state=0).fit(x, y)  #: !draws
RandomForestClassifier(random_state=None).fit(x, y)  #: draws
LinearRegression().fit(x, y)  #: !draws
forest = RandomForestClassifier(random_state=0)
forest.fit(x, y)  #: !draws fits=forest
GridSearchCV(forest, {"max_depth": [2, 3]}).fit(x, y)  #: !draws
GridSearchCV(RandomForestClassifier(), {}).fit(x, y)  #: draws
make_pipeline(StandardScaler(), LinearRegression()).fit(x, y)  #: !draws
make_pipeline(StandardScaler(), RandomForestClassifier()).fit(x, y)  #: draws
train_test_split(x, y, random_state=0)  #: !draws
train_test_split(x, y)  #: draws
cross_val_score(forest, x, y, cv=KFold(5))  #: !draws
cross_val_score(forest, x, y, cv=KFold(5, shuffle=True))  #: draws
cross_val_score(forest, x, y, cv=KFold(5, shuffle=True, random_state=0))  #: !draws
pd.Series(x).apply(np.random.normal)  #: draws
pd.Series(x).apply(np.exp)  #: !draws
