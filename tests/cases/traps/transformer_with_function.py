# trap: a notebook function inside a scikit-learn pipeline, called `pipeline`, reads a variable later
# row: functions and classes of the notebook
# needs: numpy sklearn

# %%
import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

shift = 1.0


def shifted(X):
    return np.log(X + shift)


# %%
pipeline = Pipeline([("log", FunctionTransformer(shifted)), ("scale", StandardScaler())])
X = np.arange(8.0).reshape(4, 2)
pipeline.fit(X)

# %%
shift = 100.0
later = pipeline.transform(X).round(8).tolist()
print(later)
