# trap: effects inside one statement run from left to right
# row: reads and writes

# %%
log = []


def tell(name, value=0):
    log.append(name)
    return value


# %%
table = {tell("k1"): tell("v1"), **{"x": tell("v2")}}
box = [0, 0]
box[tell("index", 1)] = tell("value", 9)
flag = tell("left") or tell("right", 5) and tell("far")
chain = tell("a", 1) < tell("b", 2) < tell("c", 3)

# %%
values = [tell(f"i{n}") for n in range(2) if not tell(f"if{n}")]
print(log, table, box, flag, chain, values)
