# trap: the same few names are rewritten by every cell, partly from themselves
# row: reads and writes

# %%
df = {"age": [20, None, 40], "fare": [1, 2, 3]}
X, y = df["age"], df["fare"]

# %%
X = [v if v is not None else 30 for v in X]
df["age"] = X
y = [v * 10 for v in y]

# %%
X, X_test = X[:2], X[2:]
y, y_test = y[:2], y[2:]
df = {key: values[:2] for key, values in df.items()}

# %%
X = [[v] for v in X]
X[0].append(df["fare"][0])
score = sum(y) - sum(y_test) + len(X)
print(df, X, X_test, y, y_test, score)
