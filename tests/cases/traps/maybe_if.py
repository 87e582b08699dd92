# trap: a name bound in a taken branch replaces an earlier value, one in a branch not taken does not exist
# row: maybe-assigned names

# %%
use_log = False
factor = 1.0

# %%
if use_log:
    factor = 2.5
    offset = 10
else:
    label = "linear"

# %%
print(factor, label)
if use_log:
    print(offset)
result = 4 * factor
print(result)
