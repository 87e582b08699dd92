# case: folds by turns, everything for the final model, explanations, a test that is a word
# expect: nothing

# %%
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeRegressor
X, y = pd.read_csv("X.csv"), pd.read_csv("y.csv")
X1, X2, y1, y2 = train_test_split(X, y, random_state=0)
print(LinearRegression().fit(X1, y1).score(X2, y2), LinearRegression().fit(X2, y2).score(X1, y1))

# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = LinearRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
surrogate = DecisionTreeRegressor(random_state=0).fit(X_test, model.predict(X_test))
final = LinearRegression().fit(X, y)
print(surrogate.get_depth(), final.coef_)

# %%
test = ["some words", "more words"]
counts = CountVectorizer().fit_transform(test)
print(counts.shape)
