# trap: `threshold` is defined nowhere; it has to come from outside
# row: a name that is never defined
# given: threshold = 2

# %%
values = [1, 2, 3, 4]

# %%
kept = [v for v in values if v > threshold]


def above(v):
    return v > threshold


# %%
flags = [above(v) for v in values]
print(kept, flags)
