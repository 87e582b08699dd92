# trap: patterns bind names, also in cases that fail later
# row: reads and writes
# python: 3.10

# %%
shapes = [("circle", 2), ("box", 3, 4), {"kind": "dot", "at": [1, 2, 9]}, 7]
areas = []

# %%
for shape in shapes:
    match shape:
        case ("circle", r):
            areas.append(3 * r * r)
        case (str(kind), w, h) if w < h:
            areas.append(w * h)
        case {"at": [x, *others], **rest}:
            areas.append(x)
        case int() | float() as number:
            areas.append(number)

# %%
print(areas, r, kind, w, h, x, others, rest, number)
