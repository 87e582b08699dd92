# trap: two cells do not parse (an unfinished call, Python 2); the others go on
# row: a cell that does not parse
# ipython: yes
# broken: 1 3
# stdout: ignore

# %%
rows = [1, 2, 3]

# %%
model = fit(rows,

# %%
total = sum(rows)

# %%
print "total is", total

# %%
mean = total / len(rows)
print(mean)
