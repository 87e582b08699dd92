# trap: a function reads names that are first bound after its definition, one never
# row: functions and classes of the notebook

# %%
def predict(x):
    if model is None:
        return never_bound_anywhere
    return [model(v) for v in x] + [threshold]


# %%
threshold = 0.5
model = abs

# %%
first = predict([-1, 2])
threshold, model = 0.9, round
second = predict([1.4])
print(first, second)
