# trap: one estimator under two names is fitted again; a kept list holds the object, not its state
# row: order-preserving extraction
# needs: numpy sklearn

# %%
import numpy as np
from sklearn.base import clone
from sklearn.linear_model import LinearRegression

X, y = np.arange(6.0).reshape(-1, 1), np.array([0.0, 2, 4, 6, 8, 10])
model = LinearRegression()
kept = []

# %%
for degree in (1, 2):
    model.fit(X**degree, y)
    kept.append(model)
    kept.append(clone(model).fit(X, y + degree))

# %%
best = model
model.fit(X, -y)
slopes = [round(float(m.coef_[0]), 6) for m in kept] + [round(float(best.coef_[0]), 6)]
print(slopes, best is kept[0])
