# trap: a function binds notebook names through globals()
# row: names inside strings

# %%
def remember(name, value):
    globals()[name] = value
    return value


# %%
remember("alpha", 3)
remember("beta", alpha * 2)

# %%
total = alpha + beta
remember("total", total * 10)
print(alpha, beta, total)
