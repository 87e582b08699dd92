# case: the table itself, through a split; and a list of columns that holds the target
# expect: NB235@1:2 NB235@2:2

# %%
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score, train_test_split
df = pd.read_csv("churn.csv").dropna()
target = "left"

# %%
X_train, X_test, y_train, y_test = train_test_split(df, df[target], random_state=0)
model = RandomForestClassifier(random_state=0).fit(X_train, y_train)
print(model.score(X_test, y_test))

# %%
features = ["calls", "left", "plan"]
print(cross_val_score(RandomForestClassifier(random_state=0), df[features], df["left"]))
