# trap: values that nobody reads, made by calls that change something
# row: pure display

# %%
stack = [1, 2, 3, 4]
shown = stack.pop()
_ = stack.append(9)

# %%
unused = [stack.append(n) for n in range(2)]
stack.reverse() or print("reversed")

# %%
first, *_ = stack
assert stack.pop(0) == first
print(stack)
