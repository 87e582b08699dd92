# trap: names deleted in between; one is bound again, one uncovers the builtin
# row: reads and writes

# %%
raw = list(range(5))
max = 3
tops = [v for v in raw if v < max]

# %%
del max
biggest = max(raw)

# %%
half = raw[:2]
del raw, half[0]

# %%
raw = "again"
for word in ("x", "y"):
    del raw
    raw = word
print(tops, biggest, half, raw)
