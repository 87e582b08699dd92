# trap: a walrus inside a comprehension binds outside of it
# row: reads and writes

# %%
numbers = [4, 9, 15, 22]
big = None

# %%
found = any((big := v) > 10 for v in numbers)
running = 0
sums = [running := running + v for v in numbers]

# %%
print(found, big, sums, running)
print([v for v in numbers if (rest := v % 4)], rest)
