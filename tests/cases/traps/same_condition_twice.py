# trap: a name bound under a condition and read in a later cell under the same condition
# row: maybe-assigned names

# %%
tune = True
fast = False
if tune:
    depth = 4
if fast:
    width = 2

# %%
rows = list(range(5))

# %%
if tune:
    rows = rows[:depth]
if fast:
    rows = rows[:width]
size = len(rows)
print(rows, size)
