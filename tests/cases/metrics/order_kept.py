from sklearn.metrics import accuracy_score
# %%
print(model.fit(X, y), accuracy_score(y, p))
print(flag and accuracy_score(y, p))
print([accuracy_score(y, p) for p in predictions])
print(accuracy_score(y, p) if p else 0)
print((lambda: accuracy_score(y, p))())
# output
print(model.fit(X, y), accuracy_score(y, p))
print(flag and accuracy_score(y, p))
print([accuracy_score(y, p) for p in predictions])
print(accuracy_score(y, p) if p else 0)
print((lambda: accuracy_score(y, p))())
# metrics:
