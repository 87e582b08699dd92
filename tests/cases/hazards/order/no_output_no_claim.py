# case: run out of order, but the cell saved nothing that could be stale
# expect: nothing

# %% [1]
prices = [3, 5]

# %% [4]
total = sum(prices)

# %% [3]
prices.append(8)

# %% [5]
# out: 16
print(total)
