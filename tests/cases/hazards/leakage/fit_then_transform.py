# case: fitted in one statement, used in another; text and selection too
# expect: NB231@0:8 NB231@0:11

# %%
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.model_selection import train_test_split
df = pd.read_csv("mails.csv")
y = df["spam"]
vectorizer = TfidfVectorizer()
vectorizer.fit(df["text"])
words = vectorizer.transform(df["text"])
selector = SelectKBest(k=10)
chosen = selector.fit_transform(words, y)
X_train, X_test, y_train, y_test = train_test_split(chosen, y, random_state=0)
print(X_train.mean(), X_test.mean(), y_train.mean(), y_test.mean())
