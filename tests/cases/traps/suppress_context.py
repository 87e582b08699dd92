# trap: contextlib.suppress leaves the block in the middle
# row: maybe-assigned names

# %%
from contextlib import suppress

settings = {"a": "1"}
found = "none"

# %%
with suppress(KeyError):
    first = settings["a"]
    found = settings["b"]
    second = settings["c"]

# %%
print(found, first)
state = found
