# case: cells were run several times, the last time in the order in which they stand
# expect: nothing

# %% [3]
prices = [3, 5]

# %% [9]
prices.append(8)

# %% [12]
# out: [3, 5, 8]
prices
