# case: a cell of comments cannot run
# expect: nothing

# %% [1]
prices = [3, 5]

# %%
# prices.append(8)

# %% [2]
print(prices)
