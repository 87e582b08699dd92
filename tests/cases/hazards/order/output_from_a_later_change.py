# case: the cell was run again after a cell below changed the list in place
# expect: NB203@1:2

# %% [1]
prices = [3, 5]

# %% [4]
# out: [3, 5, 8]
prices

# %% [3]
prices.append(8)
