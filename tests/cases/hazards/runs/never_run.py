# case: one cell has neither count nor output, the others ran
# expect: NB204@1:1

# %% [1]
prices = [3, 5]

# %%
prices.append(8)

# %% [2]
print(prices)
