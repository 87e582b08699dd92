# case: split, then fit on the training rows; pipelines; labels; what learns nothing; a plot's scaling
# expect: nothing

# %%
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, PolynomialFeatures, StandardScaler
df = pd.read_csv("churn.csv")
y = LabelEncoder().fit_transform(df["left"])
X = df.drop(columns=["left"])
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

# %%
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
poly = PolynomialFeatures(2)
P_train = poly.fit_transform(X_train)
P_test = poly.fit_transform(X_test)
print(P_train.shape, P_test.shape)

# %%
model = GridSearchCV(LogisticRegression(), {"C": [1, 2]}).fit(X_train, y_train)
print(model.score(X_test, y_test), cross_val_score(LogisticRegression(), X_train, y_train))

# %%
picture = StandardScaler().fit_transform(X)
print(picture.mean())
pipe = make_pipeline(StandardScaler(), LogisticRegression())
pipe.fit(X_train, y_train)
print(pipe.score(X_test, y_test))
