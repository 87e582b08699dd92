# trap: last expressions that look like displays but change what they show
# row: pure display

# %%
queue = [5, 3, 9, 1]
queue.sort()
queue

# %%
queue.pop()

# %%
counts = {}
counts.setdefault("seen", []).append(len(queue))
counts["seen"]

# %%
lines = iter("abc")
next(lines);

# %%
rest = list(lines)
print(queue, counts, rest)
