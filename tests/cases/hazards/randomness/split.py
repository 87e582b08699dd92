# case: a split without random_state
# expect: NB221@0:4

# %%
import pandas as pd
from sklearn.model_selection import train_test_split
df = pd.read_csv("prices.csv")
train, test = train_test_split(df)
print(train.mean(), test.mean())
