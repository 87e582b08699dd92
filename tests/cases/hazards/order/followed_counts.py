# case: the order on the page cannot run; the package follows the counts, so nothing is stale
# expect: NB201@1:2

# %% [1]
prices = [3, 5]

# %% [3]
# out: 8
print(total)

# %% [2]
total = sum(prices)
