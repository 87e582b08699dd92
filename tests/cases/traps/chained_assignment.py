# trap: one object, several names; targets are bound from left to right
# row: reads and writes

# %%
a = b = []
a.append(1)

# %%
i = 0
x = [10, 20, 30]
i = x[i] = 2
x[0] = first = len(b)

# %%
left = right = count = 0
left += 5
print(a is b, b, i, x, first, left, right, count)
