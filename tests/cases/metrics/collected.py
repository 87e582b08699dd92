from sklearn.metrics import mean_squared_error
# %%
scores = {}
errors_found = []
losses_left = []
others = []
for name, model in models.items():
    scores[name] = model.score(X, y)
    missed = mean_squared_error(y, model.predict(X))
    errors_found.append(missed)
    losses_left.append(1 - missed)
    others.append(name)
# output
scores = {}
errors_found = []
losses_left = []
others = []
for name, model in models.items():
    scores[name] = model.score(X, y)
    missed = mean_squared_error(y, model.predict(X))
    errors_found.append(missed)
    losses_left.append(1 - missed)
    others.append(name)
# metrics: scores more, errors_found less
