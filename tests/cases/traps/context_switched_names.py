# trap: a name is a list, then a function, then a class, then a module
# row: redefinition

# %%
thing = [3, 1, 2]
sizes = [len(thing)]

# %%
def thing(n=sizes[0]):
    return n * 10


sizes.append(thing())

# %%
class thing(list):
    def total(self):
        return sum(self) + len(sizes)


sizes.append(thing([5, 6]).total())

# %%
import math as thing

sizes.append(thing.floor(2.9))
print(sizes)
del thing
