# trap: one name is loop variable, comprehension variable, parameter, attribute, keyword and key
# row: reads and writes

# %%
c = [3, 1, 2]
total = 0
for c in c:
    total += c

# %%
def area(c, b=c):
    return {"c": c, "b": b, **dict(c=c)}


values = [c for c in range(c)]

# %%
c = area(c=c + 1)
d = {c: v for c, v in c.items()}
f = lambda c: c["c"]
first = f(c)
print(total, values, c, d, first)
