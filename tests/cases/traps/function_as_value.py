# trap: functions that read notebook variables handed to map, sorted, filter and a dictionary
# row: functions and classes of the notebook

# %%
weights = {"a": 3, "b": 1, "c": 2}
floor = 1


def weight(name):
    return weights[name]


def heavy(name):
    return weight(name) > floor


# %%
order = sorted(weights, key=weight)
tops = list(filter(heavy, order))
lazy = map(weight, "abc")

# %%
weights = {"a": -3, "b": -1, "c": -2}
floor = -3
actions = {"order": lambda: sorted(weights, key=weight), "heavy": heavy}
result = [actions["order"](), actions["heavy"]("b"), list(lazy)]
print(order, tops, result)
