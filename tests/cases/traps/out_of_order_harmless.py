# trap: counts out of order, but the document order works: it is what "run all" computes
# row: order
# ipython: yes

# %% [7]
x = 2

# %% [9]
y = x * 10
print(y)

# %% [8]
x = x + 5

# %% [12]
z = x + y
print(x, z)
