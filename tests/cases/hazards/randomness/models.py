# case: estimators that draw, alone, in lists, in pipelines; a splitter that shuffles
# expect: NB221@1:1 NB221@1:2 NB221@1:3 NB221@1:4 NB221@1:5 NB221@1:6

# %%
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import KFold, RandomizedSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
df = pd.read_csv("prices.csv")
X, y = df[["size"]], df["sold"]

# %%
forest = RandomForestClassifier(n_estimators=10)
models = [forest, MLPClassifier()]
pipe = make_pipeline(StandardScaler(), KMeans(3))
folds = KFold(5, shuffle=True)
svm = SVC(probability=True)
search = RandomizedSearchCV(svm, {"C": [1, 2]}, cv=folds)

# %%
search.fit(X, y)
pipe.fit(X)
print([cross_val_score(model, X, y).mean() for model in models], search.best_params_, pipe)
