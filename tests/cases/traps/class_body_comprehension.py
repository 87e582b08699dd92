# trap: a comprehension in a class body sees notebook names, except for its first iterable
# row: reads and writes

# %%
names = ["a", "b"]
factor = 3


class Table:
    names = ["x", "y", "z"]
    factor = 100
    columns = [n * factor for n in names]

    def width(self):
        return len(names) * factor


# %%
columns = Table.columns
names = names + ["c"]
width = Table().width()
print(columns, width, Table.factor)
