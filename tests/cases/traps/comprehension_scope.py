# trap: the comprehension's variables are its own, its first iterable is read outside
# row: reads and writes

# %%
x = "kept"
row = [1, 2, 3]

# %%
squares = [x * x for x in row]
pairs = {x: [y for y in row if y < x] for x in row}
flat = [row for row in [row, row[::-1]] for row in row]

# %%
print(x, row)
print(squares, pairs, flat)
