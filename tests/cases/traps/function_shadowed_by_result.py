# trap: a notebook function loses its name to its own result, another function still calls it by that name
# row: a name that shadows an import or builtin

# %%
def score(values):
    return sum(values) / 10


def ranked(groups):
    return sorted(groups, key=score)


# %%
order = ranked([[9, 9], [1], [5, 5]])
score = score([1, 2, 3])

# %%
label = f"{score:.1f} {score=}"
print(order, label)
