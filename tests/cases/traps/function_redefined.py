# trap: the same function twice with different bodies and parameters; each use sees its version
# row: redefinition

# %%
def load(source):
    return source.split()


a = load("x y")

# %%
def load(source, sep=","):
    return source.split(sep)


b = load("x y,z")
parsers = [load]

# %%
def load(source, sep=";"):
    """The third."""
    return [load.__name__] + [p(source) for p in parsers]


c = load("1,2;3")
print(a, b, c)
