# trap: the right side is read before the left is bound
# row: reads and writes

# %%
a, b = 1, 2
a, b = b, a

# %%
fib = [0, 1]
low, high = 0, 1
for _ in range(6):
    low, high = high, low + high
    fib.append(high)

# %%
fib[0], fib[-1] = fib[-1], fib[0]
print(a, b, fib, low, high)
