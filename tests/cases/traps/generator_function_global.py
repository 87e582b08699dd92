# trap: a generator function reads a notebook variable at every step, not at the call
# row: functions and classes of the notebook

# %%
step = 1


def count():
    n = 0
    while True:
        n += step
        yield n


# %%
numbers = count()
first = [next(numbers), next(numbers)]

# %%
step = 10
second = [next(numbers), next(numbers)]
print(first, second)
