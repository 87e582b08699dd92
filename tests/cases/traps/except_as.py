# trap: the name of an except clause is deleted at its end, even if it held a value before
# row: reads and writes

# %%
e = 2.718
error = "none"

# %%
try:
    {}["key"]
except KeyError as e:
    error = repr(e)

# %%
try:
    print(e)
except NameError:
    gone = True
print(error, gone)

# %%
e = 3
print(e)
