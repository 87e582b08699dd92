# trap: imports inside functions stay local, also when they hide a notebook name
# row: imports

# %%
json = "not a module"


def dump(value):
    import json
    from string import ascii_lowercase as letters

    return json.dumps({letters[0]: value})


# %%
dumped = dump(3)
letters = "mine"
print(dumped, json, letters)
