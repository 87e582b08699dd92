# trap: starred and nested targets, in assignments and loops
# row: reads and writes

# %%
record = ("id7", "Ann", 3, 5, 8, ("Oslo", "NO"))
key, name, *marks, (city, *country) = record

# %%
head, *_ = marks
table = {}
for k, *values in [("a", 1, 2), ("b",)]:
    table[k], size = values, len(values)

# %%
merged = [*marks, *values, *table]
box = [0, 0]
box[0], box[-1] = merged[:2]
print(key, name, marks, city, country, head, _)
print(table, k, size, merged, box)
