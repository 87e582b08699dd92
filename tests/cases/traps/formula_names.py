# trap: a formula's text reads frame columns, numpy and a notebook function
# row: names inside strings
# needs: pandas numpy patsy

# %%
import numpy as np
import pandas as pd
from patsy import dmatrices

df = pd.DataFrame({"y": [1.0, 2, 4, 8], "x": [1.0, 2, 3, 4], "g": list("abab")})
power = 2


def grow(v):
    return v**power


# %%
y, X = dmatrices("y ~ np.log(x) + grow(x) + C(g)", df)

# %%
power = 3
y2, X2 = dmatrices("np.log(y) ~ grow(x) - 1", df)
values = [np.asarray(X).sum(), np.asarray(y2).sum(), np.asarray(X2).ravel().tolist()]
print(values)
