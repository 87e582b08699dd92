# trap: a notebook variable has the name of a parameter, a keyword, an attribute and a key
# row: functions and classes of the notebook

# %%
depth, model = 3, "tree"


def build(depth=1, **options):
    return {"depth": depth, "model": model, **options}


class Node:
    depth = 9

    def deeper(self, by=depth):
        return self.depth + by + depth


# %%
depth = 20
a = build(depth=depth, model=None)
b = build(**{"model": model, "size": depth})
c = Node().deeper()
print(a, b, c, [depth for depth in range(2)], (lambda depth: depth)(0))
