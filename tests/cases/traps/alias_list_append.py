# trap: two names for one list; appending through one is seen through the other, cells later
# row: order-preserving extraction

# %%
orders = [12, 7, 30]
recent = orders

# %%
recent.append(99)
print(orders)

# %%
recent = recent + [1]
recent.append(2)
total = sum(orders)
print(orders, recent, total)
