from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import StandardScaler
scaler = StandardScaler().fit(X)
model = RandomForestClassifier(max_depth=7, random_state=0)
model.fit(scaler.transform(X), y)
# output
0:5 model-RandomForestClassifier: Why RandomForestClassifier, and what was it compared with; where do its settings come from (max_depth=7)?
