# trap: a name that is never defined, in branches that are not taken
# row: a name that is never defined

# %%
debug = False
values = [1, 2]
if debug:
    print(frame_from_another_notebook.shape)

# %%
for row in []:
    undefined_helper(row)
total = sum(values) if values else undefined_total

# %%
try:
    total += missing_bonus
except NameError:
    total += 100
print(total)
