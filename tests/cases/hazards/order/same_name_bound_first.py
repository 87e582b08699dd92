# case: the cell binds the name itself before it reads it, whoever else changes it
# expect: nothing

# %% [1]
n = 1
print(n)

# %% [4]
# out: 2
n = 2
print(n)

# %% [3]
n = 3
print(n)
