# trap: one name imported from two modules in turn
# row: imports

# %%
from os.path import join

first = join("a", "b")

# %%
from shlex import join

second = join(["a b", "c"])


def both(parts):
    return join(parts)


# %%
third = both(["x", "y z"])
from os.path import join

fourth = join("c", "d")
fifth = join("p", "q")
print(first, second, third, fourth, fifth)
