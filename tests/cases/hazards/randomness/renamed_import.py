# case: under another name, and with random_state=None
# expect: NB221@0:4

# %%
import pandas as pd
from sklearn.model_selection import train_test_split as tts
df = pd.read_csv("prices.csv")
train, test = tts(df, random_state=None)
print(train.mean(), test.mean())
