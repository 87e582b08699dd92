# trap: identity and sharing between values that pass through several cells
# row: order-preserving extraction

# %%
row = [0]
grid = [row] * 3
cycle = {"name": "root"}
cycle["self"] = cycle

# %%
grid[0].append(1)
key = grid[1]
same = key is row
nested = {"a": row, "b": (row, cycle)}

# %%
row = list(row)
row.append(2)
checks = [nested["a"] is key, nested["a"] is row, nested["b"][1]["self"] is cycle]
print(grid, row, same, checks)
