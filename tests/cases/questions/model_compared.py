from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
model = RandomForestClassifier()
model.fit(X, y)
other = LogisticRegression().fit(X, y)
# output
