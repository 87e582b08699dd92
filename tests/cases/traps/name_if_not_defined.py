# trap: a cell that asks whether a name exists yet
# row: names inside strings

# %%
if "cache" not in globals():
    cache = {"start": 1}

# %%
try:
    history
except NameError:
    history = ["first"]

# %%
if "cache" in globals():
    cache["again"] = 2
try:
    history.append("second")
except NameError:
    history = []
print(cache, history)
