# trap: cells that begin with a string, and `__doc__`
# row: pure display

# %%
"""Not a docstring of anything."""
x = 1

# %%
'''A cell that is only a string with "quotes" and \\ backslashes.'''

# %%
def f():
    "Docstring."
    "not a docstring"
    return x


# %%
docs = [f.__doc__, f.__name__]
"last"
print(docs)
