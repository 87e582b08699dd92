# trap: notebook names looked up as strings
# row: names inside strings

# %%
alpha, beta = 1, 2
which = "beta"

# %%
picked = globals()[which]
both = [locals()["alpha"], vars()["beta"]]
text = "%(alpha)s-%(beta)s" % globals()

# %%
globals()["gamma"] = picked + alpha
filled = "{alpha}/{gamma}".format(**locals())
print(picked, both, text, gamma, filled)
