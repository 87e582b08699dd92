# trap: lambdas kept in a dictionary read a variable that changes before they are called
# row: functions and classes of the notebook

# %%
scale = 10
rules = {"up": lambda v: v * scale, "down": lambda v: v / scale}

# %%
first = {name: rule(5) for name, rule in rules.items()}

# %%
scale = 2
second = {name: rule(5) for name, rule in rules.items()}
print(first, second)
