# case: the weights of a network start at random
# expect: NB222@0:6

# %%
import numpy as np
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
X, y = np.ones((4, 2)), np.ones(4)
model = Sequential([Dense(1)])
model.fit(X, y)
print(model.predict(X))
