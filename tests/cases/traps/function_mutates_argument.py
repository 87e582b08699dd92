# trap: functions change what they are given and return nothing, or return the same object
# row: order-preserving extraction

# %%
rows = [{"age": 3}, {"age": None}]
settings = {"fill": 0}


def fill(records, value=None):
    for record in records:
        if record["age"] is None:
            record["age"] = settings["fill"] if value is None else value


def drop_first(records):
    del records[0]
    return records


# %%
copy = list(rows)
fill(rows)

# %%
settings["fill"] = 50
rest = drop_first(rows)
rest.append({"age": None})
fill(rest)
print(rows, copy, rest is rows)
