# trap: the loop over an empty list binds nothing; the value from before stays, the other name never exists
# row: maybe-assigned names

# %%
files = []
frame = "nothing read"

# %%
for path in files:
    frame = path.upper()
    size = len(frame)

# %%
print(frame)
if files:
    print(size)

# %%
files.append("a.csv")
for path in files:
    frame = path.upper()
count = len(files)
print(frame, path, count)
