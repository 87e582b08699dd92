# trap: the loop's own variables are read after it, in another cell
# row: reads and writes

# %%
scores = {"ridge": 0.71, "lasso": 0.69, "tree": 0.83}
for i, (name, score) in enumerate(scores.items()):
    if score > 0.8:
        break

# %%
print("stopped at", i, name)
best = (name, score)

# %%
for i in range(3):
    pass
print(i, best)
