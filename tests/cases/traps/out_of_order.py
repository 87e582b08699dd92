# trap: saved out of order: the document reads `clean` before it is bound, the execution counts do not
# row: order
# ipython: yes
# order: execution

# %% [1]
values = [4, 8, 15]

# %% [3]
total = sum(clean)
print(total)

# %% [2]
clean = [v * 2 for v in values]
values = []

# %% [4]
mean = total / len(clean)
print(mean, values)
