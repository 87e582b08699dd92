# trap: names and docstrings of functions and classes are printed and used as keys
# row: redefinition

# %%
def mae(a, b):
    """Mean absolute error."""
    return sum(abs(x - y) for x, y in zip(a, b)) / len(a)


class Ridge:
    """A class."""


# %%
def mse(a, b):
    return sum((x - y) ** 2 for x, y in zip(a, b)) / len(a)


table = {f.__name__: f([1, 2], [3, 5]) for f in (mae, mse)}
kind = type(Ridge()).__name__

# %%
def mae(a, b):
    return 0


names = [mae.__name__, mae.__doc__, mse.__doc__, Ridge.__doc__, kind]
print(table, names)
