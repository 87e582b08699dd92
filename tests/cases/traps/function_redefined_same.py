# trap: the same cell run twice in the notebook: the same function, the same effects again
# row: redefinition

# %%
log = []


def add(value):
    log.append(value)
    return log


# %%
first = list(add(1))


def add(value):
    log.append(value)
    return log


# %%
second = add(2)
print(first, second, log)
