# case: the cell shows something: a value, a figure, a text
# expect: nothing

# %%
import matplotlib.pyplot as plt
prices = [3, 5]

# %%
cheapest = min(prices)
cheapest

# %%
axes = plt.subplot(); lines = axes.plot(prices)

# %%
print(max(prices))
