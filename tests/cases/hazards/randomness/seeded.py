# case: the generator that they draw from is seeded above
# expect: nothing

# %%
import random
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
np.random.seed(0)
random.seed(0)

# %%
df = pd.read_csv("prices.csv")
noise = np.random.normal(size=len(df))
train, test = train_test_split(df)
model = RandomForestClassifier().fit(train[["size"]], train["sold"])
order = random.sample(range(10), 3)
print(noise.mean(), test, model.score(test[["size"]], test["sold"]), order)
