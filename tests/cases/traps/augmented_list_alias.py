# trap: += changes a list where it stands, so the alias sees it; for a tuple it does not
# row: reads and writes

# %%
base = [1, 2]
alias = base
point = (1, 2)
other = point

# %%
base += [3]
point += (3,)

# %%
base = base + [4]
flags = {1}
same = flags
flags |= {2}
print(alias, base, other, point, same)
