# trap: the notebook uses the names that a generated package likes
# row: a name that shadows an import or builtin

# %%
config = {"seed": 1, "data_root": "here"}
run, main, explore = 1, 2, True
pipeline = ["scale", "fit"]
stage = self = result = results = "text"

# %%
Config = 7
cleaning, features, training, exploration = "c", "f", "t", "e"
annotations, np, pd, partial, Path, os = 1, 2, 3, 4, 5, 6
load_data = clean_data = 0

# %%
def explore_data(config, run=run):
    return [config["seed"], run, stage, Path]


# %%
values = explore_data(config) + [len(pipeline), self, np + pd, Config]
argv = values[:2]
settings, artifacts, helpers, data_sources = 1, 2, 3, 4
print(values, argv, result, settings + artifacts + helpers + data_sources)
