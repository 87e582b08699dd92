# case: what draws nothing, or has a seed
# expect: nothing

# %%
import pandas as pd
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
SEED = 3
options = {"random_state": SEED}
df = pd.read_csv("prices.csv")
a, b = train_test_split(df, shuffle=False)
c, d = train_test_split(df, random_state=SEED)
models = [LinearRegression(), LogisticRegression(), KNeighborsClassifier(), SVC(), KFold(5)]
forest = RandomForestClassifier(**options)
search = GridSearchCV(RandomForestClassifier(random_state=1), {"max_depth": [2]})
bag = BaggingClassifier(DecisionTreeClassifier(), random_state=0)
print(a, b, c, d, models, forest, search, bag)
