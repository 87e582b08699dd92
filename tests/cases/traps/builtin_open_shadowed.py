# trap: builtins replaced by functions of the notebook, used by other functions afterwards
# row: a name that shadows an import or builtin

# %%
def summary(values):
    return len(values), round(sum(values) / len(values), 1)


before = summary([1, 2, 6])

# %%
def len(values):
    return 10


def round(value, digits):
    return int(value)


# %%
after = summary([1, 2, 6])
size = len([])

# %%
del len
final = summary([1, 2, 6])
print(before, after, size, final)
