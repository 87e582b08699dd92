# trap: a nested function keeps state through nonlocal; two instances do not share it
# row: reads and writes

# %%
start = 5


def counter():
    n = start

    def step(by=1):
        nonlocal n
        n += by
        return n

    return step


# %%
left = counter()
start = 100
right = counter()

# %%
steps = [left(), left(10), right(), left()]
print(steps)
