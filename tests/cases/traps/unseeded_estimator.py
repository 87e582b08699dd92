# trap: a model without random_state draws from numpy's generator, and so does what stands before it
# row: global state
# needs: numpy sklearn

# %%
import numpy as np
from sklearn.linear_model import SGDRegressor
from sklearn.model_selection import train_test_split

np.random.seed(5)
X = np.random.rand(40, 2)
y = X @ [2.0, -1.0] + np.random.normal(0, 0.1, 40)

# %%
X[np.random.choice(len(X), 3)]

# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25)
model = SGDRegressor(max_iter=50, tol=None).fit(X_train, y_train)

# %%
score = model.score(X_test, y_test)
coefficients = model.coef_.round(10).tolist()
print(score, coefficients)
