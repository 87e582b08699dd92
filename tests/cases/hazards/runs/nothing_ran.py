# case: the counts were cleared: no cell has one
# expect: nothing
# counts: none

# %%
prices = [3, 5]

# %%
print(prices)
