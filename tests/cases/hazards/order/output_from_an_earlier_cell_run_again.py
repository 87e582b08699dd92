# case: the first cell ran again after the second, so the output shows what the first one makes
# expect: NB203@2:2

# %% [5]
prices = [3, 5]

# %% [2]
prices = [p * 2 for p in prices]

# %% [6]
# out: [3, 5]
prices
