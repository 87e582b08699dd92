# case: nothing reads the value, and nothing shows it
# expect: NB206@1:1

# %%
prices = [3, 5]
print(prices)

# %%
cheapest = min(prices)
