# trap: exec and globals() with names that are only known when it runs
# row: names inside strings

# %%
columns = ["age", "income"]
for i, column in enumerate(columns):
    exec(f"mean_{column} = {i} + 0.5")
    globals()["max_" + column] = i * 10

# %%
low = mean_age + max_age
high = globals()["mean_income"] + max_income

# %%
names = sorted(name for name in globals() if name.startswith(("mean_", "max_")))
print(low, high, names)
