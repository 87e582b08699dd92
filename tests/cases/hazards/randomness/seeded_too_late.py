# case: the seed comes after the split
# expect: NB221@0:5

# %%
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
df = pd.read_csv("prices.csv")
train, test = train_test_split(df)
np.random.seed(0)
print(train.mean(), test.mean(), np.random.rand())
