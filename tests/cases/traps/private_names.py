# trap: names with underscores: private, dunder, `_`, and mangling inside a class
# row: reads and writes

# %%
_cache = {}
__total = 5
_ = "underscore"


def __double(x):
    return x * 2


class Box:
    __slots__ = ("__n",)
    __shared = 10

    def __init__(self, n):
        self.__n = n + self.__shared
        _cache[n] = self.__n

    def get(self):
        return self.__n


# %%
box = Box(__total)
for _ in range(2):
    __total = __double(__total)

# %%
_names = [name for name in vars(Box) if "shared" in name]
value = box.get()
print(_cache, __total, _, _names, value)
del box
