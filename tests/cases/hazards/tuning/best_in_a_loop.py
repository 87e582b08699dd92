# case: the depth is the one that scores best on the test rows
# expect: NB233@1:4

# %%
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
df = pd.read_csv("churn.csv")
X_train, X_test, y_train, y_test = train_test_split(df[["calls"]], df["left"], random_state=0)

# %%
best, model = 0, None
for depth in [3, 5, 8]:
    candidate = RandomForestClassifier(max_depth=depth, random_state=0).fit(X_train, y_train)
    score = candidate.score(X_test, y_test)
    if score > best:
        best, model = score, candidate
print(best, model)
