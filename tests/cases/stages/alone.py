# A cell whose imports and variables are missing: names suggest what they are, but prove nothing.

# %% explore
df.head()  #: explore pure
df["a"].hist()  #: explore !pure

# %% clean
df["a"] = df["a"].fillna(0)  #: clean

# %% clean
X_train, X_test = train_test_split(data)  #: clean -X_train

# %% train
clf.fit(X_train, y_train)  #: train

# %% predict
risk = clf.predict(X_new)  #: predict -risk

# %% evaluate
print(accuracy_score(y_test, y_pred))  #: evaluate

# %% feature
df["ratio"] = df["a"] / df["b"]  #: feature
