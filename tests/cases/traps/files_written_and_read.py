# trap: a file is written, read, appended to and read again: the order of cells is the only link
# row: global state

# %%
import csv
import json

with open("points.csv", "w", newline="") as handle:
    csv.writer(handle).writerows([["x", "y"], [1, 2], [3, 4]])

# %%
before = list(csv.DictReader(open("points.csv")))

# %%
with open("points.csv", "a") as handle:
    handle.write("5,6\n")

# %%
after = list(csv.DictReader(open("points.csv")))
json.dump(after, open("points.json", "w"))
print(len(before), len(after), after[-1])
