# trap: a class defined twice; old objects keep the old methods, isinstance tells them apart
# row: redefinition

# %%
class Scaler:
    def apply(self, value):
        return value / 10


# %%
old = Scaler()
a = old.apply(50)

# %%
class Scaler:
    def apply(self, value):
        return value / 100

    def undo(self, value):
        return value * 100


# %%
new = Scaler()
values = [a, old.apply(50), new.apply(50), new.undo(1)]
kinds = [isinstance(old, Scaler), isinstance(new, Scaler), hasattr(old, "undo")]
print(values, kinds)
