# case: of the scaled table only names and sizes go on
# expect: nothing

# %%
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
X = pd.read_csv("prices.csv")
scaled = pd.DataFrame(StandardScaler().fit_transform(X), columns=X.columns)
X = X[scaled.columns].head(scaled.shape[0])
train, test = train_test_split(X, random_state=0)
print(train.mean(), test.mean())
