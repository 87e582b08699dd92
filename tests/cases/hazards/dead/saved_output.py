# case: the call is not known to show anything, but the notebook saved an output
# expect: nothing

# %%
prices = [3, 5]
print(prices)

# %%
# out: done
total = sum(prices)
