# trap: a function reads a notebook variable that is bound anew between two calls
# row: functions and classes of the notebook

# %%
rate = 0.2


def tax(amount):
    return round(amount * rate, 2)


# %%
before = tax(50)

# %%
rate = 0.25
after = tax(50)

# %%
both = [tax(a) for a in (10, 20)]
rate = 0.0
print(before, after, both)
