# trap: a nested dictionary is shared between two structures and changed through a loop variable
# row: order-preserving extraction

# %%
defaults = {"depth": 3, "tags": []}
runs = {"a": dict(defaults), "b": dict(defaults)}

# %%
for name, settings in runs.items():
    settings["depth"] += len(name)
    settings["tags"].append(name)

# %%
same = runs["a"]["tags"] is defaults["tags"]
print(defaults, same)
print(runs)
