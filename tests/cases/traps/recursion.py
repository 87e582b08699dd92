# trap: a recursive function and one whose name is bound to another function in between
# row: functions and classes of the notebook

# %%
depth_limit = 3


def depth(tree, level=0):
    if not isinstance(tree, list) or level >= depth_limit:
        return level
    return max((depth(t, level + 1) for t in tree), default=level + 1)


# %%
nested = [1, [2, [3, [4, [5]]]]]
shallow = depth(nested)

# %%
depth_limit = 10
deep = depth(nested)
old = depth
depth = lambda tree, level=0: -1
mixed = old([1, [2]])
print(shallow, deep, mixed)
