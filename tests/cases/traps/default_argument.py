# trap: a default argument is read when the function is defined, not when it is called
# row: reads and writes

# %%
limit = 3


def keep(values, top=limit, *, floor=limit - 2):
    return [v for v in values if floor <= v <= top]


# %%
limit = 100
kept = keep(range(10))

# %%
pick = lambda values, top=limit: [v for v in values if v <= top]
limit = 1
picked = pick([5, 50, 500])
print(kept, picked, limit)
