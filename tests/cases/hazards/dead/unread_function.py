# case: a function that nothing calls
# expect: NB206@1:1

# %%
prices = [3, 5]
print(prices)

# %%
def cheapest(values):
    return min(values)
